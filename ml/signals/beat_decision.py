"""Which candidates are beats: adaptive threshold after Pan and Tompkins (1985), with four things that theirs has not.

Signal and noise levels adapt to what was accepted and rejected, as theirs do, and a steep wave soon after a beat must
be large or it is a T wave. Deviations: (1) a decision waits for a look-ahead, so that a hole in the rhythm lowers the
threshold beforehand instead of by search-back; (2) resemblance to the last eight beats moves the threshold, the more
the noisier the lead; (3) P waves are gone already, eclipsed by their QRS (see `peaks`); (4) silence lowers the
threshold with a half-life, so that a lead that lost its amplitude is found again, but not so far that an asystole's
baseline counts.

Every decision is an event at a candidate's own time and reads nothing later than its look-ahead, so it does not depend
on how the signal came in frames.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ml.signals.beat_memory import BeatMemory, Learning, Moment
from ml.signals.filters import BoolArray, FloatArray, IntArray
from ml.signals.peaks import Candidates

NEIGHBOURS: Final = 9  # most candidates that fit into the look-ahead


@dataclass(frozen=True)
class Rule:
    """Constants of the decision; ratios unless a unit is named.

    Used for pulses; an ECG has judges instead (see `qrs_decision`). The defaults were the ECG's, set by error rate on
    both leads of 24 MIT-BIH records, the same with electrode and muscle noise at 6 dB, CPSC 2019 and CPSC 2021.
    """

    lookahead_s: float = 1.0
    threshold: float = 0.33  # between noise and signal level
    refractory_s: float = 0.22
    t_wave_s: float = 0.32
    t_wave_ratio: float = 0.5  # to the beat before
    resembling: float = 0.75  # threshold factor of a perfect likeness ...
    unlike: float = 0.5  # ... plus this for none,
    unlike_in_noise: float = 1.5  # plus this for each unit of noise over signal level beyond `quiet`
    quiet: float = 0.1
    early: float = 0.6  # of the usual interval: earlier than that is premature
    early_factor: float = 1.2
    early_in_noise: float = 1.0
    hole: float = 1.5  # usual intervals between the beats on either side: one is missing
    hole_factor: float = 0.6
    silence: float = 1.5  # usual intervals, after which the threshold falls
    silence_half_life_s: float = 3.0
    silence_least: float = 0.125
    restart_s: float = 20.0  # without a beat: all levels are learned anew,
    start_level: float = 0.025  # in the signal's unit (ECG: mV), if there is something as high as this
    noise_factor: float = 1.25  # least multiple of the noise level
    learning: Learning = field(default_factory=Learning)


class BeatDecision:
    """State per lane. `decide` takes new candidates and returns those candidates, old and new, that are now beats."""

    def __init__(self, envelope_hz: float, lanes: int, shape_length: int, rule: Rule) -> None:
        self.memory = BeatMemory(lanes, shape_length, envelope_hz, rule.learning)
        self._rule = rule
        self._hz = envelope_hz
        self._lookahead = round(rule.lookahead_s * envelope_hz)
        self._pending = Candidates.none(shape_length)

    def reset(self, rows: IntArray) -> None:
        """Forget these lanes, their pending candidates too."""
        self._pending = self._pending.take(~np.isin(self._pending.lane, rows))
        self.memory.reset(rows)

    def doubt(self, rows: IntArray) -> FloatArray:
        """A threshold has none."""
        return np.zeros(len(rows))

    def decide(self, new: Candidates, known_until: IntArray) -> Candidates:
        """`known_until` (lanes,): envelope samples of each lane of which every candidate has been given."""
        every = self._pending.merge(new)
        ripe = every.index + self._lookahead < known_until[every.lane]
        self._pending = every.take(~ripe)
        first = np.flatnonzero(np.diff(every.lane, prepend=-1))
        ripe_count = np.add.reduceat(ripe.astype(np.int64), first) if len(first) else np.zeros(0, np.int64)
        accepted = np.zeros(len(every.lane), dtype=np.bool_)
        for rank in range(int(ripe_count.max(initial=0))):
            at = first[ripe_count > rank] + rank
            accepted[at] = self._judge(every, at)
        return every.take(accepted)

    def _judge(self, every: Candidates, at: IntArray) -> BoolArray:
        """One candidate of each of several lanes, all at once."""
        lane, index, amplitude = every.lane[at], every.index[at], every.amplitude[at]
        ahead_amplitude, ahead_index = self._ahead(every, at)
        self._begin(lane, index, np.column_stack((amplitude, ahead_amplitude)))
        now = self.memory.moment(lane, index, amplitude, every.shape[at])
        threshold = self._threshold(now, self._in_hole(now, ahead_amplitude, ahead_index))
        soon = now.gap_s < self._rule.t_wave_s
        t_wave = soon & (amplitude < self._rule.t_wave_ratio * self.memory.last_amplitude[lane])
        begun = now.signal > 0
        beat = begun & (amplitude > threshold) & (now.gap_s > self._rule.refractory_s) & ~t_wave
        self.memory.learn(now, beat, noise=begun & ~beat & ~soon)
        return np.asarray(beat)

    def _ahead(self, every: Candidates, at: IntArray) -> tuple[FloatArray, IntArray]:
        """Amplitude (0 for none) and index of the candidates within the look-ahead, (k, NEIGHBOURS)."""
        following = at[:, None] + np.arange(1, NEIGHBOURS + 1)
        inside = np.minimum(following, len(every.lane) - 1)
        index = every.index[inside]
        near = (following < len(every.lane)) & (every.lane[inside] == every.lane[at, None])
        near &= index <= every.index[at, None] + self._lookahead
        return np.where(near, every.amplitude[inside], 0.0), index

    def _begin(self, lane: IntArray, index: IntArray, amplitudes: FloatArray) -> None:
        """Before a lane's first beat, and after a long silence, the two highest ahead set the level, if high enough."""
        silent = index - self.memory.last_index[lane] > self._rule.restart_s * self._hz
        new = (self.memory.signal[lane] == 0.0) | silent
        if not new.any():
            return
        highest = np.sort(amplitudes[new], axis=1)[:, -2:]
        level = np.where(highest[:, 0] > 0, highest.mean(axis=1), highest[:, 1])
        self.memory.begin(lane[new], index[new], np.where(level >= self._rule.start_level, level, 0.0))

    def _threshold(self, now: Moment, in_hole: BoolArray) -> FloatArray:
        """What the envelope of each candidate must pass."""
        rule = self._rule
        higher = np.maximum(np.maximum(now.signal, now.noise), np.finfo(np.float64).tiny)  # both 0 before it begins
        noisy = np.maximum(0.0, now.noise / higher - rule.quiet)
        threshold = now.noise + rule.threshold * (now.signal - now.noise)
        threshold *= rule.resembling + (rule.unlike + rule.unlike_in_noise * noisy) * (1.0 - now.likeness)
        silence_s = np.maximum(0.0, now.gap_s - rule.silence * now.usual_s)
        threshold *= np.maximum(rule.silence_least, np.exp2(-silence_s / rule.silence_half_life_s))
        threshold *= np.where(in_hole, rule.hole_factor, 1.0)
        threshold = np.maximum(threshold, rule.noise_factor * now.noise)
        early = now.gap_s < rule.early * now.usual_s
        return np.asarray(threshold * np.where(early, rule.early_factor + rule.early_in_noise * noisy, 1.0))

    def _in_hole(self, now: Moment, ahead_amplitude: FloatArray, ahead_index: IntArray) -> BoolArray:
        """Whether a beat is missing without this candidate: the sure ones around it stand too far apart."""
        sure = ahead_amplitude > 0.5 * now.signal[:, None]
        row, first = np.arange(len(now.lane)), np.argmax(sure, axis=1)
        rest_s = (ahead_index[row, first] - now.index) / self._hz
        too_far = now.gap_s + rest_s > self._rule.hole * now.usual_s
        between = too_far & (rest_s > 0.5 * now.usual_s) & (now.gap_s > 0.5 * now.usual_s)
        return np.where(sure[row, first], between, now.gap_s > 0.85 * now.usual_s)
