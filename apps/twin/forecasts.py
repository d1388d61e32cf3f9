"""Forecasts that were made, kept until their time comes, and what came then."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db import connection

from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind, bound_organization_id
from apps.readings.quantities import REGISTER
from apps.twin.models import TwinForecast

HORIZONS: Final = (30, 360)
"""Minutes."""
LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of the quantiles that are kept: the median and the ends of the bands of 50 and 90 %."""
KEPT_EVERY: Final = timedelta(minutes=30)
KEPT_FOR: Final = timedelta(days=14)
SCORED_AFTER: Final = timedelta(minutes=8)
"""After the target: its minutes are rolled up by then. What comes later does not change a score."""
AT_ONCE: Final = 2_000
ABOUT: Final = timedelta(minutes=5)
"""What came is the median of the minutes this close to the target: as close as a glucose sensor reads."""

# All about a target in one look along the index for each forecast and quantity.
_TRUTH = """
SELECT wanted.place, found.quantity, percentile_cont(0.5) WITHIN GROUP (ORDER BY found.mean)
FROM unnest(%(places)s::integer[], %(patients)s::uuid[], %(targets)s::timestamptz[])
  AS wanted (place, patient_id, target)
CROSS JOIN unnest(%(quantities)s::smallint[]) AS q (number)
CROSS JOIN LATERAL (
  SELECT r.quantity, r.total / r.count AS mean FROM readings_rollup r
  WHERE r.organization_id = %(organization)s AND r.patient_id = wanted.patient_id AND r.quantity = q.number
    AND r.minutes = 1 AND r.start > wanted.target - %(about)s AND r.start < wanted.target + %(about)s
) AS found
GROUP BY 1, 2
"""


def is_kept(former: datetime | None, now: datetime) -> bool:
    """Whether a forecast made now is the first of its half-hour."""
    step = KEPT_EVERY.total_seconds()
    return former is None or former.timestamp() // step != now.timestamp() // step


def rows_of(
    patient_id: UUID, horizons: Iterable[Mapping[str, Any]], *, latest: Mapping[str, float], made_at: datetime
) -> list[TwinForecast]:
    """What is foretold of one patient, a row for each horizon. `latest`: what is measured now, by code."""
    return [
        TwinForecast(
            organization_id=bound_organization_id(),
            patient_id=patient_id,
            made_at=made_at,
            minutes=horizon["minutes"],
            target_at=made_at + timedelta(minutes=horizon["minutes"]),
            codes=[said["code"] for said in horizon["quantities"]],
            latest=[latest.get(said["code"], float("nan")) for said in horizon["quantities"]],
            quantiles=[value for said in horizon["quantities"] for value in quantiles_of(said)],
        )
        for horizon in horizons
    ]


def quantiles_of(said: Mapping[str, Any]) -> list[float]:
    """At LEVELS."""
    return [said["p90"][0], said["p50"][0], said["median"], said["p50"][1], said["p90"][1]]


def keep(rows: Sequence[TwinForecast]) -> None:
    TwinForecast.objects.bulk_create(rows, ignore_conflicts=True)


def score(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Note what came of the forecasts of an organization whose time has come. How many."""
    with bind(organization_id):
        due = (
            TwinForecast.objects.select_for_update(skip_locked=True)
            .filter(truth=None, target_at__lt=clock.now() - SCORED_AFTER)
            .order_by("target_at")[:AT_ONCE]
        )
        rows = list(due)
        found = _truth(rows)
        for place, row in enumerate(rows):
            row.truth = [found.get((place, REGISTER[code].number), float("nan")) for code in row.codes]
        TwinForecast.objects.bulk_update(rows, ["truth"], batch_size=500)
    return len(rows)


def _truth(rows: Sequence[TwinForecast]) -> dict[tuple[int, int], float]:
    """The median about each target, by place and number of the quantity."""
    if not rows:
        return {}
    numbers = sorted({REGISTER[code].number for row in rows for code in row.codes})
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {
            "organization": bound_organization_id(),
            "places": list(range(len(rows))),
            "patients": [row.patient_id for row in rows],
            "targets": [row.target_at for row in rows],
            "quantities": numbers,
            "about": ABOUT,
        }
        cursor.execute(_TRUTH, parameters)
        return {(place, number): value for place, number, value in cursor.fetchall() if np.isfinite(value)}


def forget(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Let go of forecasts that no calibration counts any more. How many."""
    with bind(organization_id):
        deleted, _ = TwinForecast.objects.filter(made_at__lt=clock.now() - KEPT_FOR).delete()
    return deleted
