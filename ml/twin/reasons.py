"""Why an organ is as it is, in measured units: text, code, value, unit, usual; at most three."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ml.scoring.usual import STRANGE_AT, OfVital, Own, apart_text
from ml.twin.keeping import HYPOTHESES, Kept
from ml.twin.margins import Margin, Measured, reserve_of
from ml.twin.sensors import SENSORS

SHOWN: Final = 3
NOTABLE_POINTS: Final = 1.0
LIKELY: Final = 0.5
FAULT: Final = "sensor_fault:"
PRINTED: Final[Mapping[str, str]] = MappingProxyType(
    {"/min": "/min", "%": " %", "Cel": " °C", "mm[Hg]": " mmHg", "mosm/L": " mOsm/L"}
)
TELLS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "bleeding": ("heart", "kidneys", "fluids"),
        "dehydration": ("fluids", "kidneys"),
        "fever": ("skin",),
        "exertion": ("muscles", "heart"),
        "drug": ("autonomic", "heart"),
        "hypoxia": ("lungs",),
        "arrhythmia": ("heart",),
        "meal": ("metabolism",),
    }
)
SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hypoxia": "A lack of oxygen",
        "arrhythmia": "A change of rhythm",
        "meal": "A meal or insulin that was not entered",
    }
)
SUPPLIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "heart_rate": ("heart", "autonomic"), "respiratory_rate": ("lungs",), "spo2": ("lungs", "brain"),
        "core_temperature": ("skin",), "skin_temperature": ("skin",),
        "mean_pressure": ("heart", "brain", "kidneys", "autonomic"), "glucose": ("metabolism", "brain"),
        "blood_lactate": ("metabolism", "muscles"), "total_body_water": ("fluids",), "weight": ("fluids",),
    }
)  # fmt: skip
"""Which organs are judged by a sensor."""
TELLS_AS: Final[Mapping[str, str]] = MappingProxyType(
    {"systolic_pressure": "mean_pressure", "diastolic_pressure": "mean_pressure", "rmssd": "heart_rate"}
)
"""Vitals that are no sensors of the twin: they bear on the organs of these."""

Reason = dict[str, Any]


def strongest(said: Sequence[Reason]) -> list[Reason]:
    """The first three that tell of different things."""
    chosen: list[Reason] = []
    for each in said:
        if each["code"] is None or each["code"] not in [other["code"] for other in chosen]:
            chosen.append(each)
    return chosen[:SHOWN]


def of_margins(
    margins: Sequence[Margin], found: Mapping[str, Measured], patient: int, kept: Kept, usual: Mapping[str, OfVital]
) -> list[Reason]:
    """The strongest first: that without which the reserve would be highest, then what costs little but is strange for
    the person. Where there is neither, what was looked at is said."""
    members = [found[each.key()].margin[patient : patient + 1] for each in margins]
    whole = float(np.median(reserve_of(members)))
    costs = []
    for index in range(len(margins)):
        without = members[:index] + members[index + 1 :]
        costs.append((float(np.median(reserve_of(without))) if without else 100.0) - whole)
    order = sorted(range(len(margins)), key=lambda index: -costs[index])
    notable = [
        index for index in order if costs[index] >= NOTABLE_POINTS or _is_strange(margins[index], patient, kept, usual)
    ]
    return [
        _of_margin(margins[index], found[margins[index].key()], patient, kept, usual) for index in notable or order[:1]
    ]


def of_apart(organ: str, vitals: Sequence[str]) -> list[Reason]:
    """That these two do not go together as usual: of organs that both tell of, else of those that the first does."""
    if not vitals:
        return []
    of_each = [set(_organs_of(code)) for code in vitals]
    bears = set.intersection(*of_each) or of_each[0]
    return [words(apart_text(tuple(vitals)))] if organ in bears else []


def _organs_of(code: str) -> tuple[str, ...]:
    return SUPPLIES[TELLS_AS.get(code, code)]


def _is_strange(each: Margin, patient: int, kept: Kept, usual: Mapping[str, OfVital]) -> bool:
    """Whether the last reading lies some of the person's own spreads away from what is usual for them."""
    own = _usual(each.code, patient, usual)
    return own is not None and abs(_last(each.code or "", kept, patient) - own.median) >= STRANGE_AT * own.spread


def _usual(code: str | None, patient: int, usual: Mapping[str, OfVital]) -> Own | None:
    """None where it is not known, or the code is none."""
    of = usual.get(code or "")
    return of.own(patient) if of else None


def _last(code: str, kept: Kept, patient: int) -> float:
    return float(kept.last_value[list(SENSORS).index(code), patient])


def _of_margin(each: Margin, found: Measured, patient: int, kept: Kept, usual: Mapping[str, OfVital]) -> Reason:
    """Against what is usual for the person, where that is known; else against what the model expects of their body,
    which nobody calls their usual."""
    shown = PRINTED.get(each.unit, f" {each.unit}")
    if each.code is None:
        value = float(np.median(found.value[patient]))
        text = f"{each.label} about {value:.{each.decimals}f}{shown}, inferred"
    else:
        value = _last(each.code, kept, patient)
        text = f"{each.label} {value:.{each.decimals}f}{shown}"
    own = _usual(each.code, patient, usual)
    away = value - float(np.median(found.reference[patient]))
    beside = own.beside(value, each.decimals) if own else _beside_the_models(away, each.decimals)
    usually = round(own.median, each.decimals + 1) if own else None
    return reason(f"{text}, {beside}", each.code, round(value, each.decimals + 1), each.unit, usually)


def _beside_the_models(away: float, decimals: int) -> str:
    if not round(away, decimals):
        return "as the model expects"
    return f"{abs(away):.{decimals}f} {'above' if away > 0.0 else 'below'} what the model expects"


def of_hypotheses(organ: str, kept: Kept, patient: int) -> list[Reason]:
    """What is more likely than not, where it bears on this organ."""
    said = []
    for name, odds in zip(HYPOTHESES[1:], kept.odds[1:, patient], strict=True):
        if odds < LIKELY:
            continue
        code = name.removeprefix(FAULT)
        if name.startswith(FAULT) and organ in SUPPLIES[code]:
            said.append(words(f"{SENSORS[code].label}: the sensor may be wrong ({_odds(odds)})"))
        elif organ in TELLS_OF.get(name, ()):
            said.append(words(f"{SAID.get(name, name.capitalize())} would explain the change ({_odds(odds)})"))
    return said


def of_cap(code: str, kept: Kept, patient: int, usual: Mapping[str, OfVital]) -> Reason:
    """A vital that scores on NEWS2 by itself."""
    if code not in SENSORS:
        return reason(f"{code.replace('_', ' ').capitalize()} calls for attention by itself", code, None, None, None)
    sensor, value, own = SENSORS[code], _last(code, kept, patient), _usual(code, patient, usual)
    shown = PRINTED.get(sensor.unit, f" {sensor.unit}")
    told = f"{sensor.label} {value:.{sensor.decimals}f}{shown}" if np.isfinite(value) else sensor.label
    rounded = round(value, sensor.decimals) if np.isfinite(value) else None
    usually = round(own.median, sensor.decimals + 1) if own else None
    return reason(f"{told} calls for attention by itself", code, rounded, sensor.unit, usually)


def missing(margins: Sequence[Margin], seen: Collection[str]) -> Reason:
    """Why nothing is claimed: what of it is not measured, or that what is measured does not tell."""
    needed = dict.fromkeys(code for each in margins for code in ([each.code] if each.code else each.by))
    wanted = [SENSORS[code].label for code in needed if code not in seen]
    return words(f"too little is measured: needs {', '.join(wanted)}" if wanted else "not told by what is measured")


def words(text: str) -> Reason:
    """A reason that is of no one quantity."""
    return reason(text, None, None, None, None)


def reason(text: str, code: str | None, value: float | None, unit: str | None, usual: float | None) -> Reason:
    return {"text": text, "code": code, "value": value, "unit": unit, "usual": usual}


def _odds(probability: float) -> str:
    return f"probability {probability:.0%}".replace("%", " %")
