"""Judging by NEWS2 between two analyses, and putting both judgements together. Pure.

What is measured is judged every second by the bands of NEWS2 (`organs.py`), what the body makes of it every minute. An
ill reading caps its organ at once; nothing that the body says makes an ill reading good.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from apps.core.instants import utc_text
from apps.readings.quantities import REGISTER
from apps.twin.organs import ACT, GOOD, JUDGED, ORGANS, REASONS_SHOWN, UNKNOWN, WATCH, unknown
from ml.scoring.usual import Own

ANALYSIS_HOLDS: Final = timedelta(minutes=3)
"""An analysis that was not repeated for this long is not shown any more."""
CEILINGS: Final = {WATCH: 65, ACT: 40}
"""No reserve is above this while a reading of the organ is that ill (docs/twin.md)."""
NOTHING_KNOWN: Final[Mapping[str, Own]] = MappingProxyType({})
_TOLD_AS: Final = {"pulse_rate": "heart_rate"}
_RANK: Final = {UNKNOWN: -1, GOOD: 0, WATCH: 1, ACT: 2}

Organ = dict[str, Any]


def together(
    quick: Sequence[Organ],
    analysed: Sequence[Organ],
    analysed_at: datetime,
    now: datetime,
    *,
    own: Mapping[str, Own] = NOTHING_KNOWN,
) -> list[Organ]:
    """The organs as they are shown, in the order of ORGANS, out of what NEWS2 and the last analysis say of them, and
    beside what is usual for the person (`own`, by code). What is returned may be shared between calls."""
    if now - analysed_at > ANALYSIS_HOLDS:
        why = f"not analysed since {utc_text(analysed_at)}"
        return [organ if organ["organ"] in JUDGED else unknown(organ["organ"], why) for organ in quick]
    by_name = {organ["organ"]: organ for organ in analysed}
    quick = [_beside_own(organ, own) for organ in quick] if own else quick
    return [
        capped(organ, by_name[name]) if name in by_name else organ for name, organ in zip(ORGANS, quick, strict=True)
    ]


def capped(quick: Organ, analysed: Organ) -> Organ:
    """One organ: the worse of both judgements."""
    if quick["organ"] not in JUDGED:
        return analysed
    if quick["status"] == UNKNOWN or analysed["status"] == UNKNOWN:
        return quick
    merged = analysed | {"reasons": _renewed(analysed["reasons"], quick["reasons"])}
    if _RANK[quick["status"]] <= _RANK[analysed["status"]]:
        return merged
    return merged | {
        "status": quick["status"],
        "reserve": _lowered(analysed["reserve"], CEILINGS[quick["status"]]),
        "reasons": _first(quick["reasons"], analysed["reasons"]),
        "confidence": quick["confidence"],
        "basis": "measured",
    }


def _beside_own(quick: Organ, own: Mapping[str, Own]) -> Organ:
    """The same, saying how what is measured lies to what is usual for the person; a pulse is held against their heart
    rate, which it tells where there is no other."""
    if quick["organ"] not in JUDGED:
        return quick
    reasons = [_reason_beside(each, own.get(_TOLD_AS.get(each["code"], each["code"]))) for each in quick["reasons"]]
    return quick | {"reasons": reasons}


def _reason_beside(reason: Organ, own: Own | None) -> Organ:
    if own is None:
        return reason
    decimals = REGISTER[reason["code"]].decimals
    text = f"{reason['text']}; {own.beside(reason['value'], decimals)}"
    return reason | {"text": text, "usual": round(own.median, decimals + 1)}


def _lowered(reserve: Mapping[str, int] | None, ceiling: int) -> dict[str, int] | None:
    return {name: min(value, ceiling) for name, value in reserve.items()} if reserve else None


def _renewed(reasons: Sequence[Organ], quick: Sequence[Organ]) -> list[Organ]:
    """The same reasons; of what was measured again meanwhile the value of now."""
    fresh = {reason["code"]: reason for reason in quick if reason["code"]}
    return [fresh.get(reason["code"], reason) for reason in reasons]


def _first(quick: Sequence[Organ], analysed: Sequence[Organ]) -> list[Organ]:
    """Those of NEWS2 first; what both speak of once."""
    spoken_of = {reason["code"] for reason in quick}
    return [*quick, *(reason for reason in analysed if reason["code"] not in spoken_of)][:REASONS_SHOWN]
