"""Who the devices of a batch are, and on whom they have been."""

from collections.abc import Collection, Iterator
from uuid import UUID

import psycopg

from apps.devices.services import CHANGED_CHANNEL
from apps.ingest.arrival import Period, Sender
from apps.ingest.clocks import Setting
from apps.readings.origin import Origin

_DEVICES = """
SELECT id, organization_id, uid, hub_id, simulated FROM devices_device WHERE uid = ANY(%s) AND retired_at IS NULL
"""
_BINDINGS = """
SELECT device_id, lower(period), upper(period), patient_id FROM devices_binding WHERE device_id = ANY(%s)
"""
# A clock that starts at 1970 is learned at each boot; frames of a boot longer ago than these are not to be expected.
_CLOCKS = """
SELECT c.device_id, c.boot, c.from_seq, c.offset_s, c.spread_s
FROM unnest(%s::uuid[]) AS d (id) CROSS JOIN LATERAL (
  SELECT * FROM ingest_clock WHERE device_id = d.id ORDER BY known_at DESC LIMIT 200
) AS c ORDER BY c.device_id, c.boot, c.from_seq
"""


class Senders:
    """The devices in service that have spoken on this connection.

    They are kept from batch to batch, and yet a binding counts from its commit on: PostgreSQL tells of each change of a
    device as it commits it, and hands that over with the answer to whatever is asked next outside a transaction.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._known: dict[str, Sender] = {}
        self._uids: dict[str, str] = {}  # by device id, as PostgreSQL names it
        self._changed: set[str] = set()
        connection.add_notify_handler(self._hear)
        connection.execute(f"LISTEN {CHANGED_CHANNEL}")

    def of(self, uids: Collection[str]) -> dict[str, Sender]:
        """Those of these devices that there are, by uid."""
        self._connection.execute("SELECT")
        self._changed.clear()
        found = {uid: self._known[uid] for uid in uids if uid in self._known}
        if len(found) < len(uids):
            for sender in _read(self._connection, [uid for uid in uids if uid not in found]):
                found[sender.uid] = sender
                self._keep(sender)
        return found

    def _keep(self, sender: Sender) -> None:
        """Unless it changed while it was read."""
        device_id = str(sender.device_id)
        if device_id not in self._changed:
            self._known[sender.uid] = sender
            self._uids[device_id] = sender.uid

    def _hear(self, notice: psycopg.Notify) -> None:
        self._changed.add(notice.payload)
        if notice.payload in self._uids:
            del self._known[self._uids.pop(notice.payload)]


def _read(connection: psycopg.Connection, uids: Collection[str]) -> Iterator[Sender]:
    devices = connection.execute(_DEVICES, [uids]).fetchall()
    ids = [row[0] for row in devices]
    periods: dict[UUID, list[Period]] = {}
    for device_id, lower, upper, patient_id in connection.execute(_BINDINGS, [ids]):
        periods.setdefault(device_id, []).append(Period(lower, upper, patient_id))
    clocks: dict[UUID, dict[str, list[Setting]]] = {}
    for device_id, boot, *setting in connection.execute(_CLOCKS, [ids]):
        clocks.setdefault(device_id, {}).setdefault(boot, []).append(Setting(*setting))
    for device_id, organization_id, uid, hub_id, simulated in devices:
        yield Sender(
            device_id=device_id,
            organization_id=organization_id,
            uid=uid,
            hub_id=hub_id,
            origin=Origin.SIMULATED if simulated else Origin.MEASURED,
            periods=tuple(periods.get(device_id, ())),
            clocks=clocks.get(device_id, {}),
        )
