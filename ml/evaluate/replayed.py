"""Real courses through twins, reading by reading: what each twin knew when it was asked, and what came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.evaluate.courses import AHEAD_BINS, BIN_MIN, Courses
from ml.twin import SENSORS, Seen, Twins, course
from ml.twin.forecasting import looked_ahead, seen_with_error
from ml.twin.sensors import taken

Array = npt.NDArray[np.float64]
BEGINS_S: Final = 1_790_000_100.0  # the beginning of a bin
MEMBERS: Final = 8
AT_ONCE: Final = 240
FROM_BIN: Final = 12
FEWEST_ASKED: Final = 15  # forecasts of one person, fewer of which say nothing of that person


@dataclass(frozen=True)
class Asked:
    """One person's forecasts of one code. `inputs` (n, course.INPUTS); `now`, `scale`, `came` (n,); `body` (n,
    members): what the body's ensemble said would be read."""

    name: str
    inputs: Array
    now: Array
    scale: Array
    came: Array
    body: Array


def asked(everybody: Sequence[Courses], code: str, *, every: int = 1) -> Iterator[Asked]:
    """Of each person, at every reading of `code` (of each `every` bins) that is followed by another half an hour
    later."""
    ordered = sorted(everybody, key=len)
    for first in range(0, len(ordered), AT_ONCE):
        yield from _together(ordered[first : first + AT_ONCE], code, every)


def _together(people: Sequence[Courses], code: str, every: int) -> Iterator[Asked]:
    bins = max(len(each) for each in people)
    values = readings_of(people)
    hours = np.array([each.begins_hour for each in people])
    persons, seeds = [each.person for each in people], range(len(people))
    twins = Twins.begin(persons, at_s=BEGINS_S, seeds=list(seeds), members=MEMBERS, clock_hours=hours)
    kept: list[list[tuple[Array, float, float, float, Array]]] = [[] for _ in people]
    target = values[code]
    for place in range(bins):
        seen = seen_at(values, place)
        twins.advance(BEGINS_S + 60.0 * BIN_MIN * place + 1.0, seen)
        due = place >= FROM_BIN and place % every == 0 and place + AHEAD_BINS < bins
        if not due:
            continue
        who = np.flatnonzero(np.isfinite(target[:, place]) & np.isfinite(target[:, place + AHEAD_BINS]))
        if not len(who):
            continue
        part = twins.take(who)
        ahead = looked_ahead(part._kept, part._guess, (course.HORIZON_MIN,))[course.HORIZON_MIN][code]
        rows, now, scale = course.inputs(part._kept, code, ahead)
        said = seen_with_error(code, ahead)
        for row, person in enumerate(who):
            came = target[person, place + AHEAD_BINS]
            kept[person].append((rows[row], now[row], scale[row], came, said[row]))
    for each, found in zip(people, kept, strict=True):
        good = [one for one in found if np.isfinite(one[0]).all()]
        if len(good) >= FEWEST_ASKED:
            yield Asked(each.name, *(np.array(column) for column in zip(*good, strict=True)))


def errors_of_others(everybody: Sequence[Asked], own: Asked) -> Array:
    """Of persistence: how far half an hour took everybody but this one from the last reading."""
    return np.concatenate([each.came - each.now for each in everybody if each is not own] or [own.came - own.now])


def readings_of(people: Sequence[Courses]) -> dict[str, Array]:
    """By code (people, bins), not-a-number where nothing was read that a body can show."""
    bins = max(len(each) for each in people)
    codes = [code for code in SENSORS if any(code in each.values for each in people)]
    tables = {}
    for code in codes:
        table = np.full((len(people), bins), np.nan)
        for row, each in enumerate(people):
            if code in each.values:
                table[row, : len(each)] = each.values[code]
        tables[code] = taken(code, table)
    return tables


def seen_at(values: Mapping[str, Array], place: int) -> dict[str, Seen]:
    """What was read in one bin, with the usual error of each sensor."""
    return {code: Seen(read[:, place], np.full(len(read), SENSORS[code].deviation)) for code, read in values.items()}
