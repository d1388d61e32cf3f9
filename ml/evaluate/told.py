"""`python -m ml.evaluate.told`: what a twin gains by being told of a meal, and by seeing that somebody walks.

Persons whose bodies are known (`twin_truth`) eat a meal or walk; one twin is told, another, of the same persons and
readings, is not. Carbohydrate is told as people guess it, off by a fifth (Brazeau 2013, Diabetes Res Clin Pract
99:e19). CRPS of what a sensor shows half an hour ahead, and how often the 90 % band held it, of forecasts that were
made in the half hour after the beginning and in the hour and a half after that. With simglucose (Dalla Man 2007, type 1
diabetes), where it is installed, the same of a day with three meals and their insulin.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import numpy as np

from ml.evaluate.forecast_scores import at_all_levels, crps
from ml.evaluate.other_bodies import ADULTS, GRAMS_PER_UNIT, MEALS, MONITOR_MIN, simglucose_day
from ml.evaluate.twin_truth import BEGINS_S, Truth, persons
from ml.physiology import Person
from ml.physiology.movement import activity_mg, work_watts
from ml.physiology.quantities import Array
from ml.twin import SENSORS, Seen, Twins
from ml.twin.forecasting import LEVELS
from ml.twin.given import Given, Told

PERSONS: Final = 40
AHEAD_MIN: Final = 30
BEGINS_MIN: Final = 180
LASTS_MIN: Final = 20
ENDS_MIN: Final = 300
ASKED_EVERY_MIN: Final = 10
GRAMS: Final = (40.0, 100.0)
GUESSED: Final = 0.2
WALKS_W: Final = (20.0, 60.0)
SEEN: Final = 0.15
"""By how much a sensor of movement is off, from person to person."""
EARLY_MIN: Final = 30
LATE_MIN: Final = 120
SEED: Final = 31


class Said(NamedTuple):
    """A forecast (LEVELS, patients) that was made so many minutes after the beginning, in this minute."""

    since: int
    minute: int
    quantiles: Array


def evaluate() -> dict[str, Any]:
    other = day() if find_spec("simglucose") else "not installed"
    return {"meal": meal(), "walk": walk(), "simglucose": other}


def meal(people: int = PERSONS, seed: int = SEED) -> dict[str, Any]:
    """Glucose after 40 to 100 g of carbohydrate."""
    chance = np.random.default_rng(seed)
    grams = chance.uniform(*GRAMS, people)
    guessed = grams * np.exp(GUESSED * chance.standard_normal(people))
    begins_s = BEGINS_S + 60.0 * BEGINS_MIN
    true, told = (
        Given(people, {"meal_carbohydrate": Told.of([(row, begins_s, each) for row, each in enumerate(amounts)])})
        for amounts in (grams, guessed)
    )
    nothing = np.zeros(people)
    return _compared("glucose", true, told, nothing, seen_watts=nothing, seed=seed)


def walk(people: int = PERSONS, seed: int = SEED) -> dict[str, Any]:
    """Heart rate when somebody walks for twenty minutes."""
    chance = np.random.default_rng(seed)
    mass = np.array([each.mass_kg for each in persons(people, seed)])
    watts = chance.uniform(*WALKS_W, people)
    shown = activity_mg(watts, mass) * np.exp(SEEN * chance.standard_normal(people))
    given = Given(people)
    return _compared("heart_rate", given, given, watts, seen_watts=work_watts(shown, mass), seed=seed)


def _compared(code: str, true: Given, told: Given, watts: Array, *, seen_watts: Array, seed: int) -> dict[str, Any]:
    people = persons(len(watts), seed)
    truth = Truth(people, seed=seed)
    twins = {name: Twins.begin(people, at_s=BEGINS_S, seeds=range(len(people))) for name in ("told", "untold")}
    said: dict[str, list[Said]] = {name: [] for name in twins}
    came: dict[int, Array] = {}
    for minute in range(1, ENDS_MIN + AHEAD_MIN + 1):
        now_s, works = BEGINS_S + 60.0 * minute, BEGINS_MIN <= minute < BEGINS_MIN + LASTS_MIN
        truth.minute_on(true.between(now_s - 60.0, now_s, works * watts))
        seen = truth.seen()
        if code in seen:
            came[minute] = seen[code].value
        for name, each in twins.items():
            given = told if name == "told" else Given(len(people))
            works_w = works * seen_watts if name == "told" else 0.0
            each.advance(now_s, seen, given.between(now_s - 60.0, now_s, works_w))
            if minute >= BEGINS_MIN and minute % ASKED_EVERY_MIN == 0 and minute <= ENDS_MIN:
                said[name].append(Said(minute - BEGINS_MIN, minute, _foretold(each, code, given, works_w)))
    return {name: _scores(each, came) for name, each in said.items()}


def day() -> dict[str, Any]:
    """Glucose of simglucose's ten adults, as their monitor shows it."""
    events = [(row, BEGINS_S + 60.0 * minute, grams) for row in range(len(ADULTS)) for minute, grams in MEALS]
    doses = [(row, at_s, grams / GRAMS_PER_UNIT) for row, at_s, grams in events]
    told = Given(len(ADULTS), {"meal_carbohydrate": Told.of(events), "insulin_dose": Told.of(doses)})
    shown = {minute: each for minute, (_, each) in enumerate(simglucose_day(), 1) if minute % MONITOR_MIN == 0}
    return {name: _followed(given, shown) for name, given in (("told", told), ("untold", Given(len(ADULTS))))}


def _followed(given: Given, shown: Mapping[int, Array]) -> dict[str, Any]:
    people = [Person(age_years=40.0)] * len(ADULTS)
    twins = Twins.begin(people, at_s=BEGINS_S, seeds=range(len(people)), clock_hours=0.0)
    said: list[Said] = []
    deviation = np.full(len(people), SENSORS["glucose"].deviation)
    for minute, each in shown.items():
        now_s = BEGINS_S + 60.0 * minute
        twins.advance(now_s, {"glucose": Seen(each, deviation)}, given.between(now_s - 60.0 * MONITOR_MIN, now_s))
        since = min((minute - begins for begins, _ in MEALS if minute >= begins), default=LATE_MIN)
        if since < LATE_MIN and minute % ASKED_EVERY_MIN == 0:
            said.append(Said(since, minute, _foretold(twins, "glucose", given, 0.0)))
    return _scores(said, shown)


def _foretold(twins: Twins, code: str, given: Given, watts: Array | float) -> Array:
    """(LEVELS, patients)"""
    told = twins.forecast((AHEAD_MIN,), given.later(twins.at_s, watts))
    rows = [next(each for each in one["horizons"][0]["quantities"] if each["code"] == code) for one in told]
    return np.array([[*each["p90"], *each["p50"], each["median"]] for each in rows])[:, [0, 2, 4, 3, 1]].T


def _scores(said: Sequence[Said], came: Mapping[int, Array]) -> dict[str, Any]:
    spans = {"at once": (0, EARLY_MIN), "later": (EARLY_MIN, LATE_MIN)}
    known = [each for each in said if each.minute + AHEAD_MIN in came]
    return {
        name: _score([each for each in known if first <= each.since < last], came)
        for name, (first, last) in spans.items()
    }


def _score(said: Sequence[Said], came: Mapping[int, Array]) -> dict[str, float]:
    quantiles = np.concatenate([each.quantiles for each in said], axis=1)
    true = np.concatenate([came[each.minute + AHEAD_MIN] for each in said])
    held = (true >= quantiles[0]) & (true <= quantiles[-1])
    whole = at_all_levels(LEVELS, quantiles)
    return {"forecasts": len(true), "crps": float(crps(whole, true).mean()), "covered_90": float(held.mean())}


if __name__ == "__main__":
    print(json.dumps(evaluate(), indent=2))
