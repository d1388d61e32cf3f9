"""Who the devices of a batch are, and on whom they have been."""

from collections.abc import Collection, Iterable
from uuid import UUID

import psycopg

from apps.ingest.arrival import Period, Sender
from apps.readings.origin import Origin

_DEVICES = """
SELECT id, organization_id, uid, hub_id, simulated FROM devices_device WHERE uid = ANY(%s) AND retired_at IS NULL
"""
_BINDINGS = """
SELECT device_id, lower(period), upper(period), patient_id FROM devices_binding WHERE device_id = ANY(%s)
"""


def senders_of(connection: psycopg.Connection, uids: Collection[str]) -> dict[str, Sender]:
    """The devices in service with these uids. Read anew for each batch: a binding counts from its commit on."""
    devices = connection.execute(_DEVICES, [list(uids)]).fetchall()
    bindings = connection.execute(_BINDINGS, [[row[0] for row in devices]]).fetchall()
    periods = _by_device(bindings)
    return {
        uid: Sender(
            device_id=device_id,
            organization_id=organization_id,
            uid=uid,
            hub_id=hub_id,
            origin=Origin.SIMULATED if simulated else Origin.MEASURED,
            periods=tuple(periods.get(device_id, ())),
        )
        for device_id, organization_id, uid, hub_id, simulated in devices
    }


def _by_device(rows: Iterable[tuple]) -> dict[UUID, list[Period]]:  # type: ignore[type-arg]
    periods: dict[UUID, list[Period]] = {}
    for device_id, lower, upper, patient_id in rows:
        periods.setdefault(device_id, []).append(Period(lower, upper, patient_id))
    return periods
