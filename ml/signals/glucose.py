"""Continuous glucose: how fast it moves, where the blood is meanwhile, and falls that may be a body on its sensor.

A sensor in the tissue follows the blood by 5 to 10 minutes (Basu et al. 2013, Diabetes 62:4083: 5 to 6 in the tissue
alone). The rate is the slope of the last 15 to 20 minutes; lag times rate is what the blood is ahead, shown as an
estimate and never as a reading.

Pressure on the sensor starves it: a fall of a size that insulin does not bring, and back when the person turns over
(Baysal et al. 2014, J Diabetes Sci Technol 8:1131). Such a fall is marked as suspected, and never withheld: a true
hypoglycaemia looks the same for its first minutes.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np

from ml.signals.filters import BoolArray, FloatArray, IntArray
from ml.signals.lanes import LaneState, Rows, rolled
from ml.signals.steady import Limits

Key = TypeVar("Key", bound=Hashable)

LAG_MIN: Final = 7.0
WINDOW_MIN: Final = 20.0
REMEMBERED: Final = 24  # readings: two hours of one every five minutes, and 20 min of one a minute
LEAST_READINGS: Final = 3
STEEP_PER_MIN: Final = 0.2  # mmol/L: of a fall between two readings; a strong dose of insulin brings 0.1 to 0.15
LEVEL_PER_MIN: Final = 0.08  # before it: who fell already is not lying down
LOW_MMOL_L: Final = 5.0  # it ends low, or nobody would care
SOON_MIN: Final = 15.0
SUSPECTED_MIN: Final = 30.0
# More than 0.55 mmol/L (10 mg/dL) a minute is no glucose but a sensor; a new one needs an hour to settle.
LIMITS: Final = Limits(jump=1.0, fastest=0.55, confirm_s=900.0, memory_s=600.0, gap_s=3_600.0)


@dataclass(frozen=True)
class Glucose:
    """`rate_per_min` in mmol/L a minute and `blood_mmol_l`, not-a-number where too little is known."""

    rate_per_min: float
    blood_mmol_l: float
    compression_suspected: bool


class GlucoseTrend(Generic[Key]):
    """State of every lane."""

    def __init__(self) -> None:
        self._rows: Rows[Key] = Rows()
        none = np.full(REMEMBERED, np.nan)
        self._state = LaneState(minute=none, value=none, suspected_until=-np.inf, fell=-np.inf)

    def forget(self, key: Key) -> None:
        self._rows.give_up(key)

    def push(self, readings: Mapping[Key, tuple[float, float]]) -> dict[Key, Glucose]:
        """One reading (epoch seconds, mmol/L) of each of some lanes, each lane's in order of time."""
        if not readings:
            return {}
        known = np.array([key in self._rows.of for key in readings])
        rows = np.array([self._rows.take(key) for key in readings], dtype=np.int64)
        self._state.fit(self._rows.capacity)
        self._state.reset(rows[~known])
        now = np.array([at for at, _ in readings.values()]) / 60.0
        value = np.array([number for _, number in readings.values()])
        minute = rolled(self._state["minute"], rows, now[:, None]) - now[:, None]
        past = rolled(self._state["value"], rows, value[:, None])
        suspected = self._suspect(rows, now, minute, past)
        rate = _slope(minute, past)
        columns = (rate.tolist(), (value + LAG_MIN * rate).tolist(), suspected.tolist())
        return {key: Glucose(*one) for key, one in zip(readings, zip(*columns, strict=True), strict=True)}

    def _suspect(self, rows: IntArray, now: FloatArray, minute: FloatArray, past: FloatArray) -> BoolArray:
        """From a steep fall out of the level, until half an hour later or the value is back near where it was."""
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.diff(past, axis=1) / np.diff(minute, axis=1)
        level = np.abs(np.nan_to_num(step[:, -2], nan=np.inf)) < LEVEL_PER_MIN
        fell = np.where((step[:, -1] < -STEEP_PER_MIN) & level, now, self._state["fell"][rows])
        low = (past[:, -1] < LOW_MMOL_L) & (now - fell <= SOON_MIN)
        until = np.where(low, now + SUSPECTED_MIN, self._state["suspected_until"][rows])
        until = np.where(step[:, -1] > STEEP_PER_MIN, -np.inf, until)
        self._state["fell"][rows] = fell
        self._state["suspected_until"][rows] = until
        return np.asarray(now < until)


def _slope(minute: FloatArray, value: FloatArray) -> FloatArray:
    """Of the readings (k, m) of the last 20 minutes, by least squares."""
    inside = (minute >= -WINDOW_MIN) & np.isfinite(value)
    count = np.maximum(inside.sum(axis=1), 1)
    x, y = np.where(inside, minute, 0.0), np.where(inside, value, 0.0)
    x = np.where(inside, x - (x.sum(axis=1) / count)[:, None], 0.0)
    spread = (x * x).sum(axis=1)
    enough = (inside.sum(axis=1) >= LEAST_READINGS) & (spread > 0)
    return np.where(enough, (x * y).sum(axis=1) / np.where(enough, spread, 1.0), np.nan)
