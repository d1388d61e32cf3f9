"""What may have happened: a bank of hypotheses beside the filter, so that an event is not absorbed as a habit.

A filter explains what it sees by whatever may change; a litre of blood lost becomes, within the hour, a person whose
heart has always been quick. So four bodies are frozen out of the ensemble, half an hour apart, and go on without being
corrected. What sensors show now, less what the eldest of them shows, is held against what each event would do to it
(`signatures`, at several strengths and stages), against a single sensor that lies, and against nothing at all. While
something is suspected the frozen bodies are kept, for three hours at most.

A body changes by and by, a sensor at once: that a sensor's departure came in a leap of its own size is what tells a
lie from an event (`leaps`), and it counts for as long as the departure stands. A heart alone may leap in truth
(`arrhythmia`), and a glucose that departs by and by has been moved by a meal or insulin that nobody told (`meal`)
rather than by a fault. Who has always wandered more is suspected less for it.

The probabilities are those of Bayes with the priors below; they order patients and are reasons, they are no alarm.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.assimilation.ensemble_filter import Innovation, Mask
from ml.physiology import Parameters
from ml.physiology.quantities import Array
from ml.twin import leaps
from ml.twin.keeping import CONSISTENCY, HYPOTHESES, Kept
from ml.twin.leaps import ERROR, KNOWN_WEIGHT, READINGS, WANDER, log_normal, since_s
from ml.twin.readings import readings
from ml.twin.sensors import SENSORS
from ml.twin.signatures import EVENTS, signatures

FROZEN_EVERY_S: Final = 1_800.0
SUSPECTED_FOR_S: Final = 10_800.0
SUSPECTED_BELOW: Final = 0.8  # the probability that nothing happened
STALE_AFTER_S: Final = 900.0
OLD_AFTER_S: Final = 2_400.0
"""What was read longer ago says nothing of now, however seldom the sensor reads."""
STRENGTHS: Final = (0.35, 0.7, 1.0, 1.4, 2.0)
UNLIKE: Final = 0.35  # by which share of itself a signature differs from person to person
FAULT_SD: Final = 6.0  # how far a lying sensor is off, in units of what it wanders
PRIOR: Final = {"none": 0.90, **dict.fromkeys(EVENTS, 0.01), "arrhythmia": 0.003, "meal": 0.05}
FAULT_PRIOR: Final = 0.03
EATEN: Final = "glucose"
"""The sensor that shows meals and insulin, which mostly nobody tells."""
EATEN_SD: Final = 4.0  # mmol/L
STILL: Final = 0.05
"""Who works hard and does not move is rare: on a cycle, with the sensor on the trunk."""
RESTLESS_OVER_S: Final = 7_200.0
RESTLESS_SHARE: Final = (0.01, 0.05)
MOST_NIS: Final = 9.0
"""Of the latest NIS, at most this and within such shares, goes into how restless a person is thought."""
GRADUAL: Final = 0.3
"""The share of lies that nobody would see begin."""
_STALE_S: Final = np.array([np.clip(1.5 * each.interval_s, STALE_AFTER_S, OLD_AFTER_S) for each in SENSORS.values()])
EVERY: Final = slice(None)
_EXERTION: Final = HYPOTHESES.index("exertion")
_PLACE: Final = {code: index for index, code in enumerate(SENSORS)}
_WEIGHT: Final = CONSISTENCY.index("weight")
_SMOOTHED: Final = np.maximum(READINGS, 2.0)  # readings


def begin(kept: Kept, guess: Parameters) -> None:
    """The first frozen body is the one of whom nothing is known yet: who comes ill is unlike that."""
    kept.frozen[...] = kept.ensemble.mean(axis=2, keepdims=True)
    kept.frozen_unsure[...] = _unsure(kept.ensemble, guess)[..., None]
    kept.frozen_at_s[:, 0] = kept.at_s


def freeze(kept: Kept, guess: Parameters) -> None:
    """The eldest of the frozen bodies is replaced by the present one, half an hour after the youngest was: the first
    one of whom something is known as soon as it is."""
    since_s = kept.at_s - kept.frozen_at_s.max(axis=1)
    first = np.isfinite(kept.frozen_at_s).sum(axis=1) == 1
    suspected = kept.odds[0] < SUSPECTED_BELOW
    knows = kept.consistency[:, _WEIGHT] >= KNOWN_WEIGHT[:, None]
    waits_s = np.where(suspected, SUSPECTED_FOR_S, np.where(first, 0.0, FROZEN_EVERY_S))
    due = np.flatnonzero(knows.any(axis=0) & (since_s >= waits_s))
    if not len(due):
        return
    slot = np.argmin(kept.frozen_at_s[due], axis=1)
    kept.frozen[:, due, slot] = kept.ensemble[:, due].mean(axis=2)
    kept.frozen_unsure[:, due, slot] = np.where(knows[:, due], 0.0, _unsure(kept.ensemble[:, due], _of(guess, due)))
    kept.frozen_at_s[due, slot] = kept.at_s[due]
    kept.residual[:, due, slot] = 0.0
    kept.residual_weight[:, due, slot] = 0.0


def _unsure(ensemble: Array, guess: Parameters) -> Array:
    """(sensors, patients): the variance of what the members say each sensor would show."""
    return np.array([readings(ensemble, guess, code).var(axis=1, ddof=1) for code in SENSORS])


def _of(guess: Parameters, rows: npt.NDArray[np.intp]) -> Parameters:
    return Parameters(**{name: values[rows] for name, values in guess.items()})


def note(kept: Kept, guess: Parameters, code: str, value: Array, innovation: Innovation, *, error: Array) -> None:
    """What a sensor shows less what each frozen body would, smoothed over the last readings; and whether it leapt.
    `error`: variance of the reading's error."""
    index = _PLACE[code]
    leaps.note(kept, index, innovation, error=error, stands=_stands(kept, index))
    _wanders(kept, index, innovation)
    difference = value[:, None] - readings(kept.frozen, guess, code)
    known = np.isfinite(difference) & np.isfinite(kept.frozen_at_s)
    weight = kept.residual_weight[index]
    share = np.where(known, 1.0 / np.minimum(1.0 + weight * _SMOOTHED[index], _SMOOTHED[index]), 0.0)
    kept.residual[index] += share * np.where(known, difference - kept.residual[index], 0.0)
    weight[known] = np.minimum(weight[known] + 1.0 / _SMOOTHED[index], 1.0)


def _wanders(kept: Kept, index: int, innovation: Innovation) -> None:
    nis = np.minimum(innovation.normalized_squared, MOST_NIS)
    share = np.clip(since_s(kept, index) / RESTLESS_OVER_S, *RESTLESS_SHARE)
    kept.restless[index] += share * np.where(np.isfinite(nis), nis - kept.restless[index], 0.0)


def _stands(kept: Kept, index: int) -> Mask:
    of = departures(kept, slice(index, index + 1))
    away = of.residual[0]
    return np.asarray(of.known[0] & (away * kept.leap[index] > 0.0) & (away**2 > of.variance[0]))


@dataclass(frozen=True)
class Departures:
    """(sensors, patients) each: what a sensor shows less what the eldest frozen body that had learned it would (or the
     eldest of all, where none had), the variance which that has in this person when well, whether it is known, and
    whether it had been learned."""

    residual: Array
    variance: Array
    known: Mask
    learned: Mask


def departures(kept: Kept, of: slice = EVERY) -> Departures:
    """Of these sensors."""
    begun = np.where(np.isfinite(kept.frozen_at_s), kept.frozen_at_s, np.inf)
    when = np.where(kept.frozen_unsure[of] == 0.0, begun, np.inf)
    learned = np.isfinite(when.min(axis=2))
    slot = np.where(learned, np.argmin(when, axis=2), np.argmin(begun, axis=1))[..., None]
    residual = np.take_along_axis(kept.residual[of], slot, axis=2)[..., 0]
    weight = np.take_along_axis(kept.residual_weight[of], slot, axis=2)[..., 0]
    count = np.maximum(weight * _SMOOTHED[of, None], 1.0)
    variance = np.maximum(kept.restless[of], 1.0) * WANDER[of, None] ** 2 + ERROR[of, None] ** 2 / count
    variance = variance + np.take_along_axis(kept.frozen_unsure[of], slot, axis=2)[..., 0]
    fresh = kept.at_s - kept.last_at_s[of] <= _STALE_S[of, None]
    known = fresh & (weight > 0.0)
    return Departures(residual, variance, known, known & learned)


def weigh(kept: Kept) -> None:
    """The probability of each hypothesis (HYPOTHESES, patients)."""
    of = departures(kept)
    none = np.where(of.known, log_normal(of.residual, of.variance), 0.0)
    sudden = np.where(of.learned, leaps.log_likelihood(kept, of.residual, of.variance) - none, -np.inf)
    wide = of.variance + (FAULT_SD * WANDER[:, None]) ** 2
    lying = np.where(of.known, log_normal(of.residual, wide) - none, 0.0)
    meal = np.where(of.learned, log_normal(of.residual, of.variance + EATEN_SD**2) - none, -np.inf)[_PLACE[EATEN]]
    nothing = none.sum(axis=0)
    logs = np.stack(
        [
            nothing,
            *(_of_event(signatures()[name], of) for name in EVENTS),
            nothing + sudden[_PLACE[leaps.RHYTHM]],
            nothing + meal,
            *(nothing + np.logaddexp(np.log(GRADUAL) + lying, np.log(1.0 - GRADUAL) + sudden)),
        ]
    )
    logs += np.log(_priors())[:, None]
    logs[_EXERTION] += np.log(STILL) * kept.still
    odds = np.exp(logs - logs.max(axis=0))
    kept.odds[...] = odds / odds.sum(axis=0)


def _priors() -> Array:
    faults = [FAULT_PRIOR / len(SENSORS)] * len(SENSORS)
    return np.array([*PRIOR.values(), *faults])


def _of_event(stages: Array, of: Departures) -> Array:
    """Averaged over stages and strengths, which nobody knows."""
    logs = []
    for stage in stages:
        for strength in STRENGTHS:
            expected = strength * stage[:, None]
            wide = of.variance + (UNLIKE * expected) ** 2
            logs.append(np.where(of.known, log_normal(of.residual - expected, wide), 0.0).sum(axis=0))
    together = np.array(logs)
    most = together.max(axis=0)
    return np.asarray(most + np.log(np.mean(np.exp(together - most), axis=0)))
