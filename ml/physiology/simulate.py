"""A person through segments of time: the contract of docs/body.md."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from ml.physiology.inputs import REST, Inputs
from ml.physiology.observe import observe
from ml.physiology.parameters import parameters_of
from ml.physiology.person import Person
from ml.physiology.quantities import Array
from ml.physiology.rest import AFTERNOON, settled
from ml.physiology.step import advance

FRESH_S: Final = 600.0
INPUTS: Final = tuple(each.name for each in fields(Inputs))


@dataclass(frozen=True)
class Segment:
    """`minutes` under inputs that do not change; what is not said is rest (`Inputs`, with the units in the names)."""

    minutes: float
    tilt_degrees: float = 0.0
    work_watts: float = 0.0
    bleed_ml_per_min: float = 0.0
    infuse_ml_per_min: float = 0.0
    drink_ml_per_min: float = 1.5
    fio2: float = 0.2095
    barometric_mmhg: float = 760.0
    air_celsius: float = 27.0
    relative_humidity: float = 0.4
    air_speed_m_s: float = 0.1
    clothing_clo: float = 0.5
    fever_setpoint_celsius: float = 0.0
    carbohydrate_g_per_min: float = 0.0
    insulin_u_per_min: float = 0.0
    beta_blockade: float = 0.0


Case = tuple[Person, Sequence[Segment]]


def simulate(
    person: Person,
    segments: Sequence[Segment],
    sample_seconds: float = 10.0,
    *,
    step_seconds: float | None = None,
    clock_hours: float = AFTERNOON,
) -> dict[str, Array]:
    """Figures by name (`observe`), each (samples,), units in docs/body.md.

    A sample is the state at the end of every `sample_seconds`; `run["minutes"]` is when, from the beginning of the
    first segment. The body was settled in the default surroundings before, at `clock_hours` of its day. Without
    `step_seconds` steps are of 1 s for ten minutes after every change of inputs, and of 5 s from then on.
    """
    cases: list[Case] = [(person, segments)]
    return simulate_together(cases, sample_seconds, step_seconds=step_seconds, clock_hours=clock_hours)[0]


def simulate_together(
    cases: Sequence[Case],
    sample_seconds: float = 10.0,
    *,
    step_seconds: float | None = None,
    clock_hours: float = AFTERNOON,
) -> list[dict[str, Array]]:
    """The same for many persons, each with segments of their own, as one array of bodies."""
    parameters = parameters_of([person for person, _ in cases])
    states = settled(parameters, clock_hours)
    ends_s = [_ends_s(segments) for _, segments in cases]
    last_s = max((ends[-1] for ends in ends_s if len(ends)), default=0.0)
    samples_s: Array = sample_seconds * np.arange(1, int(last_s / sample_seconds + 1e-9) + 1, dtype=np.float64)
    taken: list[dict[str, Array]] = []
    now_s = 0.0
    changes_s = np.unique(np.concatenate(([0.0], *ends_s)))
    for until_s in np.unique(np.round(np.concatenate((*ends_s, samples_s)), 6)):
        inputs = _inputs_at(now_s, cases, ends_s)
        fresh = now_s - changes_s[np.searchsorted(changes_s, now_s + 1e-6) - 1] < FRESH_S
        advance(states, parameters, inputs, until_s - now_s, step_seconds or (1.0 if fresh else 5.0))
        now_s = float(until_s)
        if len(taken) < len(samples_s) and now_s >= samples_s[len(taken)] - 1e-5:
            taken.append(observe(states, parameters, inputs))
    columns = {name: np.array([sample[name] for sample in taken]) for name in (taken[0] if taken else {})}
    return [_own(columns, samples_s, ends, index) for index, ends in enumerate(ends_s)]


def _ends_s(segments: Sequence[Segment]) -> Array:
    minutes = np.array([segment.minutes for segment in segments], dtype=np.float64)
    return np.asarray(60.0 * np.cumsum(minutes))


def _inputs_at(now_s: float, cases: Sequence[Case], ends_s: Sequence[Array]) -> Inputs:
    """Of each case the segment it is in; rest for those whose time is over."""
    current: list[Inputs | Segment] = []
    for (_, segments), ends in zip(cases, ends_s, strict=True):
        index = int(np.searchsorted(ends, now_s + 1e-6, side="right"))
        current.append(segments[index] if index < len(segments) else REST)
    if all(each == current[0] for each in current[1:]):
        return Inputs(**{name: float(getattr(current[0], name)) for name in INPUTS})
    return Inputs(**{name: np.array([float(getattr(each, name)) for each in current]) for name in INPUTS})


def _own(columns: dict[str, Array], samples_s: Array, ends: Array, index: int) -> dict[str, Array]:
    count = int(np.searchsorted(samples_s, (ends[-1] if len(ends) else 0.0) + 1e-6, side="right"))
    own = {name: column[:count, index] for name, column in columns.items()}
    return {"minutes": samples_s[:count] / 60.0, **own}
