"""Why an organ is as it is, in measured units: text, code, value, unit, usual; at most three."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ml.physiology.quantities import Array
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
    }
)
SAID: Final[Mapping[str, str]] = MappingProxyType({"hypoxia": "A lack of oxygen", "arrhythmia": "A change of rhythm"})
SUPPLIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "heart_rate": ("heart", "autonomic"), "respiratory_rate": ("lungs",), "spo2": ("lungs", "brain"),
        "core_temperature": ("skin",), "skin_temperature": ("skin",),
        "mean_pressure": ("heart", "brain", "kidneys", "autonomic"), "glucose": ("metabolism", "brain"),
        "blood_lactate": ("metabolism", "muscles"), "total_body_water": ("fluids",), "weight": ("fluids",),
    }
)  # fmt: skip
"""Which organs are judged by a sensor."""

Reason = dict[str, Any]


def strongest(said: Sequence[Reason]) -> list[Reason]:
    """The first three that tell of different things."""
    chosen: list[Reason] = []
    for each in said:
        if each["code"] is None or each["code"] not in [other["code"] for other in chosen]:
            chosen.append(each)
    return chosen[:SHOWN]


def of_margins(
    margins: Sequence[Margin], found: Mapping[str, Measured], patient: int, kept: Kept, usual: Mapping[str, Array]
) -> list[Reason]:
    """The strongest first: that without which the reserve would be highest. What costs nothing is none, unless nothing
    does: then what was looked at is said."""
    members = [found[each.key()].margin[patient : patient + 1] for each in margins]
    whole = float(np.median(reserve_of(members)))
    costs = []
    for index in range(len(margins)):
        without = members[:index] + members[index + 1 :]
        costs.append((float(np.median(reserve_of(without))) if without else 100.0) - whole)
    order = sorted(range(len(margins)), key=lambda index: -costs[index])
    notable = [index for index in order if costs[index] >= NOTABLE_POINTS] or order[:1]
    return [_of_margin(margins[index], found[margins[index].key()], patient, kept, usual) for index in notable]


def _of_margin(each: Margin, found: Measured, patient: int, kept: Kept, usual: Mapping[str, Array]) -> Reason:
    value, own = float(np.median(found.value[patient])), float(np.median(found.reference[patient]))
    if each.code is not None:
        value = float(kept.last_value[list(SENSORS).index(each.code), patient])
        given = usual.get(each.code)
        own = float(given[patient]) if given is not None and np.isfinite(given[patient]) else own
    away = value - own
    shown = PRINTED.get(each.unit, f" {each.unit}")
    text = f"{each.label} {value:.{each.decimals}f}{shown}"
    if each.code is None:
        text = f"{each.label} about {value:.{each.decimals}f}{shown}, inferred"
    if round(away, each.decimals):
        side = "above" if away > 0.0 else "below"
        text += f", {abs(away):.{each.decimals}f} {side} your usual"
    else:
        text += ", as usual"
    return reason(text, each.code, round(value, each.decimals + 1), each.unit, round(own, each.decimals + 1))


def of_hypotheses(organ: str, kept: Kept, patient: int) -> list[Reason]:
    """What is more likely than not, where it bears on this organ."""
    said = []
    for name, odds in zip(HYPOTHESES[1:], kept.odds[1:, patient], strict=True):
        if odds < LIKELY:
            continue
        code = name.removeprefix(FAULT)
        if name.startswith(FAULT) and organ in SUPPLIES[code]:
            said.append(
                reason(f"{SENSORS[code].label}: the sensor may be wrong ({_odds(odds)})", None, None, None, None)
            )
        elif organ in TELLS_OF.get(name, ()):
            said.append(
                reason(
                    f"{SAID.get(name, name.capitalize())} would explain the change ({_odds(odds)})",
                    None,
                    None,
                    None,
                    None,
                )
            )
    return said


def of_cap(code: str, kept: Kept, patient: int) -> Reason:
    """A vital that scores on NEWS2 by itself."""
    if code not in SENSORS:
        return reason(f"{code.replace('_', ' ').capitalize()} calls for attention by itself", code, None, None, None)
    sensor, value = SENSORS[code], float(kept.last_value[list(SENSORS).index(code), patient])
    shown = PRINTED.get(sensor.unit, f" {sensor.unit}")
    told = f"{sensor.label} {value:.{sensor.decimals}f}{shown}" if np.isfinite(value) else sensor.label
    rounded = round(value, sensor.decimals) if np.isfinite(value) else None
    return reason(f"{told} calls for attention by itself", code, rounded, sensor.unit, None)


def missing(margins: Sequence[Margin]) -> Reason:
    wanted = [SENSORS[code].label for each in margins for code in ([each.code] if each.code else each.by)]
    return reason(f"too little is measured: needs {', '.join(dict.fromkeys(wanted))}", None, None, None, None)


def reason(text: str, code: str | None, value: float | None, unit: str | None, usual: float | None) -> Reason:
    return {"text": text, "code": code, "value": value, "unit": unit, "usual": usual}


def _odds(probability: float) -> str:
    return f"probability {probability:.0%}".replace("%", " %")
