"""Which device sends this name and secret. Asked before any organization is known, by the ingest role's connection,
which sees the devices of all and no patient."""

import hmac
import re
from dataclasses import dataclass
from uuid import UUID

import psycopg

from apps.devices.services import verifier_of

_UID = re.compile(r"[a-z0-9-]{4,32}")
# The same credentials open the broker: gatekeeper.py.
_VERIFIERS = """
SELECT d.id, d.organization_id, d.model, c.verifier
FROM devices_device d JOIN devices_credential c ON c.device_id = d.id
WHERE d.uid = %s AND d.retired_at IS NULL
  AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now())
"""


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device in service that has shown a good credential."""

    device_id: UUID
    organization_id: UUID
    uid: str
    model: str


def known_device(connection: psycopg.Connection, uid: str, secret: str) -> KnownDevice | None:
    """The device of this uid, if the secret is one of its good credentials now; else None, and nothing says why.

    `connection` is the ingest role's. Each verifier is compared in constant time, all of them always, and one where
    there is no such device.
    """
    shown = verifier_of(secret)
    rows = connection.execute(_VERIFIERS, [uid]).fetchall() if _UID.fullmatch(uid) else []
    matches = [row for row in rows if hmac.compare_digest(row[3], shown)]
    if not rows:
        hmac.compare_digest(verifier_of(uid), shown)
    if not matches:
        return None
    device_id, organization_id, model, _ = matches[0]
    return KnownDevice(device_id, organization_id, uid, model)
