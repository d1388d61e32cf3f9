"""The class of each beat, after ANSI/AAMI EC57: N normal (conducted in whatever bundle), S supraventricular ectopic,
V ventricular ectopic, F fusion of both, Q paced or not to be told.

    classify(signal_mv, rate_hz, r_peaks)                 # a whole recording
    stream.push(frame_mv, new_r_peaks)                    # live, one lead
    bank.push(rows, samples_mv, peak_lane, peak_sample)   # live, many leads of one rate, as one array

All three are one code: a recording gives what its live stream gave. A class is known `DELAY_S` after its beat, or
sooner once sixteen later beats are, and nothing later is used. The model is a boosted forest over `beat_features`; a
smaller one before it settles, by those that need two neighbours and no more, the beats that are plainly normal, which
are most; and one after it says of what it takes for V or F which of both it is, by what `beat_fusion` tells and little
else. How they were fitted, and what they reach on persons they never saw: their cards, `ml/artifacts/beats.json`,
`beats_plain.json` and `beats_fusion.json`, and docs/rhythm.md.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml import artifacts
from ml.signals.beat_features import FUSION_NAMES, NAMES, PLAIN_NAMES
from ml.signals.beat_rows import DELAY_S, R_PEAK_DELAY_S, BeatRowBank, Rows
from ml.signals.beat_waves import Floats
from ml.signals.filters import BoolArray, FloatArray, IntArray
from ml.signals.leads import leads_of
from ml.signals.qrs import FRONT

__all__ = ["CLASSES", "DELAY_S", "R_PEAK_DELAY_S", "BeatClassBank", "BeatClassStream", "ClassedBeats", "classify"]

CLASSES: Final = ("N", "S", "V", "F", "Q")
MODEL: Final = "beats"
PLAIN_MODEL: Final = "beats_plain"
FUSION_MODEL: Final = "beats_fusion"
PLAINLY_NORMAL: Final = 0.8  # by the plain model; such a beat is not judged again
LEAST_PROBABILITY: Final = np.array([0.0, 0.6, 0.0, 0.0, 0.0])  # rare classes are said only when likely
FUSED: Final = 0.7  # by the fusion model; a beat of V or F is F from there on
MOST_MISSING: Final = 0.5
OFFLINE_PIECE_S: Final = 20.0

EITHER: Final = [CLASSES.index(name) for name in "VF"]
LEAST_EITHER: Final = 0.1  # probability of both; what has less is said to be neither
FUSION_COLUMNS: Final = [NAMES.index(name) for name in FUSION_NAMES]

Classes = npt.NDArray[np.str_]


@dataclass(frozen=True)
class ClassedBeats:
    """(k,) beats ordered by lane, then time. `probabilities` (k, 5), in the order of `CLASSES`."""

    lane: IntArray
    sample: IntArray
    probabilities: Floats

    @property
    def classes(self) -> Classes:
        return decide(self.probabilities)

    @property
    def numbers(self) -> IntArray:
        """Of the classes, in the order of `CLASSES`."""
        return _likeliest(self.probabilities)

    @staticmethod
    def join(parts: "list[ClassedBeats]") -> "ClassedBeats":
        """Ordered by lane, then time, if the parts follow each other in time."""
        if len(parts) == 1:
            return parts[0]
        lane = np.concatenate([part.lane for part in parts])
        order = np.argsort(lane, kind="stable")
        sample = np.concatenate([part.sample for part in parts])
        probabilities = np.concatenate([part.probabilities for part in parts])
        return ClassedBeats(lane[order], sample[order], probabilities[order])


def decide(probabilities: Floats) -> Classes:
    """The likeliest class (k,) of those that are likely enough."""
    return np.asarray(np.array(CLASSES)[_likeliest(probabilities)])


def _likeliest(probabilities: Floats) -> IntArray:
    allowed = np.where(probabilities >= LEAST_PROBABILITY, probabilities, -1.0)
    return np.asarray(np.argmax(allowed, axis=1), dtype=np.int64)


class BeatClassBank:
    """`lanes` ECG leads of one rate, 100 to 1000 Hz (else ValueError), millivolts, any polarity and gain."""

    def __init__(self, rate_hz: float, lanes: int, piece_s: float = 1.0) -> None:
        FRONT.check(rate_hz)
        self.beats = BeatRowBank(rate_hz, lanes, piece_s, self._plainly_normal)
        self._plain, self._model, self._fusion = (artifacts.load(name) for name in (PLAIN_MODEL, MODEL, FUSION_MODEL))
        for model, names in ((self._plain, PLAIN_NAMES), (self._model, NAMES), (self._fusion, FUSION_NAMES)):
            if model.inputs != names:
                raise artifacts.AlteredModel(f"model {model.card['name']} was fitted on other features")

    def reset(self, rows: IntArray) -> None:
        """The next sample of these lanes is their sample 0."""
        self.beats.reset(rows)

    def push(self, rows: IntArray, samples: FloatArray, peak_lane: IntArray, peak_sample: IntArray) -> ClassedBeats:
        """See `BeatRowBank.push`; the beats whose class became known."""
        return self._judge(self.beats.push(rows, samples, peak_lane, peak_sample))

    def _judge(self, found: Rows) -> ClassedBeats:
        """A beat of which half is missing cannot be told."""
        each = np.eye(len(CLASSES), dtype=np.float32)
        probabilities = np.repeat(each[:1], len(found.lane), axis=0)
        judged = found.rows[~found.plain]
        told = self._model.probabilities(judged)
        either = np.flatnonzero(told[:, EITHER].sum(axis=1) > LEAST_EITHER)
        told[either] = with_fusions(told[either], self._fusion.probabilities(judged[either][:, FUSION_COLUMNS])[:, 1])
        probabilities[~found.plain] = told
        probabilities[found.missing > MOST_MISSING] = each[CLASSES.index("Q")]
        return ClassedBeats(found.lane, found.sample, probabilities)

    def _plainly_normal(self, rows: Floats) -> BoolArray:
        return np.asarray(self._plain.probabilities(rows)[:, 0] > PLAINLY_NORMAL)


def with_fusions(probabilities: Floats, fused: Floats) -> Floats:
    """(k, 5) where V and F have both their shares, as the fusion model (k,) says which it is."""
    ventricular, fusion = (CLASSES.index(name) for name in "VF")
    either, is_fused = probabilities[:, EITHER].sum(axis=1), fused > FUSED
    told = probabilities.copy()
    told[:, ventricular], told[:, fusion] = np.where(is_fused, 0.0, either), np.where(is_fused, either, 0.0)
    return told


class BeatClassStream:
    """One lead. Frames of any length in millivolts; beats come out in order, each once."""

    def __init__(self, rate_hz: float) -> None:
        self._bank = BeatClassBank(rate_hz, 1)
        self._rate_hz = rate_hz
        self._lane = np.zeros(1, np.int64)

    def push(self, frame_mv: npt.ArrayLike, r_peaks: npt.ArrayLike) -> ClassedBeats:
        """`r_peaks`: new ones, samples from the stream's start, none further back than `R_PEAK_DELAY_S`."""
        peaks = np.asarray(r_peaks, dtype=np.int64).ravel()
        frame = np.asarray(frame_mv, dtype=np.float64).reshape(1, -1)
        return self._bank.push(self._lane, frame, np.zeros_like(peaks), peaks)

    def flush(self) -> ClassedBeats:
        """The end of the recording: what was still waiting. The stream takes no frame afterwards."""
        return self.push(np.full(_tail(self._rate_hz), np.nan), ())


def classify(signal_mv: npt.ArrayLike, rate_hz: float, r_peaks: npt.ArrayLike) -> Classes:
    """Class of each R peak of a recording.

    `signal_mv` (n,) or (n, leads) mV, not-a-number where there is none; of several leads, the mean of what each
    says that moves at all.
    `r_peaks` (k,) ascending samples. Raises ValueError for other shapes and for rates outside 100 to 1000 Hz.
    """
    return decide(probabilities(signal_mv, rate_hz, r_peaks))


def probabilities(signal_mv: npt.ArrayLike, rate_hz: float, r_peaks: npt.ArrayLike) -> Floats:
    """(k, 5) of `classify`, in the order of `CLASSES`."""
    leads, peaks = leads_of(signal_mv), np.asarray(r_peaks, dtype=np.int64)
    bank = BeatClassBank(rate_hz, len(leads), OFFLINE_PIECE_S)
    found = bank.push(*whole(leads, rate_hz, peaks))
    return np.asarray(found.probabilities.reshape(len(leads), len(peaks), len(CLASSES)).mean(axis=0))


def whole(leads: FloatArray, rate_hz: float, peaks: IntArray) -> tuple[IntArray, FloatArray, IntArray, IntArray]:
    """A recording (leads, n) to its end, as arguments of a bank's `push`: each lead is a lane."""
    if peaks.ndim != 1 or np.any(np.diff(peaks) < 0):
        raise ValueError("R peaks must be (k,), ascending")
    lanes = np.arange(len(leads))
    tail = np.full((len(leads), _tail(rate_hz)), np.nan)
    return lanes, np.concatenate((leads, tail), axis=1), np.repeat(lanes, len(peaks)), np.tile(peaks, len(leads))


def _tail(rate_hz: float) -> int:
    return round((DELAY_S + 1.0) * rate_hz)
