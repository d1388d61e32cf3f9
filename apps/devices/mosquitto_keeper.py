"""Keeps the password file of a Mosquitto in step with the devices' credentials, and tells the broker of each change.

Reads as the ingest role: devices of every organization, and no patient. The database tells of every change of a
credential at its commit, so nothing is asked for in between but whose turn it is to expire.
"""

import logging
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from apps.devices.brokers import mosquitto
from apps.devices.conninfo import ingest_conninfo
from apps.devices.keeper_life import beat
from apps.devices.services import CREDENTIALS_CHANNEL

logger = logging.getLogger(__name__)

# A reload costs the broker a look at every connection: changes that come in a flood share one.
BETWEEN_RELOADS_S = 0.5
# How long a stop, a sign of life or a broker that could not be told yet has to wait.
ROUND_S = 1.0
# Everything is read again this often, whatever was heard: a connection can be dead without a word.
SWEEP_S = 10.0
PAUSE_S = 1.0
APPLICATION = "bodylink-keeper"
_UID = re.compile(r"[a-z0-9-]{4,32}")
# A device's client id at this broker is its uid. One that is called like an ingest would take that ingest's session.
RESERVED_PREFIX = "bodylink-ingest-"

# One of each device: what it signs in with stays good until it is revoked or expires; then the next one's turn comes.
# A replay's is taken only where the device has none of its own, one without an entry only to say so.
_ENTRIES = """
SELECT DISTINCT ON (d.uid) d.uid, c.mosquitto_entry, extract(epoch FROM c.expires_at - now())::float8
FROM devices_credential c JOIN devices_device d ON d.id = c.device_id
WHERE d.retired_at IS NULL AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now())
ORDER BY d.uid, c.mosquitto_entry = '', c.purpose = 'replay', c.created_at, c.id
"""


@dataclass(frozen=True, slots=True)
class Listing:
    """Who may come in, and how long that stays so by itself."""

    entries: dict[str, str]
    without: frozenset[str]
    good_for_s: float


class MosquittoKeeper:
    """`platform_url`: the broker with our own account, which is written into the same file."""

    def __init__(self, *, password_file: Path, pid_file: Path, platform_url: str) -> None:
        address = urlsplit(platform_url)
        name, password = unquote(address.username or ""), unquote(address.password or "")
        if not name or not password or ":" in name or _UID.fullmatch(name):
            raise ValueError("MQTT_URL needs a user whom no device can be called, such as bodylink_platform")
        self._platform = {name: mosquitto.entry_of(password)}
        self._file, self._pid_file = password_file, pid_file
        self._written: dict[str, str] | None = None
        self._warned: frozenset[str] = frozenset()
        self._untold_since: float | None = None
        self._stop = threading.Event()

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        """Serve until stopped. While the database is away the file stays as it is, and devices go on."""
        while not self._stop.is_set():
            try:
                with psycopg.connect(ingest_conninfo(), autocommit=True, application_name=APPLICATION) as connection:
                    connection.execute(f"LISTEN {CREDENTIALS_CHANNEL}")
                    self._follow(connection)
            except (psycopg.Error, OSError) as error:
                logger.warning("the credentials wait: %s", str(error).splitlines()[:1])
                self._stop.wait(PAUSE_S)

    def _follow(self, connection: psycopg.Connection) -> None:
        due_at = 0.0
        while not self._stop.is_set():
            if time.monotonic() >= due_at:
                listing = listing_of(connection)
                self._take(listing)
                due_at = time.monotonic() + listing.good_for_s
            self._tell()
            self._beat()
            self._stop.wait(BETWEEN_RELOADS_S)
            if list(connection.notifies(timeout=min(ROUND_S, max(0.0, due_at - time.monotonic())), stop_after=1)):
                due_at = 0.0

    def _take(self, listing: Listing) -> None:
        entries = listing.entries | self._platform
        if listing.without != self._warned:
            self._warned = listing.without
            _warn(listing.without)
        if entries == self._written:
            return
        mosquitto.write(self._file, entries)
        self._written = entries
        self._untold_since = time.monotonic()
        logger.info("%d devices may come in", len(listing.entries))

    def _tell(self) -> None:
        """A broker that is away or starting is told as soon as it hears; one that starts reads the file by itself."""
        if self._untold_since is None:
            return
        if mosquitto.reload(self._pid_file):
            self._untold_since = None
        elif time.monotonic() - self._untold_since > SWEEP_S:
            self._untold_since = time.monotonic()
            logger.warning("the broker of %s has not been told for a while: is it running?", self._pid_file)

    def _beat(self) -> None:
        devices = len(self._written or {}) - len(self._platform)
        beat(told=self._untold_since is None, devices=devices, without=len(self._warned))


def listing_of(connection: psycopg.Connection) -> Listing:
    """What the file has to hold now. `connection` is the ingest role's."""
    rows = connection.execute(_ENTRIES).fetchall()
    entries = {uid: entry for uid, entry, _ in rows if entry and not uid.startswith(RESERVED_PREFIX)}
    remaining = [max(0.0, ends_in_s) for uid, _, ends_in_s in rows if ends_in_s is not None]
    without = frozenset(uid for uid, *_ in rows if uid not in entries)
    return Listing(entries, without, min([SWEEP_S, *remaining]))


def _warn(uids: frozenset[str]) -> None:
    if uids:
        logger.warning(
            "%d devices cannot sign in here: their secrets were issued before entries for Mosquitto were kept, or "
            "their uid begins like an ingest's name. Give each a new secret, or provision it anew: %s",
            len(uids),
            ", ".join(sorted(uids)[:50]),
        )
