"""`python -m ml.evaluate.suspicions DIR`: how often twins suspect something of persons of whom nothing is annotated.

Courses of `ml.evaluate.courses` that hold a heart rate, replayed every five minutes: persons with a belt and a glucose
monitor, a bedside monitor's day, and intensive care stays, of those who lived. Nobody wrote down what happened to them;
that many bleed or that many sensors lie is not to be believed, so most of what is found here is wrong. *Suspected* is
the share of readings at which something is likelier than not, *begins* how often a day that comes about.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from ml.assimilation.ensemble_filter import Mask
from ml.evaluate.courses import BIN_MIN, Courses, courses
from ml.evaluate.replayed import BEGINS_S, readings_of, seen_at
from ml.evaluate.stays import stays
from ml.physiology.quantities import Array
from ml.twin import HYPOTHESES, Twins

LIKELY: Final = 0.5
LEARNED_BY_BIN: Final = 24
BINS_A_DAY: Final = 24.0 * 60.0 / BIN_MIN
STAY: Final = "stay:"
GROUPS: Final = ("belt", "bedside monitor", "intensive care")


def evaluate(data: Path) -> dict[str, Any]:
    """By group of persons. Raises MissingRecordings."""
    people = courses(data, "heart_rate")
    died = {f"{STAY}{each.record}" for each in stays(data) if each.died} if _any_stay(people) else set()
    groups = {name: [each for each in people if _group(each) == name and each.name not in died] for name in GROUPS}
    return {name: of_group(own) for name, own in groups.items() if own}


def of_group(people: Sequence[Courses]) -> dict[str, Any]:
    odds, read = followed(people)
    likely: Mask = np.logical_and(odds > LIKELY, read)
    begins = likely[1:] & ~likely[:-1]
    days = sum(map(len, people)) / BINS_A_DAY
    something: Mask = np.asarray(likely[:, 1:].any(axis=1))
    return {
        "persons": len(people),
        "readings": int(read.sum()),
        "suspected": float(something.sum() / read.sum()),
        "begins_a_day": float((something[1:] & ~something[:-1]).sum() / days),
        "by_hypothesis": {
            name: {
                "suspected": float(likely[:, row].sum() / read.sum()),
                "begins_a_day": float(begins[:, row].sum() / days),
            }
            for row, name in enumerate(HYPOTHESES)
            if row and likely[:, row].any()
        },
    }


def followed(people: Sequence[Courses]) -> tuple[Array, Mask]:
    """The odds (bins, HYPOTHESES, persons), and (bins, 1, persons) where anything was read after two hours."""
    values = readings_of(people)
    twins = Twins.begin(
        [each.person for each in people],
        at_s=BEGINS_S,
        seeds=range(len(people)),
        clock_hours=np.array([each.begins_hour for each in people]),
    )
    bins = max(len(each) for each in people)
    odds = np.zeros((bins, len(HYPOTHESES), len(people)))
    read = np.zeros((bins, 1, len(people)), dtype=bool)
    for place in range(bins):
        seen = seen_at(values, place)
        twins.advance(BEGINS_S + 60.0 * BIN_MIN * place + 1.0, seen)
        odds[place] = np.array([list(each.values()) for each in twins.hypotheses()]).T
        known = np.any([np.isfinite(each.value) for each in seen.values()], axis=0)
        read[place, 0] = known & (place >= LEARNED_BY_BIN)
    return odds, read


def _group(each: Courses) -> str:
    if each.name.startswith(STAY):
        return "intensive care"
    return "belt" if ":" in each.name else "bedside monitor"


def _any_stay(people: Sequence[Courses]) -> bool:
    return any(each.name.startswith(STAY) for each in people)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m ml.evaluate.suspicions", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of recordings, as published")
    print(json.dumps(evaluate(parser.parse_args().data), indent=2))
