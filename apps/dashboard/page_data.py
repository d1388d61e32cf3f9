"""What a page starts with, in the shapes of static/bodylink/types.js; from then on the live stream speaks."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from apps.accounts.actor import Actor
from apps.accounts.models import Organization, Unit
from apps.accounts.policy import Act, Reach
from apps.alerts.models import Alert
from apps.alerts.selectors import as_json, latest_cursor, visible_alerts
from apps.core.instants import utc_text
from apps.devices.models import Binding
from apps.devices.selectors import bindings_now
from apps.patients.models import Patient
from apps.readings.quantities import REGISTER
from apps.readings.quantity import Form, Quantity
from apps.readings.selectors import vitals_of
from apps.scores.deterioration import deterioration_of
from apps.scores.news2 import news2_of
from apps.scores.unusual import unusual_of
from apps.twin.scenarios import KINDS
from apps.twin.selectors import twins_of

# A placeholder that no real id can be: the page puts the id of an alert or a patient in its place.
_SAMPLE_ID = UUID(int=0)
# The stream says at least this often that the alarm pipeline runs (docs/live.md).
ALARM_STATUS_EVERY_S = 10
LAST_ALERTS = 20
DEVICES_A_PAGE = 200


def page_data(
    *,
    actor: Actor,
    organization: Organization,
    unit: Unit | None,
    patients: Sequence[Patient],
    alerts: Iterable[Alert],
    now: datetime,
) -> dict[str, Any]:
    """PageData of types.js. A constant number of queries, however many patients."""
    return {
        "server_time": utc_text(now),
        "timezone": organization.timezone,
        "organization": {"slug": organization.slug, "name": organization.name},
        "unit": {"id": str(unit.pk), "name": unit.name} if unit else None,
        "role": str(actor.role),
        "can_acknowledge": actor.may(Act.ALERT),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "alarm_status_every_s": ALARM_STATUS_EVERY_S,
        "urls": _urls(unit, patients),
        "quantities": [_quantity(quantity) for quantity in REGISTER.values()],
        "patients": _patients(patients, now),
        "alerts": [as_json(alert) for alert in alerts],
        "cursor": latest_cursor(),
    }


def person_data(*, actor: Actor, organization: Organization, patient: Patient, now: datetime) -> dict[str, Any]:
    """PageData of a page about one person: with the last alerts and the organs."""
    alerts = visible_alerts(actor).filter(patient_id=patient.pk)[:LAST_ALERTS]
    data = page_data(actor=actor, organization=organization, unit=None, patients=[patient], alerts=alerts, now=now)
    twin = twins_of([patient.pk], now=now)[patient.pk]
    risk = deterioration_of(patient, now=now) if actor.grant.clinical is Reach.UNITS else None
    unusual = unusual_of(patient, now=now)
    return data | {
        "organs": twin["organs"],
        "deterioration": risk,
        "unusual": unusual,
        "what_if": _what_if_kinds() if actor.may(Act.WHAT_IF) else [],
    }


def _what_if_kinds() -> list[dict[str, Any]]:
    return [
        {
            "kind": name,
            "label": kind.label,
            "unit": kind.unit,
            "note": kind.note,
            "low": kind.low,
            "high": kind.high,
            "usual": kind.usual,
            "minutes": kind.usual_minutes,
        }
        for name, kind in KINDS.items()
    ]


def _urls(unit: Unit | None, patients: Sequence[Patient]) -> dict[str, str]:
    shown = {"unit": unit.pk} if unit else {"patient": patients[0].pk}
    return {
        "live": "/ws/v1/live/",
        "acknowledge": "/api/v1/alerts/{id}/acknowledge/",
        "devices": f"/api/v1/devices/?{urlencode(shown | {'page_size': DEVICES_A_PAGE})}",
        "news2": "/api/v1/patients/{id}/news2/",
        "twin": "/api/v1/patients/{id}/twin/",
        "readings": "/api/v1/patients/{id}/readings/",
        "patient": reverse("dashboard:patient", args=[_SAMPLE_ID]).replace(str(_SAMPLE_ID), "{id}"),
        "login": reverse("account_login"),
    }


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "number": quantity.number,
        "code": quantity.code,
        "label": quantity.label,
        "unit": quantity.unit,
        "decimals": quantity.decimals,
        "colour": quantity.colour,
        "expected_interval_s": quantity.expected_interval_s,
        "wave": quantity.form is Form.WAVE,
        "categories": {str(number): name for number, name in quantity.categories.items()},
    }


def _patients(patients: Sequence[Patient], now: datetime) -> list[dict[str, Any]]:
    ids = [patient.pk for patient in patients]
    vitals, devices, scores = vitals_of(ids, now=now), _devices(ids, now), news2_of(patients, now=now)
    return [
        {
            "id": str(patient.pk),
            "name": str(patient),
            "mrn": patient.mrn,
            "bed": patient.bed,
            "simulated": patient.simulated,
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
            "sex": patient.sex,
            "unit_name": patient.unit.name,
            "devices": devices.get(patient.pk, []),
            "vitals": vitals[patient.pk],
            "news2": scores[patient.pk],
        }
        for patient in patients
    ]


def _devices(patient_ids: Collection[UUID], now: datetime) -> dict[UUID, list[dict[str, Any]]]:
    devices: dict[UUID, list[dict[str, Any]]] = {}
    for binding in bindings_now(patient_ids=list(patient_ids), at=now):
        devices.setdefault(binding.patient_id, []).append(_device(binding))
    return devices


def _device(binding: Binding) -> dict[str, Any]:
    device = binding.device
    status = getattr(device, "status", None)
    return {
        "uid": device.uid,
        "label": device.label,
        "model": device.model,
        "battery_percent": status.battery_percent if status else None,
        "charging": bool(status and status.charging),
        "last_seen_at": utc_text(status.last_seen_at) if status else None,
    }
