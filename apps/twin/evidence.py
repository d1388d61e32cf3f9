"""What was measured of some patients, as the filter takes it: by quantity and window of time, the median of each.

A median is not moved by the one value that is wrong. What is young is read as it was measured; what is older than two
hours, for a replay, from the minutes it was rolled up to. Values of poor quality are no evidence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt

from apps.core.arrays import any_of
from apps.core.tenancy import bound_organization_id
from apps.readings import binary
from apps.readings.current import GOOD_QUALITY
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from ml.twin import SENSORS, Seen

Array = npt.NDArray[np.float64]

MINUTE_S: Final = 60.0
RAW_FOR: Final = timedelta(hours=2)
"""Rows are merged into blocks after three hours."""
ALSO: Final = ("pulse_rate", "systolic_pressure", "diastolic_pressure")
"""Quantities that no sensor of the twin is for, but which tell what one would have shown."""
CODES: Final = tuple(dict.fromkeys((*(code for code in SENSORS if code in REGISTER), *ALSO)))
MOVEMENT: Final = "activity"
"""What no sensor of the twin is for either: it tells what the body does (`inputs.py`)."""
_BY_NUMBER: Final = {REGISTER[code].number: code for code in (*CODES, MOVEMENT)}

_MEDIANS = """
SELECT patient_id, code, floor(extract(epoch FROM t - %(start)s) / %(width)s)::integer AS place,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY number), avg(quality)::double precision
FROM (
  SELECT p.id AS patient_id, source.*
  FROM unnest(%(patients)s::uuid[]) AS p (id) CROSS JOIN LATERAL (
    SELECT f.t, v.code, v.number, 1.0::real AS quality
    FROM readings_frame f CROSS JOIN LATERAL unnest(f.value_codes, f.value_numbers) AS v (code, number)
    WHERE f.organization_id = %(organization)s AND f.patient_id = p.id AND f.t >= %(start)s AND f.t < %(end)s
    UNION ALL
    SELECT r.t, v.code, v.number, v.quality
    FROM readings_derived r
    CROSS JOIN LATERAL unnest(r.value_codes, r.value_numbers, r.qualities) AS v (code, number, quality)
    WHERE r.organization_id = %(organization)s AND r.patient_id = p.id AND r.t >= %(start)s AND r.t < %(end)s
    UNION ALL
    SELECT o.at, o.quantity, o.value, 1.0::real FROM readings_observation o
    WHERE o.organization_id = %(organization)s AND o.patient_id = p.id AND o.in_error_at IS NULL
      AND o.at >= %(start)s AND o.at < %(end)s
  ) AS source
  WHERE source.code = ANY (%(codes)s::smallint[]) AND source.quality >= %(good)s
) AS found
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Windows:
    """Stretches of time, one after the other: `ends` of each; all but the last are `width` long."""

    start: datetime
    width: timedelta
    ends: tuple[datetime, ...]

    @staticmethod
    def between(start: datetime, end: datetime, width: timedelta) -> "Windows":
        count = max(1, -((start - end) // width))
        return Windows(start, width, tuple(min(end, start + width * (place + 1)) for place in range(count)))

    @property
    def seconds(self) -> tuple[float, ...]:
        """How long each is."""
        return tuple((end - begin).total_seconds() for begin, end in zip(self.begins, self.ends, strict=True))

    @property
    def begins(self) -> tuple[datetime, ...]:
        return (self.start, *self.ends[:-1])

    @property
    def end(self) -> datetime:
        return self.ends[-1]


@dataclass(slots=True)
class Evidence:
    """By code: medians (windows, patients), not-a-number where nothing was measured, and their quality, 0 to 1.
    `seconds`: how long each window is."""

    shape: tuple[int, int]
    seconds: tuple[float, ...]
    values: dict[str, Array] = field(default_factory=dict)
    quality: dict[str, Array] = field(default_factory=dict)

    def put(self, code: str, window: int, patient: int, value: float, quality: float) -> None:
        if code not in self.values:
            self.values[code] = np.full(self.shape, np.nan)
            self.quality[code] = np.ones(self.shape)
        self.values[code][window, patient] = value
        self.quality[code][window, patient] = quality

    def of(self, code: str) -> Array:
        return self.values.get(code, np.full(self.shape, np.nan))

    def fill(self, code: str, others: Array, quality: Array) -> None:
        """Where nothing was measured of a quantity, what others tell of it."""
        own = self.of(code)
        empty = np.isnan(own)
        self.quality[code] = np.where(empty, quality, self.quality.get(code, np.ones(self.shape)))
        self.values[code] = np.where(empty, others, own)

    def seen(self, window: int) -> dict[str, Seen]:
        """What the sensors of the twin have shown in one window."""
        return {
            code: Seen(
                value=self.values[code][window],
                deviation=_deviation(code, self.quality[code][window], self.seconds[window]),
            )
            for code in SENSORS
            if code in self.values
        }


def evidence(patient_ids: Sequence[UUID], windows: Windows, *, now: datetime) -> Evidence:
    """What was measured of these patients, in their order, by two queries at most."""
    found = Evidence((len(windows.ends), len(patient_ids)), windows.seconds)
    places = {patient_id: place for place, patient_id in enumerate(patient_ids)}
    edge = min(max(windows.start, now - RAW_FOR), windows.end)
    if windows.start < edge:
        _put(found, places, _rolled_up(patient_ids, windows, edge))
    if edge < windows.end:
        _put(found, places, _measured(patient_ids, windows, edge))
    _complete(found)
    return found


Row = tuple[UUID, int, int, float, float]
"""Patient, number of the quantity, window, median, quality."""


def _put(found: Evidence, places: Mapping[UUID, int], rows: Iterable[Row]) -> None:
    last = found.shape[0] - 1
    for patient_id, number, window, value, quality in rows:
        found.put(_BY_NUMBER[number], min(window, last), places[patient_id], value, quality)


def _measured(patient_ids: Sequence[UUID], windows: Windows, start: datetime) -> list[Row]:
    begin = windows.start + (start - windows.start) // windows.width * windows.width
    skipped = (begin - windows.start) // windows.width
    parameters: dict[str, Any] = {
        "organization": bound_organization_id(),
        "patients": list(patient_ids),
        "codes": list(_BY_NUMBER),
        "start": begin,
        "end": windows.end,
        "width": windows.width.total_seconds(),
        "good": GOOD_QUALITY,
    }
    rows = binary.rows(_MEDIANS, parameters)
    return [(patient_id, number, place + skipped, value, quality) for patient_id, number, place, value, quality in rows]


def _rolled_up(patient_ids: Sequence[UUID], windows: Windows, end: datetime) -> list[Row]:
    rows = Rollup.objects.filter(
        any_of("patient_id", patient_ids),
        minutes=1,
        quantity__in=list(_BY_NUMBER),
        start__gte=windows.start,
        start__lt=end,
    )
    means: dict[tuple[UUID, int, int], list[float]] = {}
    for patient_id, number, start, count, total in rows.values_list(
        "patient_id", "quantity", "start", "count", "total"
    ):
        window = (start - windows.start) // windows.width
        means.setdefault((patient_id, number, window), []).append(total / count)
    return [(*key, float(np.median(values)), 1.0) for key, values in means.items()]


def _complete(found: Evidence) -> None:
    """A pulse for a heart rate that is not measured; a mean pressure by the rule of thirds."""
    pulse = found.of("pulse_rate")
    if not np.isnan(pulse).all():
        found.fill("heart_rate", pulse, found.quality["pulse_rate"])
    diastolic, systolic = found.of("diastolic_pressure"), found.of("systolic_pressure")
    mean = diastolic + (systolic - diastolic) / 3.0
    if not np.isnan(mean).all():
        found.fill("mean_pressure", mean, np.ones(found.shape))


def _deviation(code: str, quality: Array, seconds: float) -> Array:
    """Of a median's error: the sensor's own, more where the signal is worse. Six windows of ten seconds tell no more of
    a body than one of a minute: sensor and body err alike in all of them."""
    sensor, share = SENSORS[code], max(1.0, MINUTE_S / max(seconds, 1.0))
    own = sensor.deviation / np.clip(quality, GOOD_QUALITY, 1.0)
    return np.asarray(np.sqrt(share * (own**2 + sensor.roughness**2) - sensor.roughness**2))
