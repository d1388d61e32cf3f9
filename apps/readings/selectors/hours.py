"""The mean of each hour of many patients at once, out of rows and of the blocks into which past days are merged.

One statement reads both, as for trends: what is being merged at that moment is found in one of them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt

from apps.core.tenancy import current_organization_id
from apps.readings import binary
from apps.readings.blocks import rollups
from apps.readings.quantities import REGISTER
from apps.readings.storage import microseconds

HOUR: Final = timedelta(hours=1)
_HOUR_US: Final = 3_600_000_000
_DAY: Final = timedelta(days=1)
_QUARTER: Final = 15

_HOURS = """
SELECT NULL::bytea AS data, rows.* FROM unnest(%(patients)s::uuid[]) AS p (id)
CROSS JOIN unnest(%(codes)s::smallint[]) AS q (number) CROSS JOIN LATERAL (
  SELECT r.patient_id, r.quantity, date_bin(%(hour)s, r.start, %(lower)s) AS start,
         sum(r.count)::bigint AS count, sum(r.total) AS total
  FROM readings_rollup r
  WHERE r.organization_id = %(organization)s AND r.patient_id = p.id AND r.quantity = q.number
    AND r.minutes = %(minutes)s AND r.start >= %(lower)s AND r.start < %(upper)s
  GROUP BY 1, 2, 3
) AS rows
UNION ALL
SELECT b.data, b.patient_id, b.quantity, b.start, NULL, NULL FROM readings_rollupblock b
WHERE b.organization_id = %(organization)s AND b.patient_id = ANY(%(patients)s::uuid[])
  AND b.quantity = ANY(%(codes)s::smallint[]) AND b.minutes = %(minutes)s
  AND b.start > %(lower)s - %(day)s AND b.start < %(upper)s
"""


def hourly_means(
    patient_ids: Sequence[UUID], codes: Sequence[str], *, start: datetime, hours: int
) -> npt.NDArray[np.float64]:
    """(patients, codes, hours) in the register's units, in their order, of so many hours from `start` on, which begins
    one; not-a-number where nothing was measured. One query."""
    places = {patient_id: place for place, patient_id in enumerate(patient_ids)}
    columns = {REGISTER[code].number: column for column, code in enumerate(codes)}
    count = np.zeros((len(places), len(columns), hours))
    total = np.zeros_like(count)
    parameters: dict[str, Any] = {
        "organization": current_organization_id(),
        "patients": list(places),
        "codes": list(columns),
        "minutes": _QUARTER,
        "lower": start,
        "upper": start + HOUR * hours,
        "hour": HOUR,
        "day": _DAY,
    }
    lower = microseconds(start)
    for data, patient_id, number, at, readings, of_row in binary.rows(_HOURS, parameters):
        of_patient = places[patient_id], columns[number]
        if data is None:
            hour = (*of_patient, (microseconds(at) - lower) // _HOUR_US)
            count[hour] += readings
            total[hour] += of_row
        else:
            _add(count[of_patient], total[of_patient], rollups.decode(data), lower)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def _add(
    count: npt.NDArray[np.float64], total: npt.NDArray[np.float64], columns: rollups.RollupColumns, lower: int
) -> None:
    """A day's quarters to the hours of one quantity of one patient, in place."""
    hour = (columns.t_us - lower) // _HOUR_US
    within = (hour >= 0) & (hour < len(count))
    np.add.at(count, hour[within], columns.count[within])
    np.add.at(total, hour[within], columns.total[within])
