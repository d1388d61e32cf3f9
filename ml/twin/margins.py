"""How far each organ is from where it fails: margins of figures between what is the person's own and a limit.

A margin is (limit - figure) over (limit - own reference), 0 to 1, for each member; an organ's reserve is
100 (mean of margin^-4)^(-1/4), so that the worst rules. Limits are where the cited source sees an emergency near; they
are those of adults, and scaled in children as the textbook's resting figure is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from ml.physiology import Parameters
from ml.physiology.quantities import Array
from ml.physiology.reflexes import ARTERIAL_LIMIT, CARDIOPULMONARY_LIMIT
from ml.twin.person import parameters_in
from ml.twin.sensors import RED_CELL_WATER, SENSORS
from ml.twin.told import figures

LEAST: Final = 0.01
POWER: Final = -4.0
USUALLY_WITHIN: Final[Mapping[str, float]] = MappingProxyType(
    {
        "heart_rate": 0.25,
        "respiratory_rate": 0.25,
        "mean_arterial_pressure": 0.12,
        "spo2": 0.01,
        "core_temperature": 0.012,
        "glucose": 0.15,
        "cardiac_output": 0.3,
        "blood_volume": 0.25,
        "total_body_water": 0.2,
    }
)
"""By which share of the textbook's figure a healthy person's may differ: two deviations of `variables.LEARNED`."""
Own = Callable[[Parameters], Array]


@dataclass(frozen=True)
class Margin:
    """`figure`: of `told.TOLD`; `limit` in its unit, or as a share of the reference where `relative`. `weight`: of the
    evidence of its organ. `code`: the sensor that measures it, None where it is inferred; `by`: the sensors, each of
    which must be there, that it is inferred from. `scaled`: the textbook's figure that a child's limit goes with, and
    that of an adult. `both_ways`: either sign counts."""

    figure: str
    label: str
    unit: str
    limit: float
    own: Own
    weight: float
    source: str
    code: str | None = None
    by: tuple[str, ...] = ()
    relative: bool = False
    decimals: int = 0
    scaled: tuple[str, float] | None = None
    both_ways: bool = False

    def key(self) -> str:
        return f"{self.figure}:{self.limit:g}"


def _rate(limit: float, weight: float, source: str) -> Margin:
    return Margin(
        "heart_rate", "Heart rate", "/min", limit, lambda own: own.resting_heart_rate, weight, source,
        code="heart_rate", scaled=("resting_heart_rate", 66.0),
    )  # fmt: skip


def _pressure(limit: float, weight: float, source: str) -> Margin:
    return Margin(
        "mean_arterial_pressure", "Mean pressure", "mm[Hg]", limit, lambda own: own.resting_pressure, weight, source,
        code="mean_pressure", scaled=("resting_pressure", 90.0),
    )  # fmt: skip


def _breaths(limit: float, weight: float, source: str) -> Margin:
    return Margin(
        "respiratory_rate", "Respiratory rate", "/min", limit, lambda own: own.resting_respiratory_rate, weight, source,
        code="respiratory_rate", scaled=("resting_respiratory_rate", 14.0),
    )  # fmt: skip


def _saturation(limit: float, weight: float, source: str) -> Margin:
    return Margin("spo2", "SpO₂", "%", limit, lambda own: 100.0 * own.resting_saturation, weight, source, code="spo2")


def _glucose(limit: float, weight: float, source: str) -> Margin:
    return Margin(
        "glucose", "Glucose", "mmol/L", limit, lambda own: own.basal_glucose, weight, source, code="glucose", decimals=1
    )


def _core(limit: float, weight: float, source: str) -> Margin:
    return Margin(
        "core_temperature", "Core temperature", "Cel", limit, lambda own: own.core_setpoint + 0.3, weight, source,
        code="core_temperature", decimals=1,
    )  # fmt: skip


def _lactate(limit: float, weight: float, source: str) -> Margin:
    return Margin(
        "lactate", "Lactate", "mmol/L", limit, lambda own: np.ones_like(own.blood_volume), weight, source,
        code="blood_lactate", decimals=1,
    )  # fmt: skip


def _output(weight: float) -> Margin:
    return Margin(
        "cardiac_output", "Cardiac output", "L/min", 0.6, lambda own: own.resting_output, weight,
        "index of 1.8 of 3.0 L/min/m²: Reynolds & Hochman 2008", by=("heart_rate", "mean_pressure"), relative=True,
        decimals=1,
    )  # fmt: skip


def _blood(weight: float) -> Margin:
    return Margin(
        "blood_volume", "Blood volume", "L", 0.7, lambda own: own.blood_volume, weight,
        "class III haemorrhage: ATLS 2018", by=("heart_rate", "mean_pressure"), relative=True, decimals=1,
    )  # fmt: skip


def _water(limit: float, weight: float) -> Margin:
    return Margin(
        "total_body_water", "Body water", "L", limit, _own_water, weight, "dehydration severe from 10 %: WHO 2005",
        code="total_body_water", relative=True, decimals=1,
    )  # fmt: skip


def _own_water(own: Parameters) -> Array:
    cells = RED_CELL_WATER * (own.blood_volume - own.plasma_volume)
    return np.asarray(own.plasma_volume + own.interstitial_volume + own.cell_volume + cells)


ORGANS: Final[Mapping[str, tuple[Margin, ...]]] = MappingProxyType(
    {
        "heart": (
            _rate(150.0, 0.35, "131 scores 3: RCP 2017 (NEWS2)"),
            _rate(35.0, 0.15, "40 scores 3: RCP 2017 (NEWS2)"),
            _pressure(55.0, 0.25, "below 65: Evans 2021, Surviving Sepsis"),
            _pressure(150.0, 0.15, "crisis of 180/120: Whelton 2018"),
            _output(0.1),
        ),
        "lungs": (
            _saturation(88.0, 0.6, "O'Driscoll 2017, BTS guideline"),
            _breaths(30.0, 0.2, "25 scores 3: RCP 2017 (NEWS2)"),
            _breaths(6.0, 0.1, "8 scores 3: RCP 2017 (NEWS2)"),
            Margin(
                "paco2", "Arterial CO₂", "mm[Hg]", 60.0, lambda own: own.co2_setpoint, 0.1, "Davidson 2016, BTS/ICS",
                by=("respiratory_rate", "spo2"),
            ),
        ),
        "brain": (
            _pressure(50.0, 0.4, "lower end of autoregulation: Lassen 1959"),
            _saturation(75.0, 0.35, "Hoffman 1946; consciousness fails near 60"),
            _glucose(2.5, 0.25, "2.8 neuroglycopenia: Cryer 1993"),
        ),
        "kidneys": (_pressure(55.0, 0.6, "65 to keep them perfused: Evans 2021"), _blood(0.2), _output(0.2)),
        "metabolism": (
            _glucose(3.0, 0.35, "level 2 hypoglycaemia: ADA 2024"),
            _glucose(16.7, 0.35, "13.9 level 2 hyperglycaemia: ADA 2024"),
            _lactate(5.0, 0.3, "4: Evans 2021"),
        ),
        "skin": (
            _core(40.5, 0.4, "heat stroke from 40: Epstein & Yanovich 2019"),
            _core(33.5, 0.4, "hypothermia from 35: Brown 2012"),
            Margin(
                "skin_temperature", "Skin temperature", "Cel", 22.0, lambda own: np.full_like(own.blood_volume, 33.7),
                0.2, "Gagge 1971", code="skin_temperature", decimals=1,
            ),
        ),
        "muscles": (
            _lactate(8.0, 0.7, "Beneke 2011"),
            Margin(
                "work_capacity", "Work capacity", "kJ", 0.0, lambda own: own.full_work_capacity, 0.3, "Skiba 2012",
                by=("heart_rate", "blood_lactate"), decimals=1,
            ),
        ),
        "fluids": (
            _water(0.90, 0.45), _water(1.12, 0.15), _blood(0.2),
            Margin(
                "osmolality", "Osmolality", "mosm/L", 315.0, lambda own: np.full_like(own.blood_volume, 287.0),
                0.2, "Hooper 2015", by=("total_body_water", "weight"),
            ),
        ),
        "autonomic": (
            Margin(
                "arterial_tone", "Baroreflex in use", "mm[Hg]", ARTERIAL_LIMIT,
                lambda own: np.zeros_like(own.blood_volume), 0.7, "Heldt 2002", by=("heart_rate", "mean_pressure"),
                both_ways=True, decimals=1,
            ),
            Margin(
                "cardiopulmonary_tone", "Cardiopulmonary reflex in use", "mm[Hg]", CARDIOPULMONARY_LIMIT,
                lambda own: np.zeros_like(own.blood_volume), 0.3, "Heldt 2002", by=("heart_rate", "mean_pressure"),
                both_ways=True, decimals=1,
            ),
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """Of one margin (patients, members): the figure, the person's own reference, and the margin."""

    value: Array
    reference: Array
    margin: Array


def measured(
    ensemble: Array, guess: Parameters, surroundings: Array, readings: Mapping[str, Array] | None = None
) -> dict[str, Measured]:
    """By `Margin.key`, of every margin of every organ. `readings` (patients,) by sensor: what a sensor shows, less one
    deviation of its error, counts where it is worse than what the body makes of it: no doubt makes an ill reading good.
    """
    told = figures(ensemble, guess, surroundings)
    own = parameters_in(ensemble, guess, disturbed=False)
    found: dict[str, Measured] = {}
    for each in (margin for margins in ORGANS.values() for margin in margins):
        if each.key() not in found:
            reference = _healthy(each, each.own(own), each.own(guess))
            margin = _margin(each, told[each.figure], reference, guess)
            if readings is not None and each.code is not None:
                shown = _kindly(readings[each.code][:, None], SENSORS[each.code].deviation, reference)
                margin = np.fmin(margin, _margin(each, shown, reference, guess))
            found[each.key()] = Measured(told[each.figure], reference, margin)
    return found


def _kindly(reading: Array, deviation: float, reference: Array) -> Array:
    """A reading, one deviation of its error nearer to what is usual; not-a-number where there is none."""
    away = reading - reference
    return np.asarray(reference + np.sign(away) * np.maximum(np.abs(away) - deviation, 0.0))


def _healthy(each: Margin, own: Array, textbook: Array) -> Array:
    """The person's own reference, as far as it may be one of health: who comes with a heart rate of 120 has no usual
    rate of 120, however long it lasts."""
    away = USUALLY_WITHIN.get(each.figure, 0.15) * np.abs(textbook)
    return np.clip(own, textbook - away, textbook + away)


def _margin(each: Margin, value: Array, reference: Array, guess: Parameters) -> Array:
    limit: Array | float = each.limit
    if each.relative:
        limit = each.limit * reference
    elif each.scaled is not None:
        limit = each.limit * np.clip(getattr(guess, each.scaled[0]) / each.scaled[1], *_child_only(each))
    figure = np.abs(value) if each.both_ways else value
    room = limit - reference
    # Who usually is near the limit, or beyond it, is judged by a tenth of the limit, not by nothing.
    least = 0.1 * np.maximum(np.abs(limit), 1.0)
    room = np.where(np.abs(room) < least, np.copysign(least, room), room)
    return np.asarray(np.clip((limit - figure) / room, LEAST, 1.0))


def _child_only(each: Margin) -> tuple[float, float]:
    """A child's heart and breath are quicker and its pressure lower; adults share one limit."""
    return (0.4, 1.0) if each.figure == "mean_arterial_pressure" else (1.0, 3.0)


def reserve_of(margins: list[Array]) -> Array:
    """(patients, members) 0 to 100, of margins of that shape."""
    return np.asarray(100.0 * np.mean([margin**POWER for margin in margins], axis=0) ** (1.0 / POWER))


def reserves(ensemble: Array, guess: Parameters, surroundings: Array) -> dict[str, Array]:
    """By organ (patients, members), all margins counted, whatever is measured."""
    found = measured(ensemble, guess, surroundings)
    return {name: reserve_of([found[each.key()].margin for each in margins]) for name, margins in ORGANS.items()}
