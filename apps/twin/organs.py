"""The organs, as far as they can be judged at once from what is measured: the quick judgement, every second. Pure.

Heart and lungs are judged by the bands of NEWS2 (Royal College of Physicians, 2017; adults from 16 years, not in
pregnancy; SpO2 scale 1): a value that scores 0 is good, 1 or 2 is to be watched, 3 wants action. The score itself is
not computed here. Values are rounded to the precision of its chart first.

An organ is unknown where the evidence is too thin, never good: for the heart without a rate, for the lungs without a
saturation. A value that calls for attention by itself is said also where the rest is missing. Of the other organs
nothing is claimed here, and there is no reserve: both come from the analysis of the body (`analysis.py`), which this
judgement caps (`judging.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from apps.readings.freshness import age_s, live_for_s, stale_for_s
from apps.readings.printed import printed_unit
from apps.readings.quantities import REGISTER

ORGANS: Final = ("heart", "lungs", "brain", "kidneys", "metabolism", "skin", "muscles", "fluids", "autonomic")
GOOD, WATCH, ACT, UNKNOWN = STATUSES = ("good", "watch", "act", "unknown")
EVIDENCE_FROM: Final = 0.5
"""A vital of which we are less confident than this is evidence for nothing."""
REASONS_SHOWN: Final = 3


class Measured(NamedTuple):
    """A current value, in the register's unit."""

    value: float
    at: datetime
    quality: float


@dataclass(frozen=True, slots=True)
class Band:
    """Values up to and with `upto`, and how many points of NEWS2 they score."""

    upto: float
    points: int


def _bands(*pairs: tuple[float, int]) -> tuple[Band, ...]:
    return tuple(Band(upto, points) for upto, points in pairs)


INFINITE = float("inf")
_RATE = _bands((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (INFINITE, 3))
NEWS2: Final[Mapping[str, tuple[Band, ...]]] = {
    "heart_rate": _RATE,
    "pulse_rate": _RATE,
    "systolic_pressure": _bands((90, 3), (100, 2), (110, 1), (219, 0), (INFINITE, 3)),
    "spo2": _bands((91, 3), (93, 2), (95, 1), (INFINITE, 0)),
    "respiratory_rate": _bands((8, 3), (11, 1), (20, 0), (24, 2), (INFINITE, 3)),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """How an organ is judged: by these vitals, of each group the first that is there; the first group is needed."""

    groups: tuple[tuple[str, ...], ...]
    needs: str


JUDGED: Final = {
    "heart": Judged((("heart_rate", "pulse_rate"), ("systolic_pressure",)), "a heart rate"),
    "lungs": Judged((("spo2",), ("respiratory_rate",)), "SpO₂"),
}
NOT_MEASURED: Final = {
    "brain": "EEG, or an assessment of consciousness over time",
    "kidneys": "urine output and creatinine, which no sensor here sees",
    "metabolism": "glucose or lactate over time",
    "skin": "core and skin temperature together",
    "muscles": "lactate over time",
    "fluids": "impedance, weight or pressure over time",
    "autonomic": "heart rate and pressure over time",
}


NEEDED: Final = frozenset(code for judged in JUDGED.values() for group in judged.groups for code in group)
"""The quantities that an assessment looks at."""


@dataclass(frozen=True, slots=True)
class _Finding:
    points: int
    confidence: float
    reason: dict[str, Any]


def assess(
    vitals: Mapping[str, Measured], now: datetime, *, adult: bool = True, no_body: str = ""
) -> list[dict[str, Any]]:
    """The nine organs in the form of the API, in the order of ORGANS, from the current values by code.

    `adult`: NEWS2 holds from 16 years on. `no_body`: why there will be no analysis of this patient. What is returned
    may be shared between calls: do not change it.
    """
    return [
        _organ(name, vitals, now, adult=adult) if name in JUDGED else unknown(name, no_body) if no_body else _WAIT[name]
        for name in ORGANS
    ]


def news2_points(code: str, value: float) -> int:
    """What a value scores on the chart, 0 to 3. Raises KeyError for a quantity that is not on it."""
    return _judge(code, value)[0]


def unknown(organ: str, why: str) -> dict[str, Any]:
    """An organ of which nothing is claimed, and why."""
    reasons = [{"text": why, "code": None, "value": None, "unit": None, "usual": None}]
    return _shape(organ, UNKNOWN, basis="prior", confidence=0.0, reasons=reasons)


def _organ(name: str, vitals: Mapping[str, Measured], now: datetime, *, adult: bool) -> dict[str, Any]:
    judged = JUDGED[name]
    if not adult:
        return unknown(name, "not judged: the limits are those of adults")
    needed, *others = [_finding(group, vitals, now) for group in judged.groups]
    findings = sorted(filter(None, (needed, *others)), key=lambda finding: -finding.points)
    worst = findings[0].points if findings else 0
    if needed is None and worst == 0:
        return unknown(name, f"not measured: needs {judged.needs}")
    return _shape(
        name,
        (GOOD, WATCH, WATCH, ACT)[worst],
        basis="measured",
        confidence=round(min(finding.confidence for finding in findings), 2),
        reasons=[finding.reason for finding in findings[:REASONS_SHOWN]],
    )


def _shape(
    organ: str, status: str, *, basis: str, confidence: float, reasons: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "organ": organ,
        "status": status,
        "reserve": None,
        "confidence": confidence,
        "basis": basis,
        "reasons": list(reasons),
    }


_WAIT: Final = {name: unknown(name, f"not measured: needs {needs}") for name, needs in NOT_MEASURED.items()}


def _finding(group: Sequence[str], vitals: Mapping[str, Measured], now: datetime) -> _Finding | None:
    """What the first vital of a group that is evidence says. None without one."""
    for code in group:
        vital = vitals.get(code)
        if vital is None:
            continue
        sure = confidence(code, vital, now)
        if sure >= EVIDENCE_FROM:
            points, text = _judge(code, vital.value)
            reason = {"text": text, "code": code, "value": vital.value, "unit": REGISTER[code].unit, "usual": None}
            return _Finding(points, sure, reason)
    return None


def confidence(code: str, vital: Measured, now: datetime) -> float:
    """Freshness times quality, 0 to 1: full while the value is live, falling to nothing where it counts as lost."""
    interval_s = REGISTER[code].expected_interval_s
    live_s, lost_s = live_for_s(interval_s), stale_for_s(interval_s)
    fresh = min(1.0, max(0.0, (lost_s - age_s(vital.at, now)) / (lost_s - live_s)))
    return fresh * vital.quality


def _judge(code: str, value: float) -> tuple[int, str]:
    """The points of a value, and the sentence about it."""
    quantity, bands = REGISTER[code], NEWS2[code]
    shown = round(value)
    index = next(number for number, band in enumerate(bands) if shown <= band.upto)
    band = bands[index]
    normal = next(number for number, other in enumerate(bands) if other.points == 0)
    text = f"{quantity.label} {shown} {printed_unit(quantity.unit)}"
    if band.points == 0:
        return 0, f"{text}, normal for an adult at rest"
    if index < normal:
        return band.points, f"{text}, below {bands[normal - 1].upto + 1:.0f}"
    return band.points, f"{text}, above {bands[normal].upto:.0f}"
