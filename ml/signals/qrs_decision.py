"""Which candidates are beats: adaptive threshold after Pan and Tompkins (1985), with four things that theirs has not.

Signal and noise levels adapt to what was accepted and rejected, as theirs do, and a steep wave soon after a beat must be
large or it is a T wave. Deviations: (1) a decision waits `LOOKAHEAD_S`, so that a hole in the rhythm lowers the threshold
beforehand instead of by search-back; (2) resemblance to the last eight beats moves the threshold, the more the noisier the
lead; the mean of the two best resemblances, so that a bigeminy resembles itself; (3) P waves are gone already, eclipsed by
their QRS; (4) silence lowers the threshold with a half-life, so that a lead that lost its amplitude is found again.

Every decision is an event at a candidate's own time and reads nothing later than its look-ahead: frames may be cut anyhow.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals.filters import BoolArray, FloatArray, IntArray
from ml.signals.peaks import Candidates

LOOKAHEAD_S: Final = 1.0
REMEMBERED: Final = 8  # beats whose interval and shape are kept
NEIGHBOURS: Final = 9  # most candidates that fit into the look-ahead


@dataclass(frozen=True)
class Rule:
    """Constants of the decision; ratios unless a unit is named. Set on the DS1 half of MIT-BIH, by the error rate."""

    threshold: float = 0.3  # between noise and signal level
    refractory_s: float = 0.2
    t_wave_s: float = 0.36
    t_wave_ratio: float = 0.4  # to the beat before
    resembling: float = 0.75  # threshold factor of a perfect likeness ...
    unlike: float = 0.5  # ... plus this for none,
    unlike_in_noise: float = 6.0  # plus this for each unit of noise over signal level beyond `quiet`
    quiet: float = 0.15
    early: float = 0.6  # of the usual interval: earlier than that is premature
    early_factor: float = 1.2
    early_in_noise: float = 2.0
    hole: float = 1.6  # usual intervals between the beats on either side: one is missing
    hole_factor: float = 0.6
    silence: float = 1.5  # usual intervals, after which the threshold falls
    silence_half_life_s: float = 3.0
    noise_factor: float = 1.5  # least multiple of the noise level
    learn_signal: float = 0.15
    learn_noise: float = 0.1
    growth: float = 2.5  # an artefact counts for no more than this many signal levels
    usual_interval_s: float = 0.8  # before three intervals are known


class BeatDecision:
    """State per lane. `decide` takes new candidates and returns those candidates, old and new, that are now beats."""

    def __init__(self, envelope_hz: float, lanes: int, shape_length: int, rule: Rule | None = None) -> None:
        self._rule = rule or Rule()
        self._hz = envelope_hz
        self._lookahead = round(LOOKAHEAD_S * envelope_hz)
        self._pending = Candidates.none(shape_length)
        self._signal: FloatArray = np.zeros(lanes)
        self._noise: FloatArray = np.zeros(lanes)
        self._beats: IntArray = np.zeros(lanes, np.int64)
        self._last_index: IntArray = np.zeros(lanes, np.int64)
        self._last_amplitude: FloatArray = np.zeros(lanes)
        self._intervals: FloatArray = np.full((lanes, REMEMBERED), np.inf)
        self._interval_count: IntArray = np.zeros(lanes, np.int64)
        self._usual: FloatArray = np.full(lanes, self._rule.usual_interval_s)
        self._shapes: FloatArray = np.zeros((lanes, REMEMBERED, shape_length))
        self._likeness: FloatArray = np.zeros(lanes)

    def reset(self, rows: IntArray) -> None:
        """Forget these lanes, their pending candidates too."""
        self._pending = self._pending.take(~np.isin(self._pending.lane, rows))
        for state in (self._signal, self._noise, self._beats, self._last_index, self._last_amplitude, self._interval_count):
            state[rows] = 0
        self._intervals[rows] = np.inf
        self._usual[rows] = self._rule.usual_interval_s
        self._shapes[rows] = 0.0
        self._likeness[rows] = 0.0

    def signal_level(self, rows: IntArray) -> FloatArray:
        """Usual envelope height of a beat, 0 before any was seen."""
        return self._signal[rows]

    def likeness(self, rows: IntArray) -> FloatArray:
        """How much recent beats resemble those before them, running mean, 0 to 1."""
        return self._likeness[rows]

    def decide(self, new: Candidates, known_until: IntArray) -> Candidates:
        """`known_until` (lanes,): envelope samples of each lane of which every candidate has been given."""
        every = self._pending.merge(new)
        ripe = every.index + self._lookahead < known_until[every.lane]
        self._pending = every.take(~ripe)
        first = np.flatnonzero(np.diff(every.lane, prepend=-1))
        ripe_count = np.add.reduceat(ripe.astype(np.int64), first) if len(first) else np.zeros(0, np.int64)
        accepted = np.zeros(len(every.lane), dtype=np.bool_)
        for rank in range(int(ripe_count.max(initial=0))):
            now = first[ripe_count > rank] + rank
            accepted[now] = self._judge(every, now)
        return every.take(accepted)

    def _judge(self, every: Candidates, now: IntArray) -> BoolArray:
        """One candidate of each of several lanes, all at once."""
        rule, lane = self._rule, every.lane[now]
        amplitude, index = every.amplitude[now], every.index[now]
        ahead_amplitude, ahead_index = self._ahead(every, now)
        self._begin(lane, index, amplitude, ahead_amplitude)
        signal, noise, usual = self._signal[lane], self._noise[lane], self._usual[lane]
        gap = (index - self._last_index[lane]) / self._hz
        noisy = np.maximum(0.0, np.minimum(1.0, noise / signal) - rule.quiet)
        likeness = self._resemblance(lane, every.shape[now])
        threshold = noise + rule.threshold * (signal - noise)
        threshold *= rule.resembling + (rule.unlike + rule.unlike_in_noise * noisy) * (1.0 - likeness)
        threshold *= np.exp2(np.minimum(0.0, (rule.silence * usual - gap) / rule.silence_half_life_s))
        threshold *= np.where(self._in_hole(lane, index, gap, usual, ahead_amplitude > 0.5 * signal[:, None], ahead_index), rule.hole_factor, 1.0)
        threshold = np.maximum(threshold, rule.noise_factor * noise)
        threshold *= np.where(gap < rule.early * usual, rule.early_factor + rule.early_in_noise * noisy, 1.0)
        soon = gap < rule.t_wave_s
        t_wave = soon & (amplitude < rule.t_wave_ratio * self._last_amplitude[lane])
        beat = (amplitude > threshold) & (gap > rule.refractory_s) & ~t_wave
        self._learn_beat(lane[beat], amplitude[beat], index[beat], gap[beat], likeness[beat], every.shape[now[beat]])
        self._learn_noise(lane[~beat & ~soon], amplitude[~beat & ~soon])
        return beat

    def _ahead(self, every: Candidates, now: IntArray) -> tuple[FloatArray, IntArray]:
        """Amplitude (0 for none) and index of the candidates within the look-ahead, (k, NEIGHBOURS)."""
        at = now[:, None] + np.arange(1, NEIGHBOURS + 1)
        inside = np.minimum(at, len(every.lane) - 1)
        index = every.index[inside]
        near = (at < len(every.lane)) & (every.lane[inside] == every.lane[now, None])
        near &= index <= every.index[now, None] + self._lookahead
        return np.where(near, every.amplitude[inside], 0.0), index

    def _begin(self, lane: IntArray, index: IntArray, amplitude: FloatArray, ahead: FloatArray) -> None:
        """A lane's first candidate: the two highest within reach set the level."""
        new = self._signal[lane] == 0.0
        if not new.any():
            return
        highest = np.sort(np.column_stack((amplitude, ahead))[new], axis=1)[:, -2:]
        lane, level = lane[new], np.where(highest[:, 0] > 0, highest.mean(axis=1), highest[:, 1])
        self._signal[lane] = level
        self._noise[lane] = 0.1 * level
        self._last_index[lane] = index[new] - round(self._hz * self._rule.usual_interval_s)

    def _resemblance(self, lane: IntArray, shape: FloatArray) -> FloatArray:
        """To the two most similar of the remembered beats; a moderate one before three are remembered."""
        each = np.matmul(self._shapes[lane], shape[:, :, None])[:, :, 0]
        each.partition(REMEMBERED - 2, axis=1)
        return np.where(self._beats[lane] >= 3, 0.5 * (each[:, -1] + each[:, -2]), 0.8)

    def _in_hole(
        self, lane: IntArray, index: IntArray, gap: FloatArray, usual: FloatArray, sure: BoolArray, ahead_index: IntArray
    ) -> BoolArray:
        """Whether a beat is missing without this candidate: the beats around it stand too far apart."""
        column = np.argmax(sure, axis=1)
        some = sure[np.arange(len(lane)), column]
        next_index = ahead_index[np.arange(len(lane)), column]
        span = (next_index - self._last_index[lane]) / self._hz
        rest = (next_index - index) / self._hz
        between = (span > self._rule.hole * usual) & (rest > 0.5 * usual) & (gap > 0.5 * usual)
        return np.where(some, between, gap > 0.85 * usual)

    def _learn_beat(
        self, lane: IntArray, amplitude: FloatArray, index: IntArray, gap: FloatArray, likeness: FloatArray, shape: FloatArray
    ) -> None:
        rule, signal, beats = self._rule, self._signal[lane], self._beats[lane]
        recovered = (gap > 2.0 * self._usual[lane]) & (amplitude < 0.6 * signal)
        rate = np.where(recovered, 0.5, np.maximum(rule.learn_signal, 1.0 / (beats + 2)))
        cap = np.where(beats < 4, 4.0, rule.growth)
        self._signal[lane] = signal + rate * (np.minimum(amplitude, cap * signal) - signal)
        counts = (beats > 0) & (gap > 0.25) & (gap < 2.5)
        self._learn_interval(lane[counts], gap[counts])
        self._likeness[lane] += np.where(beats >= 3, 0.15, 0.0) * (np.maximum(likeness, 0.0) - self._likeness[lane])
        self._shapes[lane, beats % REMEMBERED] = shape
        self._beats[lane] = beats + 1
        self._last_index[lane] = index
        self._last_amplitude[lane] = amplitude

    def _learn_interval(self, lane: IntArray, interval_s: FloatArray) -> None:
        count = self._interval_count[lane]
        self._intervals[lane, count % REMEMBERED] = interval_s
        self._interval_count[lane] = count + 1
        known = np.minimum(count + 1, REMEMBERED)
        ordered = np.sort(self._intervals[lane], axis=1)
        row = np.arange(len(lane))
        median = 0.5 * (ordered[row, (known - 1) // 2] + ordered[row, known // 2])
        self._usual[lane] = np.where(known >= 3, median, self._rule.usual_interval_s)

    def _learn_noise(self, lane: IntArray, amplitude: FloatArray) -> None:
        noise = self._noise[lane]
        self._noise[lane] = noise + self._rule.learn_noise * (np.minimum(amplitude, 0.5 * self._signal[lane]) - noise)
