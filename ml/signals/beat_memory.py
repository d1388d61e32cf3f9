"""What each lane remembers of its beats: levels, intervals, shapes. Learned from every decision, read by the next."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from ml.signals.filters import BoolArray, FloatArray, IntArray, WaveArray

REMEMBERED: Final = 8  # beats whose interval and shape are kept
SHORTEST_S: Final = 0.25  # intervals outside these say nothing about the usual one
LONGEST_S: Final = 2.5


@dataclass(frozen=True)
class Learning:
    """How fast levels follow: share of the new value."""

    signal: float = 0.15
    noise: float = 0.1
    likeness: float = 0.15
    growth: float = 2.5  # an artefact counts for no more than this many signal levels,
    first_growth: float = 20.0  # or this many while fewer than four beats are known: it may have begun on a T wave
    interval_s: float = 0.8  # the usual one before three are known
    resemblance: float = 0.8  # the same for shapes


@dataclass(frozen=True)
class Moment:
    """One candidate of each of several lanes, with what the lanes knew just before; (k,) each, `shape` (k, n)."""

    lane: IntArray
    index: IntArray
    amplitude: FloatArray
    shape: FloatArray | WaveArray
    gap_s: FloatArray  # since the last beat
    usual_s: FloatArray  # median of the last intervals
    signal: FloatArray  # envelope of beats
    noise: FloatArray  # envelope of what was rejected
    likeness: FloatArray  # of this shape to the two most similar of the remembered beats

    def take(self, which: BoolArray) -> "Moment":
        return Moment(*(getattr(self, each.name)[which] for each in fields(self)))


class BeatMemory:
    """Arrays of one entry per lane. A lane with `signal` 0 has not begun."""

    def __init__(self, lanes: int, shape_length: int, envelope_hz: float, learning: Learning) -> None:
        self._hz = envelope_hz
        self._learning = learning
        self.signal: FloatArray = np.zeros(lanes)
        self.noise: FloatArray = np.zeros(lanes)
        self.likeness: FloatArray = np.zeros(lanes)
        self.last_index: IntArray = np.zeros(lanes, np.int64)
        self.last_amplitude: FloatArray = np.zeros(lanes)
        self._beats: IntArray = np.zeros(lanes, np.int64)
        self.usual_s: FloatArray = np.zeros(lanes)
        self._intervals_s: FloatArray = np.zeros((lanes, REMEMBERED))
        self._interval_count: IntArray = np.zeros(lanes, np.int64)
        self._shapes: WaveArray = np.zeros((lanes, REMEMBERED, shape_length), dtype=np.float32)
        self.reset(np.arange(lanes))

    def reset(self, rows: IntArray) -> None:
        for state in (self.signal, self.noise, self.last_index, self.last_amplitude, self._beats, self._interval_count):
            state[rows] = 0
        self.likeness[rows] = np.nan
        self.usual_s[rows] = self._learning.interval_s
        self._intervals_s[rows] = np.inf
        self._shapes[rows] = 0.0

    def begin(self, rows: IntArray, index: IntArray, level: FloatArray) -> None:
        """These lanes know nothing but how high a beat may be; `index`: the candidate that is about to be judged."""
        self.reset(rows)
        self.signal[rows] = level
        self.noise[rows] = 0.1 * level
        self.last_index[rows] = index - round(self._hz * self._learning.interval_s)

    def irregularity(self, rows: IntArray) -> FloatArray:
        """Mean deviation of the remembered intervals from their median, of that median; not-a-number before five."""
        known = np.isfinite(self._intervals_s[rows])
        count = known.sum(axis=1)
        deviation = np.abs(np.where(known, self._intervals_s[rows], 0.0) - self.usual_s[rows, None])
        mean = (deviation * known).sum(axis=1) / np.maximum(count, 1)
        return np.where(count >= 5, mean / self.usual_s[rows], np.nan)

    def moment(self, lane: IntArray, index: IntArray, amplitude: FloatArray, shape: FloatArray | WaveArray) -> Moment:
        """The candidates (one per lane) as these lanes see them."""
        gap_s = (index - self.last_index[lane]) / self._hz
        likeness = self._resemblance(lane, shape)
        usual_s, signal, noise = self.usual_s[lane], self.signal[lane], self.noise[lane]
        return Moment(lane, index, amplitude, shape, gap_s, usual_s, signal, noise, likeness)

    def _resemblance(self, lane: IntArray, shape: FloatArray | WaveArray) -> FloatArray:
        """Mean of the two best, so that every other beat being ectopic does not make it unlike."""
        each = np.einsum("kns,ks->kn", self._shapes.take(lane, axis=0), shape.astype(np.float32)).astype(np.float64)
        each.sort(axis=1)
        return np.where(self._beats[lane] >= 3, 0.5 * (each[:, -1] + each[:, -2]), self._learning.resemblance)

    def learn(self, now: Moment, beat: BoolArray, noise: BoolArray) -> None:
        """`beat`, `noise` (k,): which candidates were taken, and which say how high the noise is."""
        self._learn_noise(now.lane[noise], now.amplitude[noise])
        self.learn_beats(now.take(beat))

    def learn_beats(self, now: Moment) -> None:
        """Of candidates that were all taken."""
        lane, beats = now.lane, self._beats[now.lane]
        self._learn_signal(lane, now.amplitude, now.gap_s > 2.0 * now.usual_s)
        whole = (beats > 0) & (now.gap_s > SHORTEST_S) & (now.gap_s < LONGEST_S)
        self._learn_interval(lane[whole], now.gap_s[whole])
        comparable = beats > REMEMBERED // 2
        self._learn_likeness(lane[comparable], now.likeness[comparable])
        self._shapes[lane, beats % REMEMBERED] = now.shape
        self._beats[lane] = beats + 1
        self.last_index[lane] = now.index
        self.last_amplitude[lane] = now.amplitude

    def _learn_signal(self, lane: IntArray, amplitude: FloatArray, after_silence: BoolArray) -> None:
        """A low beat after a silence is what the threshold came down for: the level follows it at once by half."""
        signal, beats = self.signal[lane], self._beats[lane]
        recovered = after_silence & (amplitude < 0.6 * signal)
        rate = np.where(recovered, 0.5, np.maximum(self._learning.signal, 1.0 / (beats + 2)))
        growth = np.where(beats < 4, self._learning.first_growth, self._learning.growth)
        self.signal[lane] = signal + rate * (np.minimum(amplitude, growth * signal) - signal)

    def _learn_noise(self, lane: IntArray, amplitude: FloatArray) -> None:
        noise = self.noise[lane]
        self.noise[lane] = noise + self._learning.noise * (np.minimum(amplitude, 0.5 * self.signal[lane]) - noise)

    def _learn_likeness(self, lane: IntArray, likeness: FloatArray) -> None:
        before, now = self.likeness[lane], np.maximum(likeness, 0.0)
        self.likeness[lane] = np.where(np.isnan(before), now, before + self._learning.likeness * (now - before))

    def _learn_interval(self, lane: IntArray, interval_s: FloatArray) -> None:
        count = self._interval_count[lane]
        self._intervals_s[lane, count % REMEMBERED] = interval_s
        self._interval_count[lane] = count + 1
        known = np.minimum(count + 1, REMEMBERED)
        ordered = np.sort(self._intervals_s[lane], axis=1)  # those not known yet are infinite, so they come last
        row = np.arange(len(lane))
        median = 0.5 * (ordered[row, (known - 1) // 2] + ordered[row, known // 2])
        self.usual_s[lane] = np.where(known >= 3, median, self._learning.interval_s)
