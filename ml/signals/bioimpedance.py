"""Body water from electrical impedance: what is outside the cells, what is in all, and what is trusted of it.

Below some kHz the current flows around the cells, far above through them. Cole's model (Cole 1940, Cold Spring Harb
Symp Quant Biol 8:110) joins the two: Z = Rinf + (R0 - Rinf) / (1 + (j f / fc)^a). Three magnitudes, at 5, 50 and
200 kHz, give R0, Rinf and fc; the exponent is taken as known, 0.7 of a whole body.

Total water: Lukaski and Bolonchuk 1988 from the resistance at 50 kHz, standard error 1.5 L. Water outside the cells:
Hanai's mixture from R0 (Van Loan 1993, De Lorenzo et al. 1997, J Appl Physiol 82:1542), standard error 1.0 L. Both
errors are mostly of the person, and stay: the change against the person's own baseline is to be trusted more than the
number. Posture, meals and skin temperature move it too.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np

from ml.signals.filters import FloatArray
from ml.signals.lanes import LaneState, Rows
from ml.signals.steady import Limits

Key = TypeVar("Key", bound=Hashable)

FREQUENCIES_KHZ: Final = (5.0, 50.0, 200.0)
EXPONENT: Final = 0.7
TBW_SD_L: Final = 1.5
ECW_SD_L: Final = 1.0
ECW_FACTOR: Final = {"male": 0.306, "female": 0.316}
STEPS: Final = 25
BASELINE_S: Final = 7 * 86_400.0
# No body's water moves its impedance by 5 % within seconds: electrodes do.
LIMITS: Final = Limits(jump=25.0, fastest=10.0, falling=60.0, back=20.0)


@dataclass(frozen=True)
class Cole:
    """(k,) ohm and kHz each, not-a-number where the three magnitudes are of no such circuit."""

    r0_ohm: FloatArray
    rinf_ohm: FloatArray
    centre_khz: FloatArray


@dataclass(frozen=True)
class Stature:
    """Whose impedance it is, (k,) each; `male` 1 or 0."""

    height_cm: FloatArray
    mass_kg: FloatArray
    age_years: FloatArray
    male: FloatArray


def magnitude(r0: FloatArray, rinf: FloatArray, centre_khz: FloatArray) -> FloatArray:
    """|Z| at the three frequencies, (k, 3), ohm."""
    phase = (1j * np.asarray(FREQUENCIES_KHZ) / centre_khz[:, None]) ** EXPONENT
    return np.asarray(np.abs(rinf[:, None] + (r0 - rinf)[:, None] / (1.0 + phase)))


def cole(impedance_ohm: FloatArray) -> Cole:
    """From magnitudes (k, 3) at 5, 50 and 200 kHz, by Gauss and Newton's method, all at once.

    Magnitudes must fall with frequency, by 5 % to 60 % in all; the fit must meet them within half a percent.
    """
    share = impedance_ohm[:, 2] / impedance_ohm[:, 0]
    falls = (np.diff(impedance_ohm, axis=1) < 0).all(axis=1) & (share > 0.4) & (share < 0.95)
    measured = np.where(falls[:, None], impedance_ohm, np.array([600.0, 500.0, 450.0]))
    guess = np.log(np.stack((1.03 * measured[:, 0], 0.93 * measured[:, 2], np.full(len(measured), 40.0)), axis=1))
    for _ in range(STEPS):
        now = np.log(magnitude(*np.exp(guess).T))
        slope = np.stack(
            [(np.log(magnitude(*np.exp(guess + each).T)) - now) / 1e-5 for each in 1e-5 * np.eye(3)], axis=2
        )
        step = np.linalg.solve(slope + 1e-9 * np.eye(3), (np.log(measured) - now)[:, :, None])[:, :, 0]
        guess = guess + np.clip(step, -0.3, 0.3)
    fits = falls & (np.abs(magnitude(*np.exp(guess).T) / measured - 1.0).max(axis=1) < 0.005)
    r0, rinf, centre = (np.where(fits, each, np.nan) for each in np.exp(guess).T)
    return Cole(r0, rinf, centre)


def total_body_water_l(resistance_50khz_ohm: FloatArray, who: Stature) -> FloatArray:
    """Litres, (k,): 0.377 H^2 / R + 0.14 W - 0.08 age + 2.9 male + 4.65."""
    index = who.height_cm**2 / resistance_50khz_ohm
    return 0.377 * index + 0.14 * who.mass_kg - 0.08 * who.age_years + 2.9 * who.male + 4.65


def extracellular_water_l(r0_ohm: FloatArray, who: Stature) -> FloatArray:
    """Litres, (k,): 0.306 (men) or 0.316 (women) times (H^2 sqrt(W) / R0)^(2/3)."""
    factor = np.where(who.male > 0.5, ECW_FACTOR["male"], ECW_FACTOR["female"])
    return np.asarray(factor * (who.height_cm**2 * np.sqrt(who.mass_kg) / r0_ohm) ** (2.0 / 3.0))


def hydration_percent(water_l: FloatArray, who: Stature) -> FloatArray:
    """The share of the body's mass that is water."""
    return np.asarray(100.0 * water_l / who.mass_kg)


class OwnBaseline(Generic[Key]):
    """The resistance that is usual for each person: a mean with a memory of a week, an ordinary one for the first."""

    def __init__(self) -> None:
        self._rows: Rows[Key] = Rows()
        self._state = LaneState(usual=np.nan, at=np.nan, known_s=0.0)

    def forget(self, key: Key) -> None:
        self._rows.give_up(key)

    def push(self, readings: Mapping[Key, tuple[float, float]]) -> dict[Key, float]:
        """(epoch seconds, ohm) of each of some people, each one's in order of time: their usual ohm before this one.

        Not-a-number at a first reading. A reading stands for the time since the one before, an hour at most.
        """
        anew = np.array([key not in self._rows.of for key in readings], dtype=np.bool_)
        rows = np.array([self._rows.take(key) for key in readings], dtype=np.int64)
        self._state.fit(self._rows.capacity)
        self._state.reset(rows[anew])
        at, ohm = (np.array(column, dtype=np.float64) for column in zip(*readings.values(), strict=True))
        before = self._state["usual"][rows]
        stands_s = np.clip(np.nan_to_num(at - self._state["at"][rows], nan=1.0), 1.0, 3_600.0)
        known_s = self._state["known_s"][rows] + stands_s
        share = np.maximum(stands_s / known_s, 1.0 - np.exp(-stands_s / BASELINE_S))
        self._state["usual"][rows] = np.where(np.isnan(before), ohm, before + share * (ohm - before))
        self._state["at"][rows], self._state["known_s"][rows] = at, known_s
        return dict(zip(readings, before.tolist(), strict=True))


def change_l(resistance_ohm: FloatArray, own_baseline_ohm: FloatArray, who: Stature) -> FloatArray:
    """Litres gained or lost since the person's own baseline: only what the impedance says, free of the offset."""
    index = who.height_cm**2
    return np.asarray(0.377 * index * (1.0 / resistance_ohm - 1.0 / own_baseline_ohm))
