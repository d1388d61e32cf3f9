"""Taking back the effects of an observation that was entered in error: it is no current value, no reading and no part
of a rollup any more, and open pages stop showing it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from apps.core.instants import utc_text
from apps.core.keyset import Cursor
from apps.core.publish import publish
from apps.core.tenancy import bound_organization_id
from apps.readings.freshness import Freshness, age_s
from apps.readings.late import note_late_minutes
from apps.readings.messages import patient_group, vitals_message
from apps.readings.models import CurrentValue, Observation
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER, by_number
from apps.readings.quantity import HAND, SENSOR
from apps.readings.rollups import forget_value
from apps.readings.selectors import RawReading, raw_readings

SOUGHT_BACK: Final = timedelta(days=30)
"""How old a value may be that takes the place of one that is withdrawn."""
_LAST = "\uffff"


def withdraw(observation: Observation, *, now: datetime) -> None:
    """Within the transaction that marks it."""
    code = observation.code
    current = CurrentValue.objects.select_for_update().filter(
        patient_id=observation.patient_id, code=code, source=HAND, at=observation.at, value=observation.value
    )
    if current.delete()[0]:
        _reinstate(observation, now)
        publish(patient_group(observation.patient_id), _gone(observation, now))
    forget_value(observation.patient_id, number=observation.quantity, at=observation.at)
    note_late_minutes([(observation.patient_id, observation.at)])


def _reinstate(observation: Observation, now: datetime) -> None:
    """What was the latest before becomes the current value again."""
    cursor = Cursor((datetime.max.replace(tzinfo=UTC).isoformat(), _LAST), backwards=True)
    page = raw_readings(
        observation.patient_id, codes=[observation.code], start=now - SOUGHT_BACK, end=now, cursor=cursor
    )
    if page.rows:
        latest = page.rows[-1]
        CurrentValue.objects.create(
            organization_id=bound_organization_id(),
            patient_id=observation.patient_id,
            code=latest.code,
            value=latest.value,
            at=latest.at,
            origin=int(Origin[latest.origin.upper()]),
            source=_source(latest),
            quality=latest.quality,
            device_uid=latest.device or "",
        )


def _source(reading: RawReading) -> str:
    if reading.origin == Origin.MANUAL.label:
        return HAND
    computed = next((name for name in REGISTER[reading.code].source_priority if name not in (SENSOR, HAND)), SENSOR)
    return computed if reading.origin == Origin.DERIVED.label else SENSOR


def _gone(observation: Observation, now: datetime) -> dict[str, object]:
    """A value of that very moment that says there is none: pages show `--` until there is a later one."""
    vital = {
        "code": observation.code,
        "value": None,
        "unit": by_number(observation.quantity).unit,
        "at": utc_text(observation.at),
        "age_s": round(age_s(observation.at, now), 1),
        "state": str(Freshness.LOST),
        "origin": Origin.MANUAL.label,
        "quality": 0.0,
        "device": None,
    }
    return vitals_message(observation.patient_id, [vital])
