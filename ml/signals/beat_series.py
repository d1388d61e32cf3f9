"""What each beat looked like, kept for two minutes: when it came, how high the wave was there, and where it stood.

    series = BeatSeries(rate_hz=250, shape=ECG)
    series.push({patient: Beating(start_epoch_s, samples, peaks_epoch_s, quality)})

Breathing shows in all three (Charlton et al. 2016, Physiol Meas 37:610): it moves the electrodes and the heart, it
changes how much blood a beat throws out, and it makes the heart hurry. Heart rate variability needs the times alone.

A beat is measured once the detector cannot name another before it any more, so that the series do not depend on how the
signal came in frames.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from ml.signals import ecg, ppg
from ml.signals.filters import FloatArray, IntArray
from ml.signals.lanes import LaneState, Second, Seconds, rolled

Key = TypeVar("Key", bound=Hashable)

REMEMBERED_S: Final = 120
REMEMBERED_BEATS: Final = 512  # 120 s at 250 /min
QUALITY_SECONDS: Final = 32


@dataclass(frozen=True)
class BeatShape:
    """Around a beat's time (seconds), where its highest and lowest are sought, and between which times
    its level is taken; and the detector's delay."""

    before_s: float
    after_s: float
    level_s: tuple[float, float]
    delay_s: float


# The QRS complex, and the mean of it.
ECG: Final = BeatShape(before_s=0.06, after_s=0.06, level_s=(-0.06, 0.06), delay_s=ecg.DELAY_S)
# From the trough to the crest, and all of that.
PPG: Final = BeatShape(before_s=0.2, after_s=0.3, level_s=(-0.2, 0.3), delay_s=ppg.DELAY_S)


@dataclass(frozen=True)
class Beating:
    """A frame of one lane and what its detector said: the new beats (epoch seconds), the quality of the last second."""

    start_epoch_s: float
    samples: npt.ArrayLike
    peaks_epoch_s: tuple[float, ...]
    quality: float


@dataclass(frozen=True)
class Series:
    """The beats of some lanes, (k, m) each, the oldest first, filled up in front with not-a-number.

    `time_s` counts back from the end of the last second that is known, so it is 0 or less. `height` is the
    swing of the wave about the beat, `level` its mean there, in its unit. `quality` (k,): mean of the last half minute.
    """

    time_s: FloatArray
    height: FloatArray
    level: FloatArray
    quality: FloatArray


class BeatSeries(Generic[Key]):
    """State of every lane. `push` gives the lanes that had a whole second, with how many they have had."""

    def __init__(self, rate_hz: float, shape: BeatShape) -> None:
        self._shape = shape
        self._seconds: Seconds[Key] = Seconds(rate_hz)
        self._swing = np.arange(-round(shape.before_s * rate_hz), round(shape.after_s * rate_hz) + 1)
        self._mean = np.arange(round(shape.level_s[0] * rate_hz), round(shape.level_s[1] * rate_hz) + 1)
        ring = (2 + int(np.ceil(shape.delay_s + max(shape.before_s, -shape.level_s[0])))) * self._seconds.length
        none = np.full(REMEMBERED_BEATS, np.nan)
        self._state = LaneState(
            ring=np.zeros(ring),
            quality=np.zeros(QUALITY_SECONDS),
            time=none,
            height=none,
            level=none,
            count=np.int64(0),
            end=np.float64(0.0),
        )
        self._waiting: dict[Key, list[float]] = {}
        self._quality: dict[Key, float] = {}

    def forget(self, key: Key) -> None:
        self._seconds.forget(key)
        self._waiting.pop(key, None)

    def push(self, frames: Mapping[Key, Beating]) -> dict[Key, int]:
        """How many seconds each lane has had, for those that had a whole one."""
        anew, seconds = self._seconds.push({key: (frame.start_epoch_s, frame.samples) for key, frame in frames.items()})
        self._state.fit(self._seconds.rows.capacity)
        self._state.reset(anew)
        begun = set(anew.tolist())
        for key, frame in frames.items():
            waiting = [] if self._seconds.rows.of[key] in begun else self._waiting.get(key, [])
            self._waiting[key] = [*waiting, *frame.peaks_epoch_s]
            self._quality[key] = frame.quality
        known: dict[Key, int] = {}
        for second in seconds:
            self._second(second)
            known.update(zip(second.keys, (second.number + 1).tolist(), strict=True))
        return known

    def series(self, keys: list[Key]) -> Series:
        """The beats of the last two minutes of these lanes."""
        rows = np.array([self._seconds.rows.of[key] for key in keys], dtype=np.int64)
        count = self._state["count"][rows]
        slots = (count[:, None] + np.arange(REMEMBERED_BEATS)) % REMEMBERED_BEATS
        time, height, level = (self._state[name][rows[:, None], slots] for name in ("time", "height", "level"))
        used = min(REMEMBERED_BEATS, int(count.max(initial=0)))
        kept = slice(REMEMBERED_BEATS - used, None)
        time = time[:, kept] - (self._state["end"][rows] - self._shape.delay_s)[:, None]
        quality = self._state["quality"][rows].mean(axis=1)
        return Series(np.where(time > -REMEMBERED_S, time, np.nan), height[:, kept], level[:, kept], quality)

    def _second(self, second: Second[Key]) -> None:
        ring = rolled(self._state["ring"], second.rows, second.samples[:, 0])
        quality = np.array([self._quality[key] for key in second.keys])
        rolled(self._state["quality"], second.rows, quality[:, None])
        self._state["end"][second.rows] = second.end_epoch_s
        lane, time = self._ripe(second)
        if len(lane):
            self._measure(second, ring, lane, time)

    def _ripe(self, second: Second[Key]) -> tuple[IntArray, FloatArray]:
        """Beats of which no earlier one is unknown: which lane of this second, and when."""
        lane, time = [], []
        for index, key in enumerate(second.keys):
            known_s = second.end_epoch_s[index] - self._shape.delay_s
            waiting = self._waiting[key]
            ripe = [peak for peak in waiting if peak <= known_s]
            if ripe:
                self._waiting[key] = waiting[len(ripe) :]
                lane += [index] * len(ripe)
                time += ripe
        return np.array(lane, dtype=np.int64), np.array(time)

    def _measure(self, second: Second[Key], ring: FloatArray, lane: IntArray, time: FloatArray) -> None:
        ago = (second.end_epoch_s[lane] - time) * self._seconds.rate_hz
        at = ring.shape[1] - np.rint(ago).astype(np.int64)
        swing, level = (
            ring[lane[:, None], np.clip(at[:, None] + near, 0, ring.shape[1] - 1)] for near in (self._swing, self._mean)
        )
        row = second.rows[lane]
        rank = np.arange(len(lane)) - np.searchsorted(lane, lane)
        slot = (self._state["count"][row] + rank) % REMEMBERED_BEATS
        self._state["time"][row, slot] = time
        self._state["height"][row, slot] = swing.max(axis=1) - swing.min(axis=1)
        self._state["level"][row, slot] = level.mean(axis=1)
        np.add.at(self._state["count"], row, 1)
