"""`POST /api/v1/frames/`: the frames of MQTT in whatever form, stored, and acknowledged in the answer."""

import msgspec
import pytest

from apps.core.tenancy import bind
from apps.devices.models import DeviceStatus
from apps.ingest.wire import encode
from tests.api.by_http import HttpDevice, acknowledged, http_device
from tests.ingest.batches import BOOT, device, frame, seqs_of, stored
from tests.personas import World

JSON, NDJSON, CBOR = "application/json", "application/x-ndjson", "application/cbor"


@pytest.fixture
def node(world: World) -> HttpDevice:
    return http_device(world.north, world.north.alice)


def as_json(*seqs: int) -> list[bytes]:
    return [encode(frame(seq), cbor=False) for seq in seqs]


def as_cbor(*seqs: int) -> list[bytes]:
    return [encode(frame(seq), cbor=True) for seq in seqs]


def array(items: list[bytes]) -> bytes:
    return b"[" + b", ".join(items) + b"]"


def test_one_frame_is_stored_for_whom_the_device_is_on(world: World, node: HttpDevice) -> None:
    told = node.sends(frame(0))
    assert told == {"acknowledged": [acknowledged(BOOT, 0)], "quarantined": []}
    query = "SELECT organization_id, device_id, patient_id, boot, seq FROM readings_frame"
    assert stored(query) == [(world.north.id, node.device.pk, world.north.alice.pk, BOOT, 0)]


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (array(as_json(0, 1, 2)), JSON),
        (b" \n[" + b"\n,\t".join(as_json(0, 1, 2)) + b" ]\r\n", "application/json; charset=utf-8"),
        (b"\n".join(as_json(0, 1, 2)), NDJSON),
        (b"\r\n\r\n".join(as_json(0, 1, 2)) + b"\r\n\n", NDJSON),
        (b"".join(as_cbor(0, 1, 2)), CBOR),
        (b"".join(as_cbor(0, 1, 2)), "application/cbor-seq"),
        (b"\x83" + b"".join(as_cbor(0, 1, 2)), CBOR),
        (b"\x99\x00\x03" + b"".join(as_cbor(0, 1, 2)), CBOR),
    ],
)
def test_many_are_told_apart_in_every_form(node: HttpDevice, body: bytes, media_type: str) -> None:
    assert node.sends(body, media_type) == {"acknowledged": [acknowledged(BOOT, 2)], "quarantined": []}
    assert seqs_of(node.device.pk) == [0, 1, 2]


def test_a_number_that_json_does_not_know_costs_its_channel_and_no_frame(node: HttpDevice) -> None:
    bad = as_json(1)[0].replace(b"33.4", b"NaN")
    told = node.sends(array([*as_json(0), bad, *as_json(2)]))
    assert told["acknowledged"] == [acknowledged(BOOT, 2)]
    [held] = told["quarantined"]
    assert (held["index"], held["seq"], held["reason"]) == (1, 1, "channel-not_finite")
    assert seqs_of(node.device.pk) == [0, 1, 2]


def test_the_answer_tells_what_the_ledger_holds_and_where_it_has_a_gap(node: HttpDevice) -> None:
    node.sends(array(as_json(0, 1, 5)))
    assert node.sends(array(as_json(1, 3)))["acknowledged"] == [acknowledged(BOOT, 1, (3, 5))]


def test_each_boot_is_answered(node: HttpDevice) -> None:
    frames = [frame(0), frame(7, boot="other", oldest=7)]
    told = node.sends(array([msgspec.json.encode(content) for content in frames]))
    assert told["acknowledged"] == [acknowledged(BOOT, 0), acknowledged("other", 7)]


def test_a_hub_sends_its_nodes_frames_and_is_told_of_them(world: World) -> None:
    hub, node = http_device(world.north), device(world.north, world.north.alice)
    with bind(world.north.id):
        node.hub = hub.device
        node.save()
    told = hub.sends([frame(0), frame(0, node=node.uid), frame(1, node=node.uid)])
    assert sorted(told["acknowledged"], key=str) == sorted(
        [acknowledged(BOOT, 0), acknowledged(BOOT, 1, node=node.uid)], key=str
    )
    assert seqs_of(node.pk) == [0, 1]


def test_how_the_device_is_is_known_from_its_last_request(world: World, node: HttpDevice) -> None:
    node.sends(frame(3, battery={"percent": 41}, flags=["lead_off"]))
    with bind(world.north.id):
        status = DeviceStatus.objects.get(device=node.device)
    assert (status.last_frame_seq, status.battery_percent, status.flags) == (3, 41.0, ["lead_off"])


def test_what_is_not_taken_is_in_quarantine_and_said_to_be(node: HttpDevice) -> None:
    lines = [*as_json(0), b"rubbish", *as_json(1), b'{"boot":"b1","seq":4,"t":"noon"}']
    told = node.sends(b"\n".join(lines), NDJSON)
    assert told["acknowledged"] == [acknowledged(BOOT, 1), acknowledged("b1", -1, (4,))]
    assert [(held["index"], held["boot"], held["seq"], held["reason"]) for held in told["quarantined"]] == [
        (1, None, None, "format"),
        (3, "b1", 4, "time"),
    ]
    assert stored("SELECT reason FROM ingest_quarantined ORDER BY 1") == [("format",), ("time",)]


def test_a_frame_that_names_another_patient_or_tenant_changes_nothing(world: World, node: HttpDevice) -> None:
    node.sends(frame(0, organization=str(world.south.id), patient=str(world.south.alice.pk)))
    assert stored("SELECT organization_id, patient_id FROM readings_frame") == [(world.north.id, world.north.alice.pk)]
