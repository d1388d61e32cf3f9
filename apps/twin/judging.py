"""Judging by NEWS2 between two analyses, and putting both judgements together. Pure.

What is measured is judged every second by the bands of NEWS2 (`organs.py`), what the body makes of it every minute. An
ill reading caps its organ at once; nothing that the body says makes an ill reading good.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from apps.core.instants import utc_text
from apps.twin.organs import ACT, GOOD, JUDGED, ORGANS, REASONS_SHOWN, UNKNOWN, WATCH, unknown

ANALYSIS_HOLDS: Final = timedelta(minutes=3)
"""An analysis that was not repeated for this long is not shown any more."""
CEILINGS: Final = {WATCH: 65, ACT: 40}
"""No reserve is above this while a reading of the organ is that ill (docs/twin.md)."""
_RANK: Final = {UNKNOWN: -1, GOOD: 0, WATCH: 1, ACT: 2}

Organ = dict[str, Any]


def together(
    quick: Sequence[Organ], analysed: Sequence[Organ] | None, analysed_at: datetime | None, now: datetime
) -> list[Organ]:
    """The organs as they are shown, in the order of ORGANS, out of what NEWS2 and the last analysis say of them.

    `analysed` None: there is no body of this patient, or none yet. What is returned may be shared between calls.
    """
    if analysed is None or analysed_at is None:
        return list(quick)
    if now - analysed_at > ANALYSIS_HOLDS:
        why = f"not analysed since {utc_text(analysed_at)}"
        return [organ if organ["organ"] in JUDGED else unknown(organ["organ"], why) for organ in quick]
    by_name = {organ["organ"]: organ for organ in analysed}
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


def _lowered(reserve: Mapping[str, int] | None, ceiling: int) -> dict[str, int] | None:
    return {name: min(value, ceiling) for name, value in reserve.items()} if reserve else None


def _renewed(reasons: Sequence[Organ], quick: Sequence[Organ]) -> list[Organ]:
    """The same reasons; of what was measured again meanwhile the value of now."""
    fresh = {reason["code"]: reason for reason in quick if reason["code"]}
    return [
        fresh[reason["code"]] | {"usual": reason["usual"]} if reason["code"] in fresh else reason for reason in reasons
    ]


def _first(quick: Sequence[Organ], analysed: Sequence[Organ]) -> list[Organ]:
    """Those of NEWS2 first; what both speak of once."""
    usual = {reason["code"]: reason["usual"] for reason in analysed if reason["code"]}
    said = [reason | {"usual": usual.get(reason["code"])} for reason in quick]
    spoken_of = {reason["code"] for reason in quick}
    return [*said, *(reason for reason in analysed if reason["code"] not in spoken_of)][:REASONS_SHOWN]
