"""`python -m ml.evaluate.other_bodies`: the twin against bodies that are not its own, of the laboratory packages.

JOS-3 (Takahashi 2021, Energy Build 231:110575) has 83 nodes and another control of skin and sweat; simglucose is the
model of Dalla Man 2007 with type 1 diabetes, meals and insulin, and a monitor with its own errors. The twin is told of
the air, also of that to come, and of no meal and no insulin. Bands of a figure are held to the figure, forecasts of a
sensor to what that sensor shows. `chosen_on` is every second person, on whom the model's error (`ml.twin.told`) was
chosen, `others` those who had no say. Where neither package is installed there is nothing to measure.
"""

import importlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import numpy as np

from ml.assimilation.bands import band
from ml.assimilation.ensemble_filter import Mask
from ml.evaluate.twin_truth import BEGINS_S, persons
from ml.physiology import Inputs, Person
from ml.physiology.quantities import Array
from ml.twin import SENSORS, Seen, Twins, course
from ml.twin.given import Later

AHEAD_MIN: Final = 30
HEAT_PERSONS: Final = 12
AIR: Final = ((90, 27.0), (90, 38.0), (60, 27.0))  # minutes, °C
_AIR: Final = [celsius for minutes, celsius in AIR for _ in range(minutes)]
MONITOR_MIN: Final = 5
MG_PER_MMOL: Final = 18.016
DAY_MIN: Final = 1_440
MEALS: Final = ((420, 45.0), (750, 70.0), (1_110, 80.0))  # minute of the day, g
GRAMS_PER_UNIT: Final = 12.0
ADULTS: Final = tuple(f"adult#{number:03d}" for number in range(1, 11))


def evaluate() -> dict[str, Any]:
    return {"heat": _where("jos3", heat), "glucose": _where("simglucose", glucose)}


def _where(package: str, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        importlib.import_module(package)
    except ImportError:
        return {"not measured": f"{package} is not installed"}
    return measure()


def heat() -> dict[str, Any]:
    """Core and mean skin temperature of persons who sit in a heat chamber for an hour and a half."""
    people = persons(HEAT_PERSONS, 41)
    twins = Twins.begin(people, at_s=BEGINS_S, seeds=range(len(people)))
    chance, score = np.random.default_rng(42), _Score()
    for minute, (celsius, core, skin) in enumerate(_jos3(people), start=1):
        true = {"core_temperature": core, "skin_temperature": skin}
        seen = {code: _read(chance, code, values) for code, values in true.items()}
        twins.advance(BEGINS_S + 60.0 * minute, seen, Inputs(air_celsius=celsius))
        score.came(minute, true, {code: each.value for code, each in seen.items()})
        if minute >= 2 * AHEAD_MIN and minute % 10 == 0:
            score.said(minute, twins, tuple(true), _air_after(minute, len(people)))
    return score.report()


def _air_after(minute: int, people: int) -> Later:
    def inputs(begin_min: float, _: float) -> Inputs:
        return Inputs(air_celsius=_AIR[min(int(minute + begin_min), len(_AIR) - 1)])

    return Later(inputs, dict.fromkeys(course.MODELS, np.zeros(people, np.bool_)))


def _jos3(people: list[Person]) -> Iterator[tuple[float, Array, Array]]:
    """By minute: air, and core and mean skin temperature (persons,)."""
    jos3: ModuleType = importlib.import_module("jos3")
    bodies = [
        jos3.JOS3(height=each.height_cm / 100.0, weight=each.mass_kg, age=int(each.age_years), sex=each.sex)
        for each in people
    ]
    for minutes, celsius in AIR:
        for body in bodies:
            body.Ta, body.Tr, body.RH, body.Va, body.Icl, body.PAR = celsius, celsius, 40.0, 0.1, 0.5, 1.2
        for _ in range(minutes):
            for body in bodies:
                body.simulate(times=1, dtime=60)
            core = np.array([body.Tcr[body_part("pelvis")] for body in bodies], dtype=np.float64)
            yield celsius, core, np.array([body.TskMean for body in bodies], dtype=np.float64)


def body_part(name: str) -> int:
    """Where JOS-3 keeps it: head, neck, chest, back, pelvis, …"""
    return ("head", "neck", "chest", "back", "pelvis").index(name)


def glucose() -> dict[str, Any]:
    """Plasma glucose of ten adults with type 1 diabetes over a day; the twin sees the monitor every five minutes."""
    twins = Twins.begin(
        [Person(age_years=40.0)] * len(ADULTS), at_s=BEGINS_S, seeds=range(len(ADULTS)), clock_hours=0.0
    )
    score = _Score()
    for minute, (plasma, shown) in enumerate(simglucose_day(), start=1):
        if minute % MONITOR_MIN:
            continue
        deviation = np.full(len(ADULTS), SENSORS["glucose"].deviation)
        twins.advance(BEGINS_S + 60.0 * minute, {"glucose": Seen(shown, deviation)})
        score.came(minute, {"glucose": plasma}, {"glucose": shown})
        if minute >= 2 * AHEAD_MIN and minute % 15 == 0:
            score.said(minute, twins, ("glucose",))
    return score.report()


def simglucose_day() -> Iterator[tuple[Array, Array]]:
    """By minute: plasma glucose and what the monitor shows, mmol/L (persons,)."""
    patient: ModuleType = importlib.import_module("simglucose.patient.t1dpatient")
    sensor: ModuleType = importlib.import_module("simglucose.sensor.cgm")
    bodies = [patient.T1DPatient.withName(name) for name in ADULTS]
    monitors = [sensor.CGMSensor.withName("Dexcom", seed=number) for number in range(len(bodies))]
    basal = [_basal(body) for body in bodies]
    for minute in range(DAY_MIN):
        grams = sum(amount for begins, amount in MEALS if begins <= minute < begins + 15) / 15.0
        bolus = sum(amount for begins, amount in MEALS if minute == begins) / GRAMS_PER_UNIT
        for body, units in zip(bodies, basal, strict=True):
            body.step(patient.Action(CHO=grams, insulin=units + bolus))
        plasma = np.array([body.observation.Gsub for body in bodies], dtype=np.float64)
        shown = np.array([each.measure(body) for each, body in zip(monitors, bodies, strict=True)], dtype=np.float64)
        yield plasma / MG_PER_MMOL, shown / MG_PER_MMOL


def _basal(body: Any) -> float:
    """U/min that keeps the body where it is."""
    return float(body._params.u2ss * body._params.BW / 6000.0)


def _read(chance: np.random.Generator, code: str, true: Array) -> Seen:
    deviation = SENSORS[code].deviation
    return Seen(true + deviation * chance.standard_normal(len(true)), np.full(len(true), deviation))


@dataclass(frozen=True)
class _Said:
    """Of one figure at one minute: members now and half an hour ahead, and the forecast of what will be read: low,
    median and high (persons, 3)."""

    now: Array
    ahead: Array
    readings: Array


class _Score:
    """Whether bands hold the truth now and half an hour later, and forecasts what is read then; and the error of
    forecasts beside that of persistence."""

    def __init__(self) -> None:
        self._true: dict[int, Mapping[str, Array]] = {}
        self._shown: dict[int, Mapping[str, Array]] = {}
        self._said: dict[str, dict[int, _Said]] = {}

    def came(self, minute: int, true: Mapping[str, Array], shown: Mapping[str, Array]) -> None:
        self._true[minute], self._shown[minute] = true, shown

    def said(self, minute: int, twins: Twins, codes: tuple[str, ...], later: Later | None = None) -> None:
        now, ahead = twins.figures(), twins.figures_ahead(AHEAD_MIN, later)
        told = [one["horizons"][0]["quantities"] for one in twins.forecast((AHEAD_MIN,), later)]
        for code in codes:
            own = [next(each for each in quantities if each["code"] == code) for quantities in told]
            readings = np.array([[each["p90"][0], each["median"], each["p90"][1]] for each in own])
            self._said.setdefault(code, {})[minute] = _Said(now[code], ahead[code], readings)

    def report(self) -> dict[str, Any]:
        return {code: self._of(code) for code in self._said}

    def _of(self, code: str) -> dict[str, Any]:
        said = self._said[code]
        followed = {minute: each for minute, each in said.items() if minute + AHEAD_MIN in self._true}
        later = [minute + AHEAD_MIN for minute in followed]
        true = np.array([self._true[minute][code] for minute in later])
        medians = np.array([each.readings[:, 1] for each in followed.values()])
        before = np.array([self._true[minute][code] for minute in followed])
        readings = np.array([each.readings for each in followed.values()])
        shown = np.array([self._shown[minute][code] for minute in later])
        return {
            "now": _held([each.now for each in said.values()], np.array([self._true[minute][code] for minute in said])),
            "at_30_min": _held([each.ahead for each in followed.values()], true),
            "readings_at_30_min": _shares((shown >= readings[..., 0]) & (shown <= readings[..., 2])),
            "error_at_30_min": float(np.sqrt(np.mean((medians - true) ** 2))),
            "error_of_persistence": float(np.sqrt(np.mean((before - true) ** 2))),
        }


def _held(members: Sequence[Array], true: Array) -> dict[str, float]:
    """`true` (moments, persons)."""
    _, low, high = band(np.array(members), 0.9)
    return _shares((true >= low) & (true <= high))


def _shares(inside: Mask) -> dict[str, float]:
    """Of (moments, persons)."""
    every_second = {"chosen_on": inside[:, ::2], "others": inside[:, 1::2]}
    return {"all": float(np.mean(inside))} | {name: float(np.mean(part)) for name, part in every_second.items()}


if __name__ == "__main__":
    print(json.dumps(evaluate(), indent=2))
