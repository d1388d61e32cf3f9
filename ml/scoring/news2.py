"""NEWS2, the National Early Warning Score (Royal College of Physicians, London 2017), exact.

For people of 16 years and over who are not pregnant. Every input is first rounded to the precision of the chart (whole
numbers, temperature to a tenth, halves upwards), because the chart's ranges have gaps between them: 35.05 Cel is
charted as 35.1 and scores 1.

What is missing (None, or not-a-number) is never taken for normal: the score is then a range, from what it is if all
that is missing were best to what it is if it were worst, and `total` is unknown unless both are the same. Oxygen and
scale 2 of SpO2 depend on each other; the range is over what can be true together.

Scale 2 is for confirmed hypercapnic respiratory failure with a target of 88 to 92 %, by a clinician's decision only.
"""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

PARAMETERS: Final = (
    "respiratory_rate",
    "spo2",
    "supplemental_oxygen",
    "systolic_pressure",
    "heart_rate",
    "consciousness",
    "temperature",
)
"""In the order of the chart. Units: /min, %, given or not, mm[Hg], /min, ACVPU, Cel."""
DECIMALS: Final = {"temperature": 1}
ACVPU: Final = ("A", "C", "V", "P", "U")
"""Alert, new confusion, responds to voice, to pain, unresponsive. A number stands for its place here."""
WORST: Final = 3

# Lower bounds of the bands in ascending order, and what each scores; the first band has no lower bound.
_BANDS: Final[Mapping[str, tuple[tuple[float, ...], tuple[int, ...]]]] = {
    "respiratory_rate": ((9, 12, 21, 25), (3, 1, 0, 2, 3)),
    "spo2": ((92, 94, 96), (3, 2, 1, 0)),
    "spo2_2_air": ((84, 86, 88), (3, 2, 1, 0)),
    "spo2_2_oxygen": ((84, 86, 88, 93, 95, 97), (3, 2, 1, 0, 1, 2, 3)),
    "systolic_pressure": ((91, 101, 111, 220), (3, 2, 1, 0, 3)),
    "heart_rate": ((41, 51, 91, 111, 131), (3, 1, 0, 1, 2, 3)),
    "temperature": ((35.1, 36.1, 38.1, 39.1), (3, 1, 0, 1, 2)),
}
OXYGEN_SCORE: Final = 2
_HIGHEST: Final = {name: max(scores) for name, (_, scores) in _BANDS.items()} | {
    "supplemental_oxygen": OXYGEN_SCORE,
    "consciousness": WORST,
}

Array = npt.NDArray[np.float64]


class News2(NamedTuple):
    """`total`: None unless the inputs decide it. `parts`: what each parameter scores, None where that is open.
    `lowest`, `highest`: best and worst of what the inputs allow."""

    total: int | None
    parts: dict[str, int | None]
    lowest: int
    highest: int


class Response(NamedTuple):
    """The RCP's answer to a score: `band` is low, low-medium, medium or high."""

    band: str
    monitoring: str
    action: str


RESPONSES: Final = {
    "none": Response("low", "at least every 12 hours", "Go on with routine monitoring."),
    "low": Response("low", "at least every 4 to 6 hours", "A registered nurse assesses and decides what follows."),
    "low-medium": Response(
        "low-medium", "at least hourly", "A single 3: urgent review by a ward-based doctor, who decides on escalation."
    ),
    "medium": Response(
        "medium", "at least hourly", "Urgent assessment by a clinician or team with competence in acute illness."
    ),
    "high": Response(
        "high", "continuous", "Emergency assessment by a team with critical-care competence, airway skills included."
    ),
}


def score(
    *,
    respiratory_rate: float | None = None,
    spo2: float | None = None,
    supplemental_oxygen: float | bool | None = None,
    systolic_pressure: float | None = None,
    heart_rate: float | None = None,
    consciousness: str | int | float | None = None,
    temperature: float | None = None,
    spo2_scale: int = 1,
) -> News2:
    """The score of one set of observations.

    `supplemental_oxygen`: whether any is given, or its flow in L/min (0 is room air). `consciousness`: a letter of
    ACVPU, or its place among them. Raises ValueError for another scale, letter or number.
    """
    if spo2_scale not in (1, 2):
        raise ValueError(f"there are SpO2 scales 1 and 2, not {spo2_scale!r}")
    oxygen = _known(supplemental_oxygen)
    parts: dict[str, int | None] = {
        "respiratory_rate": _banded("respiratory_rate", respiratory_rate),
        "spo2": None,
        "supplemental_oxygen": None if oxygen is None else OXYGEN_SCORE * (oxygen > 0),
        "systolic_pressure": _banded("systolic_pressure", systolic_pressure),
        "heart_rate": _banded("heart_rate", heart_rate),
        "consciousness": _conscious(consciousness),
        "temperature": _banded("temperature", temperature),
    }
    pairs = [_oxygen_pair(spo2, spo2_scale, given) for given in ((False, True) if oxygen is None else (oxygen > 0,))]
    if len({(low, high) for _, low, high in pairs}) == 1 and pairs[0][1] == pairs[0][2]:
        parts["spo2"] = pairs[0][1]
    rest = [name for name in PARAMETERS if name not in ("spo2", "supplemental_oxygen")]
    known = sum(parts[name] or 0 for name in rest)
    lowest = known + min(given + low for given, low, _ in pairs)
    highest = known + max(given + high for given, _, high in pairs)
    highest += sum(_HIGHEST[name] for name in rest if parts[name] is None)
    return News2(lowest if lowest == highest else None, parts, lowest, highest)


def _oxygen_pair(spo2: float | None, scale: int, given: bool) -> tuple[int, int, int]:
    """What oxygen scores, and lowest and highest of what SpO2 does, if oxygen is given or not."""
    name = "spo2" if scale == 1 else "spo2_2_oxygen" if given else "spo2_2_air"
    found = _banded(name, spo2)
    return OXYGEN_SCORE * given, 0 if found is None else found, WORST if found is None else found


def charted(parameter: str, value: float) -> float:
    """`value` at the precision of the chart, halves upwards."""
    decimals = DECIMALS.get(parameter, 0)
    factor = 10**decimals
    # What a decimal fraction loses in binary (35.05 x 10) is no reason to round it down.
    return float(math.floor(value * factor + 0.5 + 1e-9) / factor)


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _banded(name: str, value: float | None) -> int | None:
    known = _known(value)
    if known is None:
        return None
    bounds, scores = _BANDS[name]
    return scores[int(np.searchsorted(bounds, charted(name, known), side="right"))]


def _conscious(value: str | float | None) -> int | None:
    if isinstance(value, str):
        if value not in ACVPU:
            raise ValueError(f"consciousness is one of {', '.join(ACVPU)}, not {value!r}")
        return 0 if value == "A" else WORST
    known = _known(value)
    if known is None:
        return None
    if known not in range(len(ACVPU)):
        raise ValueError(f"consciousness is 0 to {len(ACVPU) - 1}, the place in ACVPU, not {value!r}")
    return WORST if known else 0


def response(total: int, *, single_three: bool) -> Response:
    """What a score asks for. `single_three`: whether any one parameter scores 3."""
    if total >= 7:
        return RESPONSES["high"]
    if total >= 5:
        return RESPONSES["medium"]
    if single_three:
        return RESPONSES["low-medium"]
    return RESPONSES["low" if total else "none"]


def responses(found: News2) -> tuple[Response, Response]:
    """The response at the best and at the worst of what the inputs allow."""
    three = any(part == WORST for part in found.parts.values())
    open_three = three or any(part is None and _HIGHEST[name] == WORST for name, part in found.parts.items())
    return response(found.lowest, single_three=three), response(found.highest, single_three=open_three)


def score_many(values: Mapping[str, Array], spo2_scale: npt.NDArray[np.int64] | int = 1) -> tuple[Array, Array, Array]:
    """The scores of many at once.

    `values`: by parameter, shape (n,), not-a-number where missing; consciousness as its place in ACVPU, oxygen as a
    flow. Returns the parts (n, 7) in the order of PARAMETERS, not-a-number where open, and lowest and highest (n,).
    """
    shape = np.broadcast_shapes(*(np.shape(column) for column in values.values()))
    columns = {name: np.broadcast_to(np.asarray(values.get(name, np.nan), float), shape) for name in PARAMETERS}
    scale2 = np.broadcast_to(np.asarray(spo2_scale) == 2, shape)
    oxygen = columns["supplemental_oxygen"]
    on_air = np.where(scale2, _banded_many("spo2_2_air", columns["spo2"]), _banded_many("spo2", columns["spo2"]))
    on_o2 = np.where(scale2, _banded_many("spo2_2_oxygen", columns["spo2"]), _banded_many("spo2", columns["spo2"]))
    parts = {name: _banded_many(name, columns[name]) for name in PARAMETERS if name in _BANDS}
    conscious = columns["consciousness"]
    parts["consciousness"] = np.where(np.isnan(conscious), np.nan, WORST * (conscious > 0))
    parts["supplemental_oxygen"] = np.where(np.isnan(oxygen), np.nan, OXYGEN_SCORE * (oxygen > 0))
    either = np.where(on_air == on_o2, on_air, np.nan)
    parts["spo2"] = np.where(np.isnan(oxygen), either, np.where(oxygen > 0, on_o2, on_air))
    table = np.stack([parts[name] for name in PARAMETERS], axis=-1)
    air, given = ~(oxygen > 0), ~(oxygen <= 0)  # what may be true: both, where it is not known
    low = np.minimum(np.where(air, np.nan_to_num(on_air), 99), np.where(given, OXYGEN_SCORE + np.nan_to_num(on_o2), 99))
    high_air, high_o2 = np.nan_to_num(on_air, nan=WORST), OXYGEN_SCORE + np.nan_to_num(on_o2, nan=WORST)
    high = np.maximum(np.where(air, high_air, 0), np.where(given, high_o2, 0))
    for name in PARAMETERS:
        if name not in ("spo2", "supplemental_oxygen"):
            low = low + np.nan_to_num(parts[name])
            high = high + np.nan_to_num(parts[name], nan=_HIGHEST[name])
    return table, low, high


def _banded_many(name: str, values: Array) -> Array:
    bounds, scores = _BANDS[name]
    factor = 10 ** DECIMALS.get(name, 0)
    rounded = np.floor(values * factor + 0.5 + 1e-9) / factor
    found = np.asarray(scores, float)[np.searchsorted(bounds, rounded, side="right")]
    return np.where(np.isnan(values), np.nan, found)
