"""Many bodies, each in a scenario, second by second as one array: the people whom the platform's demo shows.

    bodies = Bodies(lives, epoch_s)                 # as they are at that moment, eight hours before it lived through
    ward = WardWaves([life.seed for life in lives], bodies.shown)
    now = bodies.second()                           # one second on: what they show, and what is wrong with sensors
    heard = ward.second(now.shown, now.faults)

A course says what is done; here it becomes inputs of the model, shifts of its parameters, and what the model has no
input for: blood given back, salt eaten, lactate made by tissue that is short of oxygen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.physiology.effort import OXYGEN_PER_WATT, UNLOADED, UNLOADED_PER_KG
from ml.physiology.fluids import RESTING_OSMOLALITY, osmolality
from ml.physiology.inputs import Inputs
from ml.physiology.observe import observe
from ml.physiology.parameters import Parameters
from ml.physiology.quantities import Array
from ml.physiology.rest import resting
from ml.physiology.scenarios.life import Life, own_parameters
from ml.physiology.scenarios.signs import Signs
from ml.physiology.scenarios.timetable import Timetable
from ml.physiology.step import advance
from ml.physiology.waveforms.constants import Shown, WardFaults

# Lived before coming on air: for so long, in pieces of so long, at steps of so long, s.
BEFORE: Final = ((26_400.0, 120.0, 30.0), (2_280.0, 30.0, 10.0), (120.0, 10.0, 2.0))
SLEEPING_HEART: Final = 0.05
SLEEPING_BREATHS: Final = 1.0
THIRSTY_ABOVE: Final = 289.0  # mOsm/L, Robertson 1984
THIRST_ML_PER_MIN: Final = 3.0  # for each mOsm/L above
STRONG_L_MIN: Final = 1.8  # reserve of oxygen uptake of those who work as hard as they are asked
NIGHTLY_CHARGE_H: Final = 6.5  # devices are charged while people are washed
DISCHARGE_PERCENT_PER_H: Final = 2.2


@dataclass(frozen=True)
class Now:
    """One second of everybody, (people,) each."""

    shown: Shown
    faults: WardFaults
    battery_percent: Array


class Bodies:
    """`shown`: what perfect sensors would show now, (people,) each; `epoch_s`: when now is. Each body lives by itself:
    the same life gives the same figures, whoever else is there. Raises ValueError for nobody."""

    def __init__(self, lives: Sequence[Life], epoch_s: float) -> None:
        if not lives:
            raise ValueError("there is nobody")
        self.lives = tuple(lives)
        self.epoch_s = epoch_s
        self._east_s = np.array([life.east_s for life in lives])
        self._timetable = Timetable(lives, epoch_s)
        self._usual = own_parameters(lives)
        self._parameters = self._usual.copy()
        lived_s = sum(lasts for lasts, _, _ in BEFORE)
        self._states = resting(self._usual)
        self._states.clock[...] = self._hour(epoch_s - lived_s)
        self._signs = Signs(lives, self._usual)
        self._live_until_now(lived_s)
        ways = self._timetable.at(epoch_s)
        self.shown = self._show(ways, self._inputs(ways), 1.0)

    def second(self) -> Now:
        """The next second."""
        ways = self._timetable.at(self.epoch_s)
        inputs = self._live(ways, 1.0, 1.0)
        self.epoch_s += 1.0
        self.shown = self._show(ways, inputs, 1.0)
        faults = WardFaults(ways["lead_off"] >= 0.5, ways["probe_off"] >= 0.5, ways["motion"], ways["drop_out"])
        return Now(self.shown, faults, self._battery(ways["battery_percent"]))

    def skip(self, minutes: int) -> None:
        """Time passes that nobody looks at, in coarse steps."""
        for _ in range(minutes):
            self._live(self._timetable.at(self.epoch_s + 30.0), 60.0, 15.0)
            self.epoch_s += 60.0
        self._signs.settle(self._states)
        ways = self._timetable.at(self.epoch_s)
        self.shown = self._show(ways, self._inputs(ways), 60.0 * minutes)

    def observe(self) -> dict[str, Array]:
        """What the bodies really are (`ml.physiology.observe`), which no sensor says."""
        return observe(self._states, self._parameters, self._inputs(self._timetable.at(self.epoch_s)))

    def _live_until_now(self, lived_s: float) -> None:
        at_s = self.epoch_s - lived_s
        for lasts_s, piece_s, step_s in BEFORE:
            for _ in range(round(lasts_s / piece_s)):
                self._live(self._timetable.at(at_s + 0.5 * piece_s), piece_s, step_s)
                at_s += piece_s
            self._signs.settle(self._states)

    def _live(self, ways: dict[str, Array], seconds: float, step_seconds: float) -> Inputs:
        self._disturb(ways, seconds)
        inputs = self._inputs(ways)
        advance(self._states, self._parameters, inputs, seconds, step_seconds)
        return inputs

    def _disturb(self, ways: dict[str, Array], seconds: float) -> None:
        """What no input can say: parameters that an illness moves, and what is poured in or made beside the model."""
        usual, now, asleep = self._usual, self._parameters, ways["sleep"]
        rate = usual.resting_heart_rate * ways["heart_rate_factor"] * (1.0 - SLEEPING_HEART * asleep)
        node = ways["node_rate_per_min"]
        now.resting_heart_rate = np.where(np.isnan(node), rate, node)
        now.resting_respiratory_rate = (
            usual.resting_respiratory_rate + ways["breath_rate_shift"] - SLEEPING_BREATHS * asleep
        )
        now.co2_setpoint = usual.co2_setpoint - ways["co2_fall_mmhg"]
        gradient = usual.alveolar_arterial + ways["gradient_rise_mmhg"]
        now.alveolar_arterial = np.fmax(gradient, ways["gradient_mmhg"])
        now.resting_pressure = usual.resting_pressure * (1.0 - ways["vasodilation"])
        now.unstressed_volume = usual.unstressed_volume + ways["venodilation"] * usual.blood_volume
        now.plasma_protein = usual.plasma_protein * (1.0 + ways["capillary_leak"])
        self._states.lactate += seconds / 60.0 * ways["lactate_mmol_per_min"]
        self._states.ecf_osmoles += seconds / 60.0 * ways["salt_mosm_per_min"]
        self._transfuse(seconds / 3600.0 * ways["blood_given_per_h"])

    def _transfuse(self, share: Array) -> None:
        """Gives back blood as it was lost, `share` of the usual volume, and no more red cells than are missing."""
        usual, states = self._usual, self._states
        missing = 1.0 - states.red_cell_volume / (usual.blood_volume - usual.plasma_volume)
        given = np.minimum(share, np.maximum(missing, 0.0))
        plasma = given * usual.plasma_volume
        states.red_cell_volume += given * (usual.blood_volume - usual.plasma_volume)
        states.plasma_volume += plasma
        states.plasma_protein += given * usual.plasma_protein
        states.ecf_osmoles += plasma * RESTING_OSMOLALITY

    def _inputs(self, ways: dict[str, Array]) -> Inputs:
        usual = self._usual
        return Inputs(
            work_watts=_watts(ways["effort"], usual),
            bleed_ml_per_min=1000.0 / 60.0 * usual.blood_volume * ways["blood_lost_per_h"],
            infuse_ml_per_min=usual.mass / 60.0 * ways["infuse_ml_per_kg_h"],
            drink_ml_per_min=self._drunk(ways["drink_ml_per_min"]),
            fio2=ways["fio2"],
            air_celsius=ways["air_celsius"],
            air_speed_m_s=ways["air_speed_m_s"],
            relative_humidity=ways["relative_humidity"],
            fever_setpoint_celsius=ways["fever_celsius"],
            carbohydrate_g_per_min=ways["carbohydrate_g_per_min"],
            insulin_u_per_min=usual.mass / 60.0 * ways["insulin_u_per_kg_h"],
        )

    def _drunk(self, offered: Array) -> Array:
        """Who may drink does so when they are thirsty."""
        thirst = np.minimum(np.maximum(osmolality(self._states) - THIRSTY_ABOVE, 0.0), 5.0)
        return offered + np.where(offered > 0.0, THIRST_ML_PER_MIN * thirst, 0.0)

    def _show(self, ways: dict[str, Array], inputs: Inputs, seconds: float) -> Shown:
        seen = observe(self._states, self._parameters, inputs)
        return self._signs.of(seen, self._states, ways, np.asarray(inputs.work_watts), seconds)

    def _hour(self, epoch_s: float) -> Array:
        return np.asarray((epoch_s + self._east_s) / 3600.0 % 24.0)

    def _battery(self, said: Array) -> Array:
        left = 98.0 - DISCHARGE_PERCENT_PER_H * ((self._hour(self.epoch_s) - NIGHTLY_CHARGE_H) % 24.0)
        return np.where(np.isnan(said), left, said)


def _watts(effort: Array, usual: Parameters) -> Array:
    """On a cycle, of a share of the reserve of oxygen uptake. The frail keep nearer to their lactate threshold."""
    reserve = usual.maximal_uptake - usual.resting_uptake
    beyond = np.maximum(effort - usual.lactate_threshold, 0.0)
    asked = reserve * (effort - beyond * (1.0 - np.minimum(reserve / STRONG_L_MIN, 1.0)))
    above = np.maximum(asked - UNLOADED - UNLOADED_PER_KG * usual.mass, 0.0) / OXYGEN_PER_WATT
    return np.where(effort > 0.0, np.maximum(above, np.minimum(60.0 * effort, 10.0)), 0.0)
