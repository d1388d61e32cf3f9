"""`python -m ml.evaluate.other_bodies`: the twin against bodies that are not its own, of the laboratory packages.

JOS-3 (Takahashi 2021, Energy Build 231:110575) has 83 nodes and another control of skin and sweat; simglucose is the
model of Dalla Man 2007 with type 1 diabetes, meals and insulin, and a monitor with its own errors. The twin is told of
the air, and of no meal and no insulin. Where neither package is installed there is nothing to measure.
"""

import importlib
import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

import numpy as np

from ml.assimilation.bands import band
from ml.assimilation.ensemble_filter import Mask
from ml.evaluate.twin_truth import BEGINS_S, persons
from ml.physiology import Inputs, Person
from ml.physiology.quantities import Array
from ml.twin import SENSORS, Seen, Twins

AHEAD_MIN: Final = 30
HEAT_PERSONS: Final = 12
AIR: Final = ((90, 27.0), (90, 38.0), (60, 27.0))  # minutes, °C
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
    others = _jos3(people)
    twins = Twins.begin(people, at_s=BEGINS_S, seeds=range(len(people)))
    chance, score = np.random.default_rng(42), _Score()
    for minute, (celsius, core, skin) in enumerate(others, start=1):
        shown = {"core_temperature": core, "skin_temperature": skin}
        seen = {code: _read(chance, code, true) for code, true in shown.items()}
        twins.advance(BEGINS_S + 60.0 * minute, seen, Inputs(air_celsius=celsius))
        score.came(minute, shown)
        if minute >= 2 * AHEAD_MIN and minute % 10 == 0:
            score.said(minute, twins, tuple(shown))
    return score.report()


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
        score.came(minute, {"glucose": plasma})
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


class _Score:
    """Whether bands hold the truth now, and forecasts half an hour later; and their error beside persistence's."""

    def __init__(self) -> None:
        self._true: dict[int, dict[str, Array]] = {}
        self._now: dict[str, list[Mask]] = {}
        self._ahead: list[tuple[int, str, Array, Array]] = []

    def came(self, minute: int, true: dict[str, Array]) -> None:
        self._true[minute] = true

    def said(self, minute: int, twins: Twins, codes: tuple[str, ...]) -> None:
        figures = twins.figures()
        told = twins.forecast((AHEAD_MIN,))
        for code in codes:
            _, low, high = band(figures[code], 0.9)
            true = self._true[minute][code]
            self._now.setdefault(code, []).append((true >= low) & (true <= high))
            quantities = [
                next(each for each in one["horizons"][0]["quantities"] if each["code"] == code) for one in told
            ]
            bands = np.array([[each["p90"][0], each["median"], each["p90"][1]] for each in quantities])
            self._ahead.append((minute, code, bands, true))

    def report(self) -> dict[str, Any]:
        return {code: self._of(code) for code in self._now}

    def _of(self, code: str) -> dict[str, float]:
        rows = [
            (bands, before, self._true[minute + AHEAD_MIN][code])
            for minute, of, bands, before in self._ahead
            if of == code and minute + AHEAD_MIN in self._true
        ]
        bands, before, came = (np.array(column) for column in zip(*rows, strict=True))
        return {
            "covered_now": float(np.mean(self._now[code])),
            "covered_at_30_min": float(np.mean((came >= bands[..., 0]) & (came <= bands[..., 2]))),
            "error_at_30_min": float(np.sqrt(np.mean((bands[..., 1] - came) ** 2))),
            "error_of_persistence": float(np.sqrt(np.mean((before - came) ** 2))),
        }


if __name__ == "__main__":
    print(json.dumps(evaluate(), indent=2))
