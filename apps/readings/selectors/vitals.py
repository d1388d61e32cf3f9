"""The vitals of a patient as the API and the live stream show them (DESIGN: `vitals`)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID

from apps.core.instants import utc_text
from apps.readings.freshness import age_s, freshness, interval_s
from apps.readings.models import CurrentValue
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER, Form
from apps.readings.value import Value

# Under a wave's code stands the quality of its signal, which is no vital.
VITAL_CODES: Final = frozenset(code for code, quantity in REGISTER.items() if quantity.form is Form.VALUE)


class Vital(TypedDict):
    """One current value. `unit` is UCUM, `at` UTC text, `age_s` and `state` hold for the moment it was made."""

    code: str
    value: float
    unit: str
    at: str
    age_s: float
    state: str
    origin: str
    quality: float
    device: str | None


def vital(of: CurrentValue | Value, *, now: datetime) -> Vital:
    """A value as it stands at `now`. A value of a quantity that the register no longer knows raises KeyError."""
    quantity = REGISTER[of.code]
    origin = Origin(of.origin).label
    return Vital(
        code=of.code,
        value=of.value,
        unit=quantity.unit,
        at=utc_text(of.at),
        age_s=round(age_s(of.at, now), 1),
        state=str(freshness(interval_s(quantity.expected_interval_s, origin), at=of.at, now=now)),
        origin=origin,
        quality=round(of.quality, 3),
        device=of.device_uid or None,
    )


def vitals_of(patient_ids: Collection[UUID], *, now: datetime) -> dict[UUID, list[Vital]]:
    """The vitals of each of these patients, in the register's order, by one query. Access is the caller's to check."""
    if not patient_ids:
        return {}
    rows = CurrentValue.objects.filter(patient_id__in=patient_ids, code__in=VITAL_CODES)
    vitals: dict[UUID, list[Vital]] = {patient_id: [] for patient_id in patient_ids}
    for row in in_register_order(rows):
        vitals[row.patient_id].append(vital(row, now=now))
    return vitals


def in_register_order(rows: Iterable[CurrentValue]) -> list[CurrentValue]:
    return sorted(rows, key=lambda row: REGISTER[row.code].number)
