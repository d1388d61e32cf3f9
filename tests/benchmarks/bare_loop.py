"""The bare loop: what the same work costs with nothing around it. Frames from the same broker are decoded, inserted
into the same table, committed, acknowledged to the broker. No ledger, no checks, no roll-ups, no publishing."""

import queue
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from struct import Struct
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import cbor2
import paho.mqtt.client as mqtt
import psycopg

from apps.devices.broker import client_for
from apps.ingest.subscriber import QOS, TOPIC
from apps.readings.quantities import REGISTER
from tests.benchmarks.progress import Progress

CLIENT_ID = "bodylink-bare-loop"
BATCH = 1_000
_BLOCK, _WAVE = Struct("<BBH"), Struct("<HBBIddd")

# As apps/ingest/frames.py inserts, without what that needs to know first.
_INSERT = """
INSERT INTO readings_frame (organization_id, device_id, patient_id, boot, seq, t, device_t, received_at, duration_s,
                            origin, waves, value_codes, value_numbers, flags)
SELECT o, d, p, boot, seq, to_timestamp(t), t, to_timestamp(received), 1, 0, waves, codes::smallint[],
       numbers::double precision[], '{}'
FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::bigint[], %b::double precision[],
            %b::double precision[], %b::bytea[], %s::text[], %s::text[])
  AS row (o, d, p, boot, seq, t, received, waves, codes, numbers)
"""

Owner = tuple[UUID, UUID, UUID]
"""Organization, device and patient."""


def run(mqtt_url: str, database_url: str, owners: Mapping[str, Owner], progress_path: Path) -> None:
    """Serve until the process is ended; the count in `progress_path` is of what was committed."""
    progress = Progress(progress_path)
    arrived: queue.SimpleQueue[mqtt.MQTTMessage] = queue.SimpleQueue()
    address = urlsplit(mqtt_url)
    client = client_for(mqtt_url, client_id=CLIENT_ID, clean_session=True, manual_ack=True)
    client.on_connect = lambda *_: client.subscribe(TOPIC, QOS)
    client.on_message = lambda _client, _data, message: arrived.put(message)
    client.connect(address.hostname or "", address.port or 1883)
    client.loop_start()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT bodylink_make_partitions(%s)", [datetime.now(UTC).date()])
        while True:
            batch = [arrived.get()]
            while len(batch) < BATCH and not arrived.empty():
                batch.append(arrived.get())
            connection.execute(_INSERT, _columns(batch, owners))
            for message in batch:
                client.ack(message.mid, QOS)
            progress.count += len(batch)


def _columns(batch: Sequence[mqtt.MQTTMessage], owners: Mapping[str, Owner]) -> list[Any]:
    now = datetime.now(UTC).timestamp()
    rows = [_row(cbor2.loads(message.payload), owners, now) for message in batch]
    return [list(column) for column in zip(*rows, strict=True)]


def _row(frame: dict[str, Any], owners: Mapping[str, Owner], now: float) -> tuple[Any, ...]:
    values = frame["values"]
    codes = "{" + ",".join([str(REGISTER[code].number) for code in values]) + "}"
    numbers = "{" + ",".join(map(repr, values.values())) + "}"
    return *owners[frame["node"]], frame["boot"], frame["seq"], frame["t"], now, _block(frame["waves"]), codes, numbers


def _block(waves: dict[str, Any]) -> bytes:
    heads = [
        _WAVE.pack(REGISTER[code].number, 0, 0, len(w["samples"].value) // 2, w["rate"], w["scale"], w["offset"])
        for code, w in waves.items()
    ]
    return b"".join((_BLOCK.pack(1, len(waves), 0), *heads, *(wave["samples"].value for wave in waves.values())))
