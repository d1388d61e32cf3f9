"""Twin experiments: persons whose bodies are known, followed by twins that see only sensors; no recordings needed.

*Bands*: of how many persons the truth lies in the 90 % band, of the present and of half an hour ahead. *Innovations*:
mean NIS by sensor. *Hidden biases*: each sensor in turn begins to lie after three hours; found is whose fault is the
likeliest of all faults half an hour or an hour later. *Events*: a bleed of 0.9 L in 20 min, a fever of 1.5 °C, one
lying sensor, and nothing, told apart by their probabilities. Truth meets disturbances that the twin expects (`living`),
or none at all (`still`), for which bands are too wide by intent. A body of the twin's own equations has none of the
model error that bands allow for (`ml.twin.told`), so that they are judged without it too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.assimilation.bands import band
from ml.evaluate.binary import auroc
from ml.evaluate.twin_truth import BEGINS_S, Truth, persons
from ml.physiology import Inputs
from ml.physiology.quantities import Array
from ml.twin import HYPOTHESES, SENSORS, Twins
from ml.twin.told import MODEL_ERROR

PERSONS: Final = 60
MINUTES: Final = 360
LEARNED_BY_MIN: Final = 60
ASKED_EVERY_MIN: Final = 20
AHEAD_MIN: Final = 30
BEFORE_EVENT_MIN: Final = 180
EACH: Final = 30
JUDGED_MIN: Final = (30, 45, 60, 90)
BANDED: Final = (
    "heart_rate", "mean_arterial_pressure", "spo2", "respiratory_rate", "core_temperature", "skin_temperature",
    "glucose", "lactate", "total_body_water",
)  # fmt: skip
INNER: Final = ("blood_volume", "cardiac_output", "resting_heart_rate", "core_setpoint", "resting_pressure")
LIES: Final[Mapping[str, float]] = {
    "heart_rate": 15.0,
    "respiratory_rate": 7.0,
    "spo2": -5.0,
    "core_temperature": 1.0,
    "skin_temperature": 3.0,
    "mean_pressure": 20.0,
    "glucose": 3.0,
    "blood_lactate": 2.0,
    "total_body_water": 3.0,
    "weight": 3.0,
}
LIARS: Final = ("heart_rate", "spo2", "core_temperature", "mean_pressure")
KINDS: Final = ("nothing", "bleeding", "fever", "lying sensor")
FAULTS: Final = [HYPOTHESES.index(f"sensor_fault:{code}") for code in SENSORS]


def evaluate(data: Path | None = None) -> dict[str, Any]:
    """`data` is not read."""
    return {
        "set": "twin experiments",
        "persons": PERSONS,
        "living": coverage(unrest=True),
        "still": coverage(unrest=False),
        "hidden_biases": hidden_biases(),
        "events": events(),
    }


def coverage(*, unrest: bool, people: int = PERSONS, minutes: int = MINUTES, seed: int = 5) -> dict[str, Any]:
    """Coverage of 90 % bands now and half an hour ahead, and NIS by sensor."""
    truth, twins = _begun(people, seed, unrest=unrest)
    present: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    ahead: list[dict[str, Any]] = []
    asked: dict[int, dict[str, Array]] = {}
    for minute in range(1, minutes + 1):
        _minute(truth, twins)
        if minute in asked:
            ahead.append(_inside(asked.pop(minute), truth))
        if minute >= LEARNED_BY_MIN and minute % ASKED_EVERY_MIN == 0:
            present.append(_inside(twins.figures(), truth))
            own.append(_inside(twins.members_figures(), truth))
            asked[minute + AHEAD_MIN] = twins.figures_ahead(AHEAD_MIN)
    nis = {code: float(np.nanmean(values)) for code, (values, _) in twins.consistency().items()}
    return {
        "covered_now": _means(present, BANDED),
        "covered_at_30_min": _means(ahead, BANDED),
        "covered_now_all": _mean(present, BANDED),
        "covered_at_30_min_all": _mean(ahead, BANDED),
        "covered_now_without_model_error": _means(own, tuple(MODEL_ERROR)),
        "covered_now_all_without_model_error": _mean(own, BANDED),
        "inner_now": _means(present, INNER),
        "nis": nis,
        "nis_mean": float(np.mean(list(nis.values()))),
    }


def hidden_biases(each: int = EACH // 2, seed: int = 22) -> dict[str, Any]:
    """By sensor: of how many its fault is the likeliest of all faults, and the AUROC of its probability."""
    codes = list(SENSORS)
    truth, twins = _begun(each * len(codes), seed)
    liar = np.arange(each * len(codes)) % len(codes)
    found: dict[str, dict[str, float]] = {code: {} for code in codes}
    for minute in range(1, BEFORE_EVENT_MIN + 61):
        if minute == BEFORE_EVENT_MIN:
            truth.lies[liar, np.arange(len(liar))] = np.array([LIES[code] for code in codes])[liar]
        _minute(truth, twins)
        after = minute - BEFORE_EVENT_MIN
        if after in (30, 60):
            odds = _odds(twins)[FAULTS]
            for index, code in enumerate(codes):
                own = liar == index
                found[code][f"found_at_{after}_min"] = float(np.mean(odds[:, own].argmax(axis=0) == index))
                found[code][f"auroc_at_{after}_min"] = auroc(odds[index], own)
    return found


def events(each: int = EACH, seed: int = 12) -> dict[str, Any]:
    """AUROC of each event's probability, against nothing and the other events together; and of each pair of events."""
    kind = np.repeat(np.arange(len(KINDS)), each)
    truth, twins = _begun(len(kind), seed)
    liars = np.flatnonzero(kind == KINDS.index("lying sensor"))
    told: dict[str, Any] = {}
    for minute in range(1, BEFORE_EVENT_MIN + max(JUDGED_MIN) + 1):
        after = minute - BEFORE_EVENT_MIN
        if after == 0:
            for number, row in enumerate(liars):
                code = LIARS[number % len(LIARS)]
                truth.lies[list(SENSORS).index(code), row] = LIES[code]
        bleeds = (kind == KINDS.index("bleeding")) & (0 <= after < 20)
        feverish = (kind == KINDS.index("fever")) & (after >= 0)
        _minute(truth, twins, Inputs(bleed_ml_per_min=45.0 * bleeds, fever_setpoint_celsius=1.5 * feverish))
        if after in JUDGED_MIN:
            told[f"at_{after}_min"] = _told_apart(_odds(twins), kind)
    return told


def _told_apart(odds: Array, kind: npt.NDArray[np.int64]) -> dict[str, float]:
    scores = {
        "bleeding": odds[HYPOTHESES.index("bleeding")],
        "fever": odds[HYPOTHESES.index("fever")],
        "lying sensor": odds[FAULTS].sum(axis=0),
    }
    told = {name: auroc(values, kind == KINDS.index(name)) for name, values in scores.items()}
    for name, values in scores.items():
        for other in scores:
            if name < other:
                both = np.isin(kind, (KINDS.index(name), KINDS.index(other)))
                apart = np.log(values[both] + 1e-12) - np.log(scores[other][both] + 1e-12)
                told[f"{name} from {other}"] = auroc(apart, kind[both] == KINDS.index(name))
    told["false alarms"] = float(np.mean(odds[0][kind == 0] < 0.5))
    return told


def _begun(count: int, seed: int, *, unrest: bool = True) -> tuple[Truth, Twins]:
    people = persons(count, seed)
    truth = Truth(people, seed=seed, unrest=unrest)
    return truth, Twins.begin(people, at_s=BEGINS_S, seeds=range(10_000, 10_000 + count))


def _minute(truth: Truth, twins: Twins, inputs: Inputs | None = None) -> None:
    """The twin is told nothing of what is done to the body."""
    truth.minute_on(inputs or Inputs())
    twins.advance(BEGINS_S + 60.0 * truth.minute, truth.seen())


def _odds(twins: Twins) -> Array:
    """(HYPOTHESES, patients)"""
    return np.array([list(each.values()) for each in twins.hypotheses()]).T


def _inside(members: Mapping[str, Array], truth: Truth) -> dict[str, Any]:
    true = truth.figures()
    inside = {}
    for name in (*BANDED, *INNER):
        _, low, high = band(members[name], 0.9)
        inside[name] = (true[name] >= low) & (true[name] <= high)
    return inside


def _means(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in names}


def _mean(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> float:
    return float(np.mean(list(_means(rows, names).values())))
