"""Writing the audit trail, in the transaction of what it tells of."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from apps.audit.models import AuditEvent
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bound_organization_id

# A page that is open reads every second; one row says so for this long.
READ_WINDOW = timedelta(minutes=10)


def record(
    *,
    action: str,
    user_id: UUID | None,
    role: str = "",
    patient_id: UUID | None = None,
    device_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> AuditEvent:
    """Write one event for the organization in force."""
    return AuditEvent.objects.create(
        organization_id=bound_organization_id(),
        at=clock.now(),
        user_id=user_id,
        role=role,
        action=action,
        patient_id=patient_id,
        device_id=device_id,
        detail=detail or {},
    )


def record_read(*, user_id: UUID, role: str, patient_id: UUID, door: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """Say once in a while that somebody reads a patient's data through `door` (page, api, live, fhir)."""
    since = clock.now() - READ_WINDOW
    seen = AuditEvent.objects.filter(
        user_id=user_id, patient_id=patient_id, action="read", at__gte=since, detail__door=door
    )
    if not seen.exists():
        record(action="read", user_id=user_id, role=role, patient_id=patient_id, detail={"door": door}, clock=clock)


def record_read_by_device(*, device_id: UUID, patient_id: UUID, clock: Clock = SYSTEM_CLOCK) -> None:
    """Say once in a while that a device reads the data of the patient it is on."""
    seen = AuditEvent.objects.filter(
        device_id=device_id, patient_id=patient_id, action="read", at__gte=clock.now() - READ_WINDOW
    )
    if not seen.exists():
        record(
            action="read",
            user_id=None,
            patient_id=patient_id,
            device_id=device_id,
            detail={"door": "device"},
            clock=clock,
        )
