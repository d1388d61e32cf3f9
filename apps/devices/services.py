"""Writing devices: provision, bind, rotate, revoke. Each leaves a line in the audit trail."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from apps.audit.services import record
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.errors import Conflict, Invalid
from apps.core.tenancy import bound_organization_id
from apps.devices.broker import holds_one_secret
from apps.devices.brokers import mosquitto
from apps.devices.models import Binding, Credential, Device, Purpose
from apps.patients.models import Patient

SECRET_BYTES = 32
# The channel on which the broker's gatekeeper hears that somebody's credentials are no longer good.
REVOKED_CHANNEL = "bodylink_revoked"
# On this one the database itself tells which device, or whose binding, has changed (migration 0002): its id.
CHANGED_CHANNEL = "bodylink_devices"
# And on this one that some credential has (migration 0003), for whoever keeps all of them: no payload.
CREDENTIALS_CHANNEL = "bodylink_credentials"


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A new device and its secret, which is shown this once and never again."""

    device: Device
    secret: str


def verifier_of(secret: str) -> str:
    """What is stored of a secret: its SHA-256. 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def provision(
    *,
    model: str,
    label: str = "",
    uid: str | None = None,
    hub: Device | None = None,
    simulated: bool = False,
    user_id: UUID | None = None,
) -> Provisioned:
    """A device of the organization in force, with its first secret."""
    device = Device(
        organization_id=bound_organization_id(),
        uid=uid or f"{slugify(model)[:20].strip('-') or 'device'}-{secrets.token_hex(4)}",
        model=model,
        label=label,
        hub=hub,
        simulated=simulated,
    )
    device.clean_fields()
    _must_fit(device, hub)
    try:
        with transaction.atomic():
            device.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("There is a device with this uid already.") from error
    record(action="device.provisioned", user_id=user_id, device_id=device.pk, detail={"uid": device.uid})
    return Provisioned(device, issue_credential(device=device, purpose=Purpose.DEVICE, user_id=user_id))


def describe(*, device: Device, label: str, hub: Device | None, user_id: UUID | None = None) -> None:
    """What a device is called, and the hub that may carry its frames."""
    _must_fit(device, hub)
    changed = [name for name, value in (("label", label), ("hub", hub)) if getattr(device, name) != value]
    if not changed:
        return
    device.label, device.hub = label, hub
    device.save(update_fields=changed)
    detail = {"label": label, "hub": hub.uid if hub else None}
    record(
        action="device.described",
        user_id=user_id,
        device_id=device.pk,
        detail={name: detail[name] for name in changed},
    )


def _must_fit(device: Device, hub: Device | None) -> None:
    """Frames pass through one hub at most, which is in service."""
    if hub is None:
        return
    if hub.pk == device.pk or hub.hub_id is not None or device.nodes.exists():
        raise Invalid("A hub has no hub of its own.", fields={"hub": ["A hub has no hub of its own."]})
    if hub.retired_at is not None:
        raise Invalid("That hub is retired.", fields={"hub": ["That hub is retired."]})


def issue_credential(
    *, device: Device, purpose: Purpose, expires_at: datetime | None = None, user_id: UUID | None = None
) -> str:
    """One more secret for a device. The ones it has stay good until they are revoked; a broker that holds one of them
    (Mosquitto) goes by the oldest, and lets nobody replay a device that has one of its own."""
    if device.retired_at is not None:
        raise Conflict("A retired device gets no credentials.")
    if purpose == Purpose.REPLAY and holds_one_secret() and good_credentials(device).exists():
        raise Conflict(
            "Mosquitto holds one secret of a device, and this device has its own. Replay as a device that has none: "
            "revoke its credentials first."
        )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    credential = Credential.objects.create(
        organization_id=device.organization_id,
        device=device,
        verifier=verifier_of(secret),
        mosquitto_entry=mosquitto.entry_of(secret),
        purpose=purpose,
        expires_at=expires_at,
    )
    record(
        action="credential.issued",
        user_id=user_id,
        device_id=device.pk,
        detail={"purpose": purpose, "credential": str(credential.pk)},
    )
    return secret


def good_credentials(device: Device, *, clock: Clock = SYSTEM_CLOCK) -> "QuerySet[Credential]":
    """Neither revoked nor expired, the oldest first."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=clock.now())
    return device.credentials.filter(unexpired, revoked_at=None).order_by("created_at")


def rotate(*, device: Device, user_id: UUID | None = None) -> str:
    """A new secret beside the present ones; revoke those once the device has taken it."""
    return issue_credential(device=device, purpose=Purpose.ROTATION, user_id=user_id)


def revoke(*, credentials: Sequence[Credential], user_id: UUID | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
    """End secrets now. The broker drops the device's connections; one that still has a good secret comes back."""
    for credential in credentials:
        if credential.revoked_at is None:
            credential.revoked_at = clock.now()
            credential.save(update_fields=["revoked_at"])
            record(
                action="credential.revoked",
                user_id=user_id,
                device_id=credential.device_id,
                detail={"credential": str(credential.pk)},
            )
    _tell_gatekeeper({credential.device.uid for credential in credentials})


def retire(*, device: Device, user_id: UUID | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
    """A device leaves service: nothing that it holds opens the broker any more, and it is on nobody."""
    now = clock.now()
    device.retired_at = now
    device.save(update_fields=["retired_at"])
    unbind(device=device, at=now, user_id=user_id)
    revoke(credentials=list(device.credentials.filter(revoked_at=None)), user_id=user_id, clock=clock)
    record(action="device.retired", user_id=user_id, device_id=device.pk)


def bind_device(*, device: Device, patient: Patient, since: datetime, user_id: UUID | None = None) -> Binding:
    """Put a device on a patient from `since` on; it leaves whom it was on before at that moment."""
    if device.retired_at is not None:
        raise Conflict("A retired device cannot be put on anybody.")
    unbind(device=device, at=since, user_id=user_id)
    try:
        with transaction.atomic():
            binding = Binding.objects.create(
                organization_id=device.organization_id,
                device=device,
                patient=patient,
                period=DateTimeTZRange(since, None),
            )
    except IntegrityError as error:
        raise Conflict("The device is on somebody else in that period.") from error
    record(action="device.bound", user_id=user_id, device_id=device.pk, patient_id=patient.pk)
    return binding


def unbind(*, device: Device, at: datetime, user_id: UUID | None = None) -> None:
    """End the present binding, if there is one."""
    binding = Binding.objects.filter(device=device, period__contains=at).first()
    if binding is None:
        return
    if binding.period.lower == at:
        raise Invalid("The device was put on this patient at that very moment.")
    binding.period = DateTimeTZRange(binding.period.lower, at)
    binding.save(update_fields=["period"])
    record(action="device.unbound", user_id=user_id, device_id=device.pk, patient_id=binding.patient_id)


def _tell_gatekeeper(uids: set[str]) -> None:
    """NOTIFY leaves with the commit, or not at all."""
    with connection.cursor() as cursor:
        for uid in sorted(uids):
            cursor.execute("SELECT pg_notify(%s, %s)", [REVOKED_CHANNEL, uid])
