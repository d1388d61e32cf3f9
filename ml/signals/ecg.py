"""R peaks: streaming, over many lanes at once; a whole recording is one lane pushed through the same code.

`RPeakBank` is the batched core: (rows, samples) in, beats out, state per lane. `RPeakStream` is one lane of it, and
`detect_r_peaks` a stream pushed to its end, so the three agree to the last beat whatever the frames.

A beat is given at most `DELAY_S` after it happened (the look-ahead of the decision, that of the candidates, half the filter).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.signals.filters import FloatArray, IntArray
from ml.signals.qrs_candidates import ECLIPSE_S, WAVELET_HALF_S, QrsCandidates
from ml.signals.qrs_decision import LOOKAHEAD_S, BeatDecision, Rule

DELAY_S: Final = LOOKAHEAD_S + ECLIPSE_S + WAVELET_HALF_S + 0.05
OFFLINE_CHUNK_S: Final = 10.0


@dataclass(frozen=True)
class Beats:
    """R peaks found by one push: lane and sample (counted from the lane's last reset), ordered by lane, then time."""

    lane: IntArray
    sample: IntArray


class RPeakBank:
    """`lanes` ECG leads of one rate. Lanes pushed together have frames of one length, a multiple of `step` samples.

    Millivolts in; any polarity; not-a-number is a gap in which nothing is found. Raises ValueError for a rate outside
    100 to 1000 Hz or a frame that is no multiple of `step`.
    """

    def __init__(self, rate_hz: float, lanes: int, rule: Rule | None = None) -> None:
        self.rate_hz = rate_hz
        self.lanes = lanes
        self._candidates = QrsCandidates(rate_hz, lanes)
        self._decision = BeatDecision(self._candidates.envelope_hz, lanes, self._candidates.shape_length, rule)
        self._all = np.arange(lanes)
        self.step = self._candidates.step

    def reset(self, rows: IntArray) -> None:
        """The next sample of these lanes is their sample 0."""
        self._candidates.reset(rows)
        self._decision.reset(rows)

    def push(self, samples_mv: FloatArray, rows: IntArray | None = None) -> Beats:
        """`samples_mv` (len(rows), n); `rows` are the lanes they belong to, each once, all lanes if None."""
        rows = self._all if rows is None else rows
        if samples_mv.ndim != 2 or len(samples_mv) != len(rows) or samples_mv.shape[1] % self.step:
            raise ValueError(f"frame of shape {samples_mv.shape} is not ({len(rows)}, multiple of {self.step})")
        if samples_mv.shape[1] == 0:
            return Beats(np.zeros(0, np.int64), np.zeros(0, np.int64))
        found = self._candidates.push(rows, samples_mv)
        beats = self._decision.decide(found, self._candidates.known_until(self._all))
        return Beats(beats.lane, np.maximum(self._candidates.sample_of(beats.fiducial), 0))


class RPeakStream:
    """One ECG lead. Frames of any length, millivolts; `push` gives the samples of new R peaks, counted from the start."""

    def __init__(self, rate_hz: float) -> None:
        self._bank = RPeakBank(rate_hz, 1)
        self._rest: FloatArray = np.zeros(0)
        self._last_mv = 0.0
        self._pushed = 0
        self._given = -1

    def push(self, frame_mv: npt.ArrayLike) -> IntArray:
        frame = np.asarray(frame_mv, dtype=np.float64).ravel()
        self._pushed += len(frame)
        return self._advance(frame)

    def flush(self) -> IntArray:
        """The end of the recording: what was still waiting for its look-ahead. The stream takes no frame afterwards."""
        tail = np.full(round((DELAY_S + 0.2) * self._bank.rate_hz) + self._bank.step, self._last_mv)
        found = self._advance(tail)
        return found[found < self._pushed]

    def _advance(self, frame: FloatArray) -> IntArray:
        samples = np.concatenate((self._rest, frame))
        whole = len(samples) - len(samples) % self._bank.step
        self._rest = samples[whole:]
        finite = frame[np.isfinite(frame)]
        if len(finite):
            self._last_mv = float(finite[-1])
        found = self._bank.push(samples[None, :whole]).sample
        found = found[np.diff(found, prepend=self._given) > 0]
        if len(found):
            self._given = int(found[-1])
        return found


def detect_r_peaks(signal_mv: npt.ArrayLike, rate_hz: float) -> IntArray:
    """Samples of the R peaks of one ECG lead.

    `signal_mv`: (n,) millivolts, not-a-number where there is none; `rate_hz`: 100 to 1000. Ascending int64 samples. The
    same code as `RPeakStream`, so that a recording gives what its live stream gave.
    """
    signal = np.asarray(signal_mv, dtype=np.float64)
    if signal.ndim != 1:
        raise ValueError(f"one lead is (n,), not {signal.shape}")
    stream = RPeakStream(rate_hz)
    chunk = round(OFFLINE_CHUNK_S * rate_hz)
    found = [stream.push(signal[start : start + chunk]) for start in range(0, len(signal), chunk)]
    return np.concatenate([*found, stream.flush()])
