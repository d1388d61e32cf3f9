"""Once a night what is slow is fitted anew, to the whole day at once.

A filter meets one reading after the other and forgets how it came to what it believes; what is learned of a person is
better fitted afterwards (Albers 2017, PLoS Comput Biol 13:e1005232). Bodies that differ in nothing but that go through
the day by themselves, with what was told of it; how their readings differ says what a reading tells. Readings go with
each other in time as disturbances and biases do (`variables`, `sensors`), so that a quiet day counts for as much as it
tells, and no reading twice: the textbook and the day give the parameters and how sure they are (Bayes, linear).

Then the refit is judged by readings that neither has seen: of the body as it was and as it is fitted, how probable it
found each reading of the last hours, up to an hour before it was told. Only who foresaw them better, by more than
chance, goes on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

import numpy as np

from ml.assimilation.ensemble_filter import Mask
from ml.physiology import Inputs, Parameters
from ml.physiology.quantities import Array
from ml.twin.beginning import FOLLOWS
from ml.twin.keeping import Kept
from ml.twin.person import move, parameters_in, states_in, surroundings_of
from ml.twin.readings import readings
from ml.twin.sensors import SENSORS, Seen, error_variance, taken
from ml.twin.tracking import SURPRISE_SD, keep_possible
from ml.twin.twins import Twins
from ml.twin.variables import BIASES, DISTURBANCES, LEARNED, ROW

STORES: Final = ("baroreflex_setpoint",)
FITTED_BY: Final[Mapping[str, tuple[tuple[str, ...], str]]] = MappingProxyType(
    {
        "mean_pressure": (("resting_pressure",), "vasomotion"),
        "core_temperature": (("core_setpoint",), "fever"),
        "glucose": (("basal_glucose",), "appearance"),
    }
)
"""By sensor what it tells of the person, and the disturbance that the first of these may be mistaken for. What a filter
learns as well by itself (resting heart rate, breathing, oxygen) is not here: see docs/twin.md for what was tried."""
FREE_STEP_S: Final = 30.0
ERRORS: Final = 2.0
"""By how many standard errors a refit must be better: one in forty is by chance."""
FEWEST_BLOCKS: Final = 4
BLOCK_STEPS: Final = 12
"""An hour of steps of five minutes."""
FEWEST_READINGS: Final = 60


@dataclass(frozen=True)
class Step:
    """A stretch of the day: its end, epoch seconds, what was seen by then, and what was done meanwhile."""

    until_s: float
    seen: Mapping[str, Seen]
    inputs: Inputs


@dataclass(frozen=True)
class Evidence:
    """How well readings were foreseen: sums of log scores, nat, and how many, (steps, patients) each."""

    scores: Array
    readings: Array

    @property
    def mean(self) -> Array:
        """(patients,) nat a reading, not-a-number without any."""
        count = self.readings.sum(axis=0)
        mean = np.divide(self.scores.sum(axis=0), count, out=np.full(count.shape, np.nan), where=count > 0)
        return np.asarray(mean)


@dataclass(frozen=True)
class Verdict:
    """(patients,) each: nat a reading gained by the refit, its standard error, readings it rests on, whether they are
    enough, and whether the refit is better by more than chance."""

    gain: Array
    error: Array
    readings: Array
    enough: Mask
    better: Mask


def fitted(twins: Twins, begun_s: float, steps: Sequence[Step]) -> Twins:
    """The twins as they are after a day that began at `begun_s`, what is slow about them fitted to these steps of it.
    Raises ValueError for no steps."""
    if not steps:
        raise ValueError("there is no day to be fitted to")
    kept = twins.take(range(len(twins)))._kept
    free = Twins.begin(
        twins.persons, at_s=begun_s, seeds=[int(seed) for seed in kept.seeds], members=twins.members,
        clock_hours=(kept.ensemble[ROW["clock"], :, 0] - (kept.at_s - begun_s) / 3600.0) % 24.0,
    )  # fmt: skip
    shown = _alone(free, begun_s, steps)
    before = parameters_in(kept.ensemble, twins._guess, disturbed=False)
    for code, (names, disturbance) in FITTED_BY.items():
        drawn = free._kept.ensemble[[ROW[name] for name in names]]
        _fit(kept, drawn, names, _Course.of(code, disturbance, steps, shown[code]))
    after = parameters_in(kept.ensemble, twins._guess, disturbed=False)
    _refill(kept, before, after)
    _unburden(kept, before, after)
    keep_possible(kept.ensemble)
    return Twins(kept)


def _alone(free: Twins, begun_s: float, steps: Sequence[Step]) -> dict[str, Array]:
    """(steps, patients, members): what undisturbed bodies, without bias, show at the end of each step."""
    ensemble, now_s = free._kept.ensemble, begun_s
    for name in (*DISTURBANCES, *BIASES.values()):
        ensemble[ROW[name]] = 0.0
    shown: dict[str, list[Array]] = {code: [] for code in FITTED_BY}
    for step in steps:
        move(ensemble, free._guess, surroundings_of(step.inputs, len(free)), step.until_s - now_s, FREE_STEP_S)
        now_s = step.until_s
        for code, each in shown.items():
            each.append(readings(ensemble, free._guess, code))
    return {code: np.array(each) for code, each in shown.items()}


@dataclass(frozen=True)
class _Course:
    """One sensor's day: `at_s` (steps,), `value` and `error` (steps, patients), `shown` (steps, patients, members)."""

    code: str
    disturbance: str
    at_s: Array
    value: Array
    error: Array
    shown: Array

    @classmethod
    def of(cls, code: str, disturbance: str, steps: Sequence[Step], shown: Array) -> Self:
        none = np.full(shown.shape[1], np.nan)
        seen = [step.seen.get(code, Seen(none, none)) for step in steps]
        value = np.array([taken(code, np.asarray(each.value, np.float64)) for each in seen])
        error = np.array([error_variance(code, np.asarray(each.deviation, np.float64)) for each in seen])
        return cls(code, disturbance, np.array([step.until_s for step in steps]), value, error, shown)


def _fit(kept: Kept, drawn: Array, names: Sequence[str], course: _Course) -> None:
    """Mean and spread of the named rows, in place, patient by patient, whatever each was seen. `drawn` (names,
    patients, members): how those that went through the day alone differ."""
    prior = np.array([LEARNED[name].deviation for name in names])
    for patient in range(drawn.shape[1]):
        known = np.isfinite(course.value[:, patient])
        if not known.any():
            continue
        noise = _noise(course, known, course.error[known, patient])
        seen, shown = course.value[known, patient], course.shown[known, patient]
        mean, covariance = _bayes(seen, shown, drawn[:, patient].T, prior, noise)
        for place, name in enumerate(names):
            own = kept.ensemble[ROW[name], patient]
            wide = np.sqrt(covariance[place, place]) / max(float(own.std(ddof=1)), 1e-9)
            kept.ensemble[ROW[name], patient] = mean[place] + wide * (own - own.mean())


def _bayes(value: Array, shown: Array, drawn: Array, prior: Array, noise: Array) -> tuple[Array, Array]:
    """Mean (k,) and covariance (k, k) of what was learned. `value` (n,); `shown` (n, members); `drawn` (members, k)."""
    middle = drawn.mean(axis=0)
    slopes = np.linalg.lstsq(drawn - middle, (shown - shown.mean(axis=1, keepdims=True)).T, rcond=None)[0].T
    weighed = np.linalg.solve(noise, np.column_stack([slopes, value - shown.mean(axis=1)]))
    told = slopes.T @ weighed
    covariance = np.linalg.inv(np.diag(prior**-2.0) + told[:, :-1])
    return covariance @ (told[:, -1] + middle / prior**2), covariance


def _noise(course: _Course, known: Mask, error: Array) -> Array:
    """(n, n): what is not the person's own, and goes on from one reading to the next."""
    at_s = course.at_s[known]
    apart_s = np.abs(at_s[:, None] - at_s[None, :])
    sensor, own = SENSORS[course.code], DISTURBANCES[course.disturbance]
    bias = sensor.bias**2 * np.exp(-apart_s / sensor.bias_memory_s)
    return np.asarray(bias + own.deviation**2 * np.exp(-apart_s / own.memory_s) + np.diag(error))


def _refill(kept: Kept, before: Parameters, after: Parameters) -> None:
    """The pressure that the reflex defends goes along, as it would within a day."""
    states = states_in(kept.ensemble)
    for name in STORES:
        getattr(states, name)[...] *= getattr(after, FOLLOWS[name]) / getattr(before, FOLLOWS[name])


def _unburden(kept: Kept, before: Parameters, after: Parameters) -> None:
    """What a disturbance stood for is taken from it, as far as it stood for it."""
    for names, disturbance in FITTED_BY.values():
        row = kept.ensemble[ROW[disturbance]]
        mean = row.mean(axis=1)
        shift = (getattr(after, names[0]) - getattr(before, names[0])).mean(axis=1)
        row -= np.clip(shift, np.minimum(mean, 0.0), np.maximum(mean, 0.0))[:, None]


def learned(twins: Twins) -> list[dict[str, tuple[float, str]]]:
    """Per patient, by name, what a refit fits: median over the members, and unit; without what disturbs them now."""
    own, table = parameters_in(twins._kept.ensemble, twins._guess, disturbed=False), Parameters.table()
    medians = {
        name: np.median(np.broadcast_to(getattr(own, name), twins._kept.ensemble.shape[1:]), axis=1)
        for names, _ in FITTED_BY.values()
        for name in names
    }
    return [
        {name: (float(f"{values[row]:.4g}"), table[name].unit) for name, values in medians.items()}
        for row in range(len(twins))
    ]


def judged(twins: Twins, steps: Sequence[Step]) -> Evidence:
    """How well the twins would have foreseen what was seen, told of it once an hour: a body that is told of everything
    follows everything, and what is slow about it hardly shows. Nothing is changed."""
    again = twins.take(range(len(twins)))
    scores, counts = np.zeros((2, len(steps), len(twins)))
    for place, step in enumerate(steps):
        again.advance(step.until_s, {}, step.inputs)
        scores[place], counts[place] = _foreseen(again, step.seen)
        if (place + 1) % BLOCK_STEPS == 0:
            again.advance(step.until_s, step.seen, step.inputs)
    return Evidence(scores, counts)


def lived(twins: Twins, steps: Sequence[Step], after_each: Callable[[Step], None] | None = None) -> None:
    """The twins through these steps, in place."""
    for step in steps:
        twins.advance(step.until_s, step.seen, step.inputs)
        if after_each:
            after_each(step)


def _foreseen(twins: Twins, seen: Mapping[str, Seen]) -> tuple[Array, Array]:
    """(patients,) the sum of the log scores of a normal distribution over sensors, and how many; an absurd reading
    counts as one that is six deviations off, as it does for the filter."""
    scores, counts = np.zeros((2, len(twins)))
    for code in SENSORS.keys() & seen.keys():
        predicted = readings(twins._kept.ensemble, twins._guess, code)
        value = taken(code, np.asarray(seen[code].value, dtype=np.float64))
        variance = predicted.var(axis=1, ddof=1) + error_variance(code, np.asarray(seen[code].deviation))
        away = np.minimum((value - predicted.mean(axis=1)) ** 2 / variance, SURPRISE_SD**2)
        known = np.isfinite(away)
        scores += np.where(known, -0.5 * (away + np.log(2.0 * np.pi * variance)), 0.0)
        counts += known
    return scores, counts


def verdict(old: Evidence, new: Evidence) -> Verdict:
    """Whether the refit foresaw better. Both are of the same steps and readings; hours are compared, so that one
    surprise does not count for thirty."""
    blocks = len(old.readings) // BLOCK_STEPS
    count = old.readings.sum(axis=0)
    gains = (new.scores - old.scores)[: blocks * BLOCK_STEPS].reshape(blocks, BLOCK_STEPS, len(count)).sum(axis=1)
    enough = (count >= FEWEST_READINGS) & (blocks >= FEWEST_BLOCKS)
    spread = gains.std(axis=0, ddof=1) if blocks > 1 else np.full(len(count), np.inf)
    total = np.maximum(count, 1.0)
    gain, error = gains.sum(axis=0) / total, spread * np.sqrt(max(blocks, 1)) / total
    return Verdict(gain, error, count, enough, enough & (gain > ERRORS * error))
