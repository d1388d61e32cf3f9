"""What is usual for the persons of the bodies, as their analysis keeps it (apps/scores/usual.py tells it), and which of
their vitals do not go together as usual.

It is told anew as the hour turns, of so many persons an analysis: to read the past week of a whole shard at once would
be felt. What they show now is asked after every few minutes. No body learns from it: reasons go by it, no judgement.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from apps.scores.usual import CODES, hour_of, present_of, usual_of
from apps.twin.models import TwinEnsemble
from ml.scoring.usual import OfVital, Own, Usual

RENEWED_AT_ONCE: Final = 32
ASKED_EVERY: Final = timedelta(minutes=5)
DECIMALS: Final = 3
_PLACES: Final = {code: place for place, code in enumerate(CODES)}
_NEVER: Final = datetime.min.replace(tzinfo=UTC)

Kept = dict[str, Any]
"""As JSON: `vitals`, by code the median, the spread and whether they are of this hour; `correlation`, the rows of the
matrix of those vitals, in their order. Empty where nothing is known."""


def renew(rows: Sequence[TwinEnsemble], *, now: datetime) -> None:
    """Bring what is kept of these up to date, in place, by two queries at most."""
    due = [row for row in rows if row.usual_at is None or hour_of(row.usual_at) != hour_of(now)]
    due = sorted(due, key=lambda row: row.usual_at or _NEVER)[:RENEWED_AT_ONCE]
    if due:
        found = usual_of([row.patient_id for row in due], now=now)
        for place, row in enumerate(due):
            row.usual, row.usual_at, row.apart_at = _kept(found, place), now, None
    asked = [row for row in rows if row.apart_at is None or now - row.apart_at >= ASKED_EVERY]
    present = present_of([row.patient_id for row in asked], now=now) if any(row.usual for row in asked) else None
    apart = usual_together([row.usual for row in asked]).apart(present) if present is not None else [()] * len(asked)
    for row, codes in zip(asked, apart, strict=True):
        row.apart, row.apart_at = list(codes), now


def usual_together(kept: Sequence[Kept]) -> Usual:
    """What is kept of these persons as one array of patients."""
    patients, vitals = len(kept), len(CODES)
    median, spread = np.full((2, patients, vitals), np.nan)
    of_hour = np.zeros((patients, vitals), dtype=np.bool_)
    correlation = np.broadcast_to(np.eye(vitals), (patients, vitals, vitals)).copy()
    for row, one in enumerate(kept):
        if not one or not one["vitals"].keys() <= _PLACES.keys():
            continue  # nothing is known, or it was kept by a release that knew of other vitals
        places = [_PLACES[code] for code in one["vitals"]]
        median[row, places], spread[row, places], of_hour[row, places] = zip(*one["vitals"].values(), strict=True)
        correlation[row][np.ix_(places, places)] = one["correlation"]
    return Usual(CODES, median, spread, of_hour, correlation)


def own_of(kept: Kept) -> dict[str, Own]:
    """By code what is known of one person."""
    return {code: Own(*figures) for code, figures in kept.get("vitals", {}).items()}


def by_code(usual: Usual) -> Mapping[str, OfVital]:
    return {code: usual.of(code) for code in CODES}


def _kept(usual: Usual, row: int) -> Kept:
    codes = usual.known(row)
    if not codes:
        return {}
    places = [_PLACES[code] for code in codes]
    figures = zip(usual.median[row, places], usual.spread[row, places], usual.of_hour[row, places], strict=True)
    return {
        "vitals": {
            code: [round(float(median), DECIMALS), round(float(spread), DECIMALS), bool(of_hour)]
            for code, (median, spread, of_hour) in zip(codes, figures, strict=True)
        },
        "correlation": np.round(usual.correlation[row][np.ix_(places, places)], DECIMALS).tolist(),
    }
