"""One patient's body through scenarios that are compared in one answer, all from the present.

Scenarios stand side by side as patients do in a shard, and meet the same chance, so that what differs between two of
them is what was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, NamedTuple

import numpy as np

from ml.assimilation.bands import band
from ml.physiology import Parameters, Segment
from ml.physiology.quantities import Array
from ml.physiology.simulate import INPUTS
from ml.physiology.step import PACE
from ml.twin import margins
from ml.twin.given import Later
from ml.twin.keeping import Kept
from ml.twin.person import move, person_of, surroundings_of, textbook
from ml.twin.readings import readings
from ml.twin.told import figures
from ml.twin.unrest import stir

SAMPLE_MIN: Final = 5.0
SHOWN_BY_SENSORS: Final = (
    "heart_rate", "respiratory_rate", "spo2", "core_temperature", "skin_temperature", "mean_pressure", "glucose",
    "blood_lactate",
)  # fmt: skip
INNER: Final = ("cardiac_output", "blood_volume", "sweat_rate")
COUNTED_FROM: Final = np.uint64(2**61)
AMOUNTS: Final = frozenset({"carbohydrate_g_per_min", "insulin_u_per_min", "drink_ml_per_min"})
"""What comes on top of what is told to be taken anyway."""


@dataclass(frozen=True)
class WhatIf:
    """What is done from now on, one segment after the other, and then no more. No segment: as now."""

    name: str
    segments: Sequence[Segment] = ()


class Fan(NamedTuple):
    """(minutes,) each: median, and low and high of the central 50 and 90 % bands."""

    median: Array
    p50: tuple[Array, Array]
    p90: tuple[Array, Array]


class Reserve(NamedTuple):
    median: float
    low: float
    high: float


@dataclass(frozen=True)
class WhatIfRun:
    """`minutes` (n,) from now; by quantity its fan, in the units of SENSORS, cardiac output L/min, blood volume L,
    sweat L/h; by organ its reserve at the end, None where it cannot be judged."""

    name: str
    minutes: Array
    quantities: dict[str, Fan]
    reserves: dict[str, Reserve | None]


def play(
    kept: Kept, scenarios: Sequence[WhatIf], *, hours: float, members: int, later: Later | None = None
) -> list[WhatIfRun]:
    """`kept`: of one patient; `later`: what is known to be done anyway, else what is done now goes on. Raises
    ValueError for no hours, no scenario or no members."""
    if not (hours > 0.0 and scenarios and members > 1):
        raise ValueError(f"{len(scenarios)} scenarios of {hours} hours with {members} members are nothing to play")
    count = len(scenarios)
    ensemble = np.ascontiguousarray(np.repeat(_members_of(kept.ensemble, members), count, axis=1))
    guess = _of_each(kept, count)
    seeds, draws = np.repeat(kept.seeds, count), np.repeat(kept.draws, count) + COUNTED_FROM
    ends_s = [np.cumsum([60.0 * segment.minutes for segment in each.segments]) for each in scenarios]
    samples_s = 60.0 * np.minimum(SAMPLE_MIN * np.arange(int(np.ceil(60.0 * hours / SAMPLE_MIN)) + 1), 60.0 * hours)
    changes_s = np.unique(np.concatenate(([0.0], *ends_s)))
    taken, now_s = [_quantities(ensemble, guess, kept, count)], 0.0
    for until_s in _stops(samples_s, changes_s):
        surroundings = _surroundings(_anyway(kept, later, now_s, until_s), scenarios, ends_s, now_s)
        draws = draws + np.uint64(1)
        stir(ensemble, seeds, draws, until_s - now_s)
        move(ensemble, guess, surroundings, until_s - now_s, _step_at(now_s, changes_s))
        now_s = until_s
        if np.any(np.abs(samples_s - now_s) < 1e-6):
            taken.append(_quantities(ensemble, guess, kept, count))
    at_end = _surroundings(_anyway(kept, later, now_s, now_s + 60.0), scenarios, ends_s, now_s)
    reserves = margins.reserves(ensemble, guess, at_end)
    return [
        WhatIfRun(each.name, samples_s / 60.0, _fans(taken, index), {n: _at_end(r, index) for n, r in reserves.items()})
        for index, each in enumerate(scenarios)
    ]


def _members_of(ensemble: Array, members: int) -> Array:
    """(variables, 1, members): each of the ensemble's as often as needed."""
    return np.asarray(ensemble[:, :, np.arange(members) % ensemble.shape[2]])


def _of_each(kept: Kept, count: int) -> Parameters:
    guess = textbook([person_of(kept.person[0])])
    return Parameters(**{name: np.repeat(values, count, axis=0) for name, values in guess.items()})


def _stops(samples_s: Array, changes_s: Array) -> list[float]:
    """Samples, changes, and where the steps after a change may grow longer."""
    fresh = [changes_s + sum(lasting for lasting, _ in PACE[: index + 1]) for index in range(len(PACE) - 1)]
    stops = np.unique(np.round(np.concatenate((samples_s, changes_s, *fresh)), 6))
    return [float(stop) for stop in stops if 0.0 < stop <= samples_s[-1] + 1e-6]


def _step_at(now_s: float, changes_s: Array) -> float:
    since_s, begins_s = now_s - changes_s[np.searchsorted(changes_s, now_s + 1e-6) - 1], 0.0
    for lasting_s, step_s in PACE:
        begins_s += lasting_s
        if since_s < begins_s - 1e-6:
            return step_s
    return PACE[-1][1]


def _anyway(kept: Kept, later: Later | None, begin_s: float, end_s: float) -> Array:
    """(inputs, 1): what is done to the patient whatever the scenario."""
    if later is None:
        return kept.surroundings
    return surroundings_of(later.inputs(begin_s / 60.0, end_s / 60.0), 1)


def _surroundings(anyway: Array, scenarios: Sequence[WhatIf], ends_s: Sequence[Array], now_s: float) -> Array:
    """(inputs, scenarios): what a segment says, and where it says nothing, what is done anyway; amounts add up."""
    found = np.repeat(anyway, len(scenarios), axis=1)
    for column, (each, ends) in enumerate(zip(scenarios, ends_s, strict=True)):
        place = int(np.searchsorted(ends, now_s + 1e-6, side="right"))
        if place < len(each.segments):
            segment = each.segments[place]
            for row, name in enumerate(INPUTS):
                said, usual = getattr(segment, name), _DEFAULTS[name]
                if said != usual:
                    found[row, column] = found[row, column] + said - usual if name in AMOUNTS else said
    return found


_DEFAULTS: Final = {each.name: each.default for each in fields(Segment)}


def _quantities(ensemble: Array, guess: Parameters, kept: Kept, count: int) -> dict[str, Array]:
    """(scenarios, members) each."""
    inner = figures(ensemble, guess, np.repeat(kept.surroundings, count, axis=1))
    shown = {code: readings(ensemble, guess, code) for code in SHOWN_BY_SENSORS}
    return shown | {name: inner[name] for name in INNER}


def _fans(taken: Sequence[dict[str, Array]], index: int) -> dict[str, Fan]:
    fans = {}
    for name in taken[0]:
        members = np.array([sample[name][index] for sample in taken])
        median, low, high = band(members, 0.9)
        _, lower, upper = band(members, 0.5)
        fans[name] = Fan(median, (lower, upper), (low, high))
    return fans


def _at_end(reserve: Array, index: int) -> Reserve | None:
    median, low, high = band(reserve[index], 0.9)
    return Reserve(round(float(median), 1), round(float(low), 1), round(float(high), 1))
