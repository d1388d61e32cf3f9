"""What may be tried on a body: each kind of change with its dose, and the segments of the model that it comes to. Pure.

A change lasts from its start for its minutes. A dose is either what holds meanwhile (watts, degrees) or an amount that
is spread over the minutes (millilitres, grams). Several changes may overlap; of two that set the same thing the later
one in the list holds, amounts add up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from ml.physiology import Inputs, Segment
from ml.physiology.inputs import REST

SEA_LEVEL_MMHG: Final = 760.0
Sets = Callable[[float, float], dict[str, float]]
"""The model's inputs for a dose and, where it is an amount, the minutes it is spread over."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`adds`: an amount comes on top of what is there."""

    label: str
    unit: str
    low: float
    high: float
    usual: float
    usual_minutes: int
    sets: Sets
    adds: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """`dose` in the unit of its kind; `start` and `minutes` in minutes from now."""

    kind: str
    dose: float
    minutes: float
    start: float = 0.0


def barometric_mmhg(metres: float) -> float:
    """ICAO Standard Atmosphere 1993, up to 11 km."""
    return float(SEA_LEVEL_MMHG * (1.0 - 2.25577e-5 * metres) ** 5.25588)


def _holds(name: str, scale: float = 1.0) -> Sets:
    return lambda dose, _: {name: scale * dose}


def _amount(name: str, sign: float = 1.0) -> Sets:
    return lambda dose, minutes: {name: sign * dose / minutes}


def _hot(dose: float, _: float) -> dict[str, float]:
    return {"air_celsius": dose, "relative_humidity": 0.5}


def _high(dose: float, _: float) -> dict[str, float]:
    return {"barometric_mmhg": barometric_mmhg(dose)}


# label, unit, lowest, highest and usual dose, usual minutes
KINDS: Final = {
    "exercise": Kind("Exercise", "W", 10, 400, 75, 30, _holds("work_watts"), note="on a cycle"),
    "heat": Kind("Heat", "Cel", 28, 50, 38, 120, _hot, note="of the air, half saturated"),
    "fluid_loss": Kind(
        "Fluid loss",
        "mL",
        100,
        5_000,
        1_000,
        120,
        _amount("infuse_ml_per_min", -1.0),
        adds=True,
        note="as by diarrhoea",
    ),
    "bleeding": Kind("Bleeding", "mL", 50, 3_000, 500, 30, _amount("bleed_ml_per_min"), adds=True, note="whole blood"),
    "fever": Kind("Fever", "Cel", 0.5, 4, 2, 360, _holds("fever_setpoint_celsius"), note="above the usual set-point"),
    "oxygen": Kind("Oxygen", "%", 21, 100, 40, 120, _holds("fio2", 0.01), note="in what is breathed"),
    "altitude": Kind("Altitude", "m", 0, 6_000, 2_500, 360, _high),
    "beta_blocker": Kind(
        "Beta blocker", "%", 10, 100, 100, 360, _holds("beta_blockade", 0.01), note="of a full oral dose of propranolol"
    ),
    "meal": Kind("Meal", "g", 5, 200, 60, 15, _amount("carbohydrate_g_per_min"), adds=True, note="of carbohydrate"),
    "insulin": Kind("Insulin", "U", 0.1, 30, 2, 30, _amount("insulin_u_per_min"), adds=True, note="into a vein"),
    "drinking": Kind("Drinking", "mL", 50, 4_000, 500, 15, _amount("drink_ml_per_min"), adds=True, note="water"),
}


def too_fast(change: Change) -> str | None:
    """Why an amount cannot be spread over so few minutes; None where it can."""
    for name, value in KINDS[change.kind].sets(change.dose, change.minutes).items():
        bounds = Inputs.table()[name]
        if not bounds.low <= value + _base(change.kind, name) <= bounds.high:
            return (
                f"{change.dose:g} {KINDS[change.kind].unit} within {change.minutes:g} min is more than the model knows."
            )
    return None


def segments_of(changes: Sequence[Change], minutes: float) -> list[Segment]:
    """What changes from now on, up to `minutes`, as the model takes it. Empty where nothing does."""
    if not changes:
        return []
    edges = {0.0, minutes}
    for change in changes:
        edges |= {edge for edge in (change.start, change.start + change.minutes) if edge < minutes}
    marks = sorted(edges)
    return [Segment(minutes=end - begin, **_inputs(changes, begin)) for begin, end in pairwise(marks)]


def _inputs(changes: Sequence[Change], at: float) -> dict[str, Any]:
    """Those of the changes that hold at a minute."""
    held: dict[str, float] = {}
    for change in changes:
        if not change.start <= at < change.start + change.minutes:
            continue
        kind = KINDS[change.kind]
        for name, value in kind.sets(change.dose, change.minutes).items():
            held[name] = held.get(name, _base(change.kind, name)) + value if kind.adds else value
    table = Inputs.table()
    return {name: min(max(value, table[name].low), table[name].high) for name, value in held.items()}


def _base(kind: str, name: str) -> float:
    """What an amount adds to."""
    return float(getattr(REST, name)) if KINDS[kind].adds else 0.0
