"""The way of a minute: bodies are moved up to the present, then each reading moves the ensemble."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.assimilation.consistency import Consistency
from ml.assimilation.ensemble_filter import Innovation, Measurement, assimilate
from ml.physiology import Parameters
from ml.physiology.quantities import Array
from ml.twin import hypotheses, memory
from ml.twin.keeping import CONSISTENCY, Kept
from ml.twin.opening import open_suspected
from ml.twin.person import move, states_in
from ml.twin.reach import REACH
from ml.twin.readings import readings
from ml.twin.sensors import SENSORS, Seen, error_variance, taken
from ml.twin.unrest import forget, stir
from ml.twin.variables import BIASES, ROW, furthest

LONGEST_PIECE_S: Final = 600.0
LONGEST_GAP_S: Final = 3.0 * 86_400.0
"""What lies further back than this is not lived through: by then disturbances are forgotten and volumes unknown."""
SURPRISE_SD: Final = 6.0
"""A reading further from what was predicted than this many standard deviations moves the ensemble as if it were there:
one absurd value must not throw a body over, and a true one comes again."""
_FURTHEST: Final = furthest()
_PLACE: Final = {code: index for index, code in enumerate(SENSORS)}


def pieces(seconds: float) -> Iterator[float]:
    """A gap in parts that what disturbs a body stays the same for."""
    left = min(seconds, LONGEST_GAP_S)
    while left > 1e-6:
        part = min(left, LONGEST_PIECE_S)
        yield part
        left -= part


def live(kept: Kept, guess: Parameters, seconds: float) -> None:
    """All of these patients by so many seconds, in place."""
    for part in pieces(seconds):
        stir(kept.ensemble, kept.seeds, kept.draws + np.uint64(1), part)
        kept.draws += np.uint64(1)
        move(kept.ensemble, guess, kept.surroundings, part)
        forget(kept.frozen, part)
        move(kept.frozen, guess, kept.surroundings, part)
    kept.at_s += seconds
    keep_possible(kept.ensemble)


def take_in(kept: Kept, guess: Parameters, seen: Mapping[str, Seen]) -> None:
    """What was seen at this moment, sensor by sensor in the order of the register: first what it makes suspicious of
    what, then what it makes of the body."""
    known = {code: _reading(code, seen[code]) for code in SENSORS if code in seen}
    known = {code: each for code, each in known.items() if np.isfinite(each.value).any()}
    for code, each in known.items():
        hypotheses.note(kept, guess, code, each.value, _innovation(kept, guess, code, each), error=each.variance)
        memory.note(kept, _PLACE[code], code, each.value)
    hypotheses.weigh(kept)
    open_suspected(kept)
    for code, each in known.items():
        _note(kept, _PLACE[code], _assimilate(kept, guess, code, each))
    keep_possible(kept.ensemble)
    hypotheses.freeze(kept, guess)


@dataclass(frozen=True)
class _Reading:
    """(patients,): not-a-number where there is none, and the variance of its error."""

    value: Array
    variance: Array


def _reading(code: str, seen: Seen) -> _Reading:
    value = taken(code, np.asarray(seen.value, dtype=np.float64))
    return _Reading(value, error_variance(code, np.asarray(seen.deviation, dtype=np.float64)))


def _innovation(kept: Kept, guess: Parameters, code: str, reading: _Reading) -> Innovation:
    return _expected(readings(kept.ensemble, guess, code), reading)


def _expected(predicted: Array, reading: _Reading) -> Innovation:
    variance = predicted.var(axis=1, ddof=1) + reading.variance
    return Innovation(reading.value - predicted.mean(axis=1), np.where(np.isfinite(reading.value), variance, np.nan))


def _assimilate(kept: Kept, guess: Parameters, code: str, reading: _Reading) -> Innovation:
    predicted = readings(kept.ensemble, guess, code)
    innovation = _expected(predicted, reading)
    most = SURPRISE_SD * np.sqrt(innovation.variance)
    bounded = reading.value - innovation.difference + np.clip(innovation.difference, -most, most)
    assimilate(kept.ensemble, Measurement(predicted, bounded, reading.variance), reach=REACH[code])
    return innovation


def _note(kept: Kept, index: int, innovation: Innovation) -> None:
    running = consistency_of(kept, index)
    running.note(innovation)
    kept.consistency[index] = [getattr(running, _FIELDS[name]) for name in CONSISTENCY]


_FIELDS: Final = {name: f"_{name}" if name == "last" else name for name in CONSISTENCY}


def consistency_of(kept: Kept, index: int) -> Consistency:
    """Of one sensor, by its place in SENSORS."""
    running = Consistency(len(kept.at_s))
    for name, values in zip(CONSISTENCY, kept.consistency[index], strict=True):
        setattr(running, _FIELDS[name], values.copy())
    never = running.weight == 0.0
    running._last[never] = np.nan
    return running


def keep_possible(ensemble: Array) -> None:
    """No member is what no body can be."""
    states_in(ensemble).clip_to_range()
    for name, most in _FURTHEST.items():
        row = ensemble[ROW[name]]
        np.clip(row, -most, most, out=row)


def biases(kept: Kept) -> dict[str, tuple[Array, Array]]:
    """By sensor mean and standard deviation (patients,)."""
    rows = {code: kept.ensemble[ROW[name]] for code, name in BIASES.items()}
    return {code: (row.mean(axis=1), row.std(axis=1, ddof=1)) for code, row in rows.items()}
