"""From a body to what sensors can see of it: pulse pressure, strength of the pulse, impedance, movement, sweat.

Pulse pressure is stroke volume over arterial compliance, a third of it below the mean. Pulse amplitude follows stroke
volume and the flow of the skin, and falls with sympathetic tone. Impedance is the inverse of the formulas by which
water is told from it (`ml.signals.bioimpedance`): Van Loan's of what is outside the cells gives R0, Lukaski's of all
water the magnitude at 50 kHz of a rested body, and the cells' resistance follows their water. A glucose sensor lies
between the cells, 8 min behind the blood (Basu 2013, Diabetes 62:4083). Sweat lactate falls as sweat flows faster.
On top, what no cycle-averaged body has: the slow wandering of rate, pressure and breath.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from ml.physiology.circulation import RESTING_SKIN
from ml.physiology.movement import activity_mg
from ml.physiology.parameters import Parameters
from ml.physiology.person import Build
from ml.physiology.quantities import Array
from ml.physiology.scenarios.life import Life
from ml.physiology.states import States
from ml.physiology.waveforms.constants import Shown
from ml.signals.bioimpedance import ECW_FACTOR, magnitude

USUAL_PERFUSION_PERCENT: Final = 1.8
GLUCOSE_LAG_S: Final = 480.0
CENTRE_KHZ: Final = 40.0
LEAST_FALL: Final = 1.15  # R0 over the magnitude at 50 kHz
LARGEST_FALL: Final = 1.4
SWEATS_ABOVE_L_H: Final = 0.06
IMPEDANCE_EVERY_S: Final = 10.0
# What wanders, as a share of the value: standard deviation and memory in seconds.
WANDERING: Final = {
    "heart": (0.022, 45.0),
    "pressure": (0.025, 90.0),
    "breath": (0.05, 60.0),
    "perfusion": (0.10, 60.0),
}
_SD = np.array([sd for sd, _ in WANDERING.values()])
_MEMORY_S = np.array([memory_s for _, memory_s in WANDERING.values()])


class Signs:
    """What everybody's sensors would show if they were perfect."""

    def __init__(self, lives: Sequence[Life], usual: Parameters) -> None:
        self._usual = usual
        self._build = Build.of([life.person for life in lives])
        self._generators = [life.generator(4) for life in lives]
        self._perfusion = np.exp([0.25 * each.standard_normal() for each in self._generators])
        self._wander: Array = np.stack([each.standard_normal(len(_SD)) for each in self._generators]) * _SD
        self._fresh = np.zeros(self._wander.shape)
        self._glucose = usual.basal_glucose.copy()
        self._outside = usual.plasma_volume + usual.interstitial_volume
        self._own_r0, self._cell_ohm = self._resistances_at_rest()
        self._impedance: Array = np.zeros((len(lives), 3))
        self._impedance_age_s = IMPEDANCE_EVERY_S

    def settle(self, states: States) -> None:
        """What lags has caught up: after hours lived in coarse steps."""
        self._glucose = states.glucose.copy()

    def of(self, seen: dict[str, Array], states: States, ways: dict[str, Array], watts: Array, seconds: float) -> Shown:
        """`seconds` after the last, of figures as `observe` gives them."""
        heart, pressure, breath, perfusion = 1.0 + self._wandered(seconds).T
        mean = seen["mean_arterial_pressure"] * pressure
        swing = 0.001 * seen["stroke_volume"] / self._usual.arterial_compliance
        swing = np.minimum(swing, 1.1 * mean)  # no diastole is emptier than that
        self._glucose += -np.expm1(-seconds / GLUCOSE_LAG_S) * (seen["glucose"] - self._glucose)
        self._impedance_age_s += seconds
        if self._impedance_age_s >= IMPEDANCE_EVERY_S:
            self._impedance, self._impedance_age_s = self._impedances(seen), 0.0
        sweat = np.where(seen["sweat_rate"] > SWEATS_ABOVE_L_H, _sweat_lactate(seen), np.nan)
        return Shown.within_limits(
            {
                "heart_rate_per_min": seen["heart_rate"] * heart,
                "respiratory_rate_per_min": seen["respiratory_rate"] * breath,
                "breath_depth": self._depth(seen),
                "spo2_percent": seen["spo2"],
                "perfusion_index_percent": self._pulse_strength(seen, states) * perfusion,
                "core_celsius": seen["core_temperature"],
                "skin_celsius": seen["skin_temperature"],
                "systolic_mmhg": mean + 2.0 / 3.0 * swing,
                "diastolic_mmhg": mean - swing / 3.0,
                "impedance_5khz_ohm": self._impedance[:, 0],
                "impedance_50khz_ohm": self._impedance[:, 1],
                "impedance_200khz_ohm": self._impedance[:, 2],
                "glucose_mmol_l": self._glucose,
                "blood_lactate_mmol_l": seen["lactate"],
                "sweat_lactate_mmol_l": sweat,
                "weight_kg": seen["body_mass"],
                "activity_mg": np.maximum(12.0 - 8.0 * ways["sleep"], activity_mg(watts, self._usual.mass)),
                "fibrillation": ways["fibrillation"],
                "ventricular_ectopics_per_min": ways["ventricular_ectopics_per_min"],
                "vagal": np.clip(1.35 - 0.011 * self._build.age, 0.4, 1.2) * (1.0 + 0.3 * ways["sleep"]),
            }
        )

    def _wandered(self, seconds: float) -> Array:
        for row, generator in enumerate(self._generators):
            generator.standard_normal(out=self._fresh[row])
        keep = np.exp(-seconds / _MEMORY_S)
        self._wander = np.asarray(keep * self._wander + np.sqrt(1.0 - keep * keep) * _SD * self._fresh)
        return self._wander

    def _depth(self, seen: dict[str, Array]) -> Array:
        """Of a breath, over that of rest."""
        usual = 6.6 * self._usual.size / self._usual.resting_respiratory_rate
        return np.asarray(seen["ventilation"] / seen["respiratory_rate"] / usual)

    def _pulse_strength(self, seen: dict[str, Array], states: States) -> Array:
        usual_ml = 1000.0 * self._usual.resting_output / self._usual.resting_heart_rate
        stroke = np.maximum(seen["stroke_volume"] / usual_ml, 0.1)
        skin = np.maximum(seen["skin_blood_flow"] / (RESTING_SKIN * self._usual.surface), 0.1)
        tone = np.maximum(states.arterial_tone, 0.0) + 2.0 * np.maximum(states.cardiopulmonary_tone, 0.0)
        strength = USUAL_PERFUSION_PERCENT * self._perfusion * stroke**0.9 * np.minimum(skin, 6.0) ** 0.45
        return np.asarray(np.clip(strength * np.exp(-0.05 * tone), 0.35, 8.0))

    def _r0_ohm(self, outside: Array) -> Array:
        factor = np.where(self._build.male > 0.5, ECW_FACTOR["male"], ECW_FACTOR["female"])
        return np.asarray(self._build.height_cm**2 * np.sqrt(self._build.mass) * (factor / outside) ** 1.5)

    def _resistances_at_rest(self) -> tuple[Array, Array]:
        """The person's own factor on R0, and the resistance of what is in the cells: such that all water is what
        Lukaski's formula makes of 50 kHz. Where Van Loan's would have R0 further above that than it ever is, it gives
        way, and tells up to a quarter too much outside the cells."""
        build, usual = self._build, self._usual
        water = self._outside + usual.cell_volume
        known = 0.14 * build.mass - 0.08 * build.age + 2.9 * build.male + 4.65
        wanted = 0.377 * build.height_cm**2 / np.maximum(water - known, 5.0)
        formula = self._r0_ohm(self._outside)
        r0 = np.minimum(np.maximum(formula, LEAST_FALL * wanted), LARGEST_FALL * wanted)
        low, high = 0.4 * r0, 0.95 * r0
        for _ in range(30):
            middle = 0.5 * (low + high)
            over = magnitude(r0, middle, np.full_like(r0, CENTRE_KHZ))[:, 1] > wanted
            low, high = np.where(over, low, middle), np.where(over, middle, high)
        return np.asarray(r0 / formula), np.asarray(r0 * middle / (r0 - middle))

    def _impedances(self, seen: dict[str, Array]) -> Array:
        """Magnitudes at 5, 50 and 200 kHz (people, 3)."""
        r0 = self._own_r0 * self._r0_ohm(seen["plasma_volume"] + seen["interstitial_volume"])
        cells = self._cell_ohm * (self._usual.cell_volume / seen["cell_volume"]) ** 1.5
        return magnitude(r0, r0 * cells / (r0 + cells), np.full_like(r0, CENTRE_KHZ))


def _sweat_lactate(seen: dict[str, Array]) -> Array:
    return np.asarray(10.0 + 22.0 * np.exp(-seen["sweat_rate"] / 0.35) + 1.5 * (seen["lactate"] - 1.0))
