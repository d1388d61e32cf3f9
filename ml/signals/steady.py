"""Whether a slow value can be believed: a body changes slowly, a probe that slips does not.

    gate = ChangeGate(Limits(...))
    troubles = gate.push({patient: (epoch_s, value)})        # -> {patient: Trouble}

For temperatures, glucose, impedance: what comes every second or every few minutes, one number at a time. Four things
are told apart. A jump that no body makes is implausible, until it has stayed for a while: then it is a new level. While
a sensor that was just put on still drifts, it settles. A fall faster than the body's is a probe that lost contact,
until the value is back or has come to rest. All of it needs this lane's own last values only.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np

from ml.signals.filters import FloatArray, IntArray
from ml.signals.lanes import LaneState, Rows
from ml.signals.trouble import Trouble

Key = TypeVar("Key", bound=Hashable)
MINUTE_S: Final = 60.0


@dataclass(frozen=True)
class Limits:
    """Rates in the quantity's unit a minute, times in seconds; infinite where a rule does not apply.

    `jump`: more than this, and `fastest` times the time that passed, is no change of a body. `memory_s`: over which a
    rate is taken. A rate above `settling` within `settling_s` of the start is a sensor that settles; one below
    `-falling` is a probe off, until the value is back within `back` or has been at rest for `rest_s`.
    """

    jump: float
    fastest: float
    confirm_s: float = 60.0
    memory_s: float = 60.0
    settling: float = float("inf")
    settling_s: float = 600.0
    falling: float = float("inf")
    back: float = 0.0
    rest_s: float = 600.0
    gap_s: float = 900.0


class ChangeGate(Generic[Key]):
    """State of every lane."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows: Rows[Key] = Rows()
        self._state = LaneState(
            last=np.nan,  # the last value that was believed, and when
            at=-np.inf,
            slow=np.nan,  # follows the value with `memory_s`
            begun=-np.inf,
            doubted=np.nan,  # a value after a jump, and since when it stays
            doubted_since=np.inf,
            before_fall=np.nan,  # where the value stood when it began to fall
            rest_since=np.inf,
        )

    def forget(self, key: Key) -> None:
        self._rows.give_up(key)

    def push(self, values: Mapping[Key, tuple[float, float]]) -> dict[Key, Trouble]:
        """One value (epoch seconds, number) of each of some lanes, each lane's in order of time."""
        known = [key in self._rows.of for key in values]
        rows = np.array([self._rows.take(key) for key in values], dtype=np.int64)
        self._state.fit(self._rows.capacity)
        self._state.reset(rows[~np.array(known, dtype=np.bool_)])
        at, value = (np.array(column) for column in zip(*values.values(), strict=True)) if values else (rows, rows)
        found = self._judge(rows, np.asarray(at, np.float64), np.asarray(value, np.float64))
        return {key: Trouble(int(number)) for key, number in zip(values, found, strict=True)}

    def _judge(self, rows: IntArray, at: FloatArray, value: FloatArray) -> IntArray:
        state, limits = self._state, self._limits
        anew = ~(at - state["at"][rows] <= limits.gap_s)
        self._begin(rows[anew], at[anew], value[anew])
        passed_s = np.maximum(at - state["at"][rows], 0.0)
        jumped = np.abs(value - state["last"][rows]) > limits.jump + limits.fastest * passed_s / MINUTE_S
        stays = jumped & (np.abs(value - state["doubted"][rows]) <= limits.jump)
        confirmed = stays & (at - state["doubted_since"][rows] >= limits.confirm_s)
        self._doubt(rows, at, value, jumped, stays)
        self._begin(rows[confirmed], at[confirmed], value[confirmed])
        jumped &= ~confirmed
        rate = self._follow(rows[~jumped], at[~jumped], value[~jumped])
        found = np.where(jumped, Trouble.IMPLAUSIBLE, Trouble.NONE)
        found[~jumped] = self._moving(rows[~jumped], at[~jumped], value[~jumped], rate)
        return np.asarray(found, dtype=np.int64)

    def _begin(self, rows: IntArray, at: FloatArray, value: FloatArray) -> None:
        self._state.reset(rows)
        for name, first in (("last", value), ("slow", value), ("at", at), ("begun", at)):
            self._state[name][rows] = first

    def _doubt(self, rows: IntArray, at: FloatArray, value: FloatArray, jumped: FloatArray, stays: FloatArray) -> None:
        state = self._state
        since = np.where(stays, state["doubted_since"][rows], at)
        state["doubted"][rows] = np.where(jumped, value, np.nan)
        state["doubted_since"][rows] = np.where(jumped, since, np.inf)

    def _follow(self, rows: IntArray, at: FloatArray, value: FloatArray) -> FloatArray:
        """The rate a minute: of a ramp, a mean with a memory stays behind by just that rate times its memory."""
        state, memory_s = self._state, self._limits.memory_s
        passed_s = np.maximum(at - state["at"][rows], 0.0)
        behind = value - state["slow"][rows]
        state["slow"][rows] += behind * (1.0 - np.exp(-passed_s / memory_s))
        state["last"][rows], state["at"][rows] = value, at
        return np.asarray(behind / np.maximum(memory_s, passed_s) * MINUTE_S)

    def _moving(self, rows: IntArray, at: FloatArray, value: FloatArray, rate: FloatArray) -> IntArray:
        state, limits = self._state, self._limits
        falls = rate < -limits.falling
        stood = state["before_fall"][rows]
        stood = np.where(falls & np.isnan(stood), value - rate * limits.memory_s / MINUTE_S, stood)
        still = np.abs(rate) < 0.1 * limits.falling
        rest_since = np.where(still, np.minimum(state["rest_since"][rows], at), np.inf)
        over = (value >= stood - limits.back) | (at - rest_since >= limits.rest_s)
        state["before_fall"][rows] = np.where(over, np.nan, stood)
        state["rest_since"][rows] = np.where(np.isnan(stood), np.inf, rest_since)
        off = ~np.isnan(stood) & ~over
        settles = (np.abs(rate) > limits.settling) & (at - state["begun"][rows] < limits.settling_s)
        found = np.where(settles, Trouble.SETTLING, Trouble.NONE)
        return np.asarray(np.where(off, Trouble.NO_CONTACT, found), dtype=np.int64)
