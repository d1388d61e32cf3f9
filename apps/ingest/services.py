"""Writing to the ledger from outside the ingest service."""

from django.db import connection

from apps.devices.models import Device
from apps.readings.origin import Origin


def declare_boot(*, device: Device, boot: str, origin: Origin) -> None:
    """Say beforehand what the frames of a boot are: replayed ones must never pass for measured."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ingest_ledger (organization_id, device_id, boot, origin) VALUES (%s, %s, %s, %s)",
            [device.organization_id, device.pk, boot, int(origin)],
        )
