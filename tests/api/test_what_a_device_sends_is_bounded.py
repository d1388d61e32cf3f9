"""Requests that are too large, of no known form, or one of a flood of rubbish: refused or bounded, and said so."""

import random

import pytest

from apps.ingest.http.bodies import MAX_BODY_BYTES, MAX_FRAMES, divide
from apps.ingest.quarantine import MAX_PAYLOADS_PER_DEVICE
from tests.api.by_http import FRAMES, HttpDevice, http_device
from tests.api.checks import is_problem
from tests.ingest.batches import frame, stored
from tests.personas import World

JSON, NDJSON, CBOR = "application/json", "application/x-ndjson", "application/cbor"


@pytest.fixture
def node(world: World) -> HttpDevice:
    return http_device(world.north, world.north.alice)


def test_a_body_that_is_too_large(node: HttpDevice) -> None:
    assert is_problem(node.post(FRAMES, b"{" + b" " * MAX_BODY_BYTES), 413)["type"].endswith("too-large")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"[" + b"1," * MAX_FRAMES + b"1]", JSON),
        (b"1\n" * (MAX_FRAMES + 1), NDJSON),
        (b"\xa0" * (MAX_FRAMES + 1), CBOR),
    ],
)
def test_more_frames_than_a_request_may_have(node: HttpDevice, body: bytes, media_type: str) -> None:
    is_problem(node.post(FRAMES, body, media_type), 413)
    assert stored("SELECT count(*) FROM ingest_quarantined") == [(0,)]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_form_that_is_not_known(node: HttpDevice, media_type: str) -> None:
    is_problem(node.post(FRAMES, frame(0), media_type), 415)


def test_a_body_that_is_compressed(node: HttpDevice) -> None:
    is_problem(node.post(FRAMES, b"\x1f\x8b", JSON, **{"Content-Encoding": "gzip"}), 415)


@pytest.mark.parametrize("body", [b"  ", b"[]", b"[1", b"[1,", b"[1 2]", b"7", b'"x"', b"[" * 100_000, b"\xff["])
def test_a_body_that_cannot_be_divided_is_refused_whole(node: HttpDevice, body: bytes) -> None:
    is_problem(node.post(FRAMES, body), 400)
    assert stored("SELECT count(*) FROM ingest_quarantined") == [(0,)]


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_there_is_nothing_but_to_send(node: HttpDevice, method: str) -> None:
    answer = getattr(node.client, method)(FRAMES, headers=node.headers)
    assert is_problem(answer, 405)
    assert answer["Allow"] == "POST"


def test_a_flood_of_rubbish_fills_no_table(node: HttpDevice) -> None:
    noise, answers = random.Random(1), []
    for _ in range(5):
        answers.append(node.sends(b"\n".join(b"{" + noise.randbytes(20).hex().encode() for _ in range(100)), NDJSON))
    assert stored("SELECT count(*) FROM ingest_quarantined WHERE reason <> 'overflow'") == [(MAX_PAYLOADS_PER_DEVICE,)]
    assert stored("SELECT count FROM ingest_quarantined WHERE reason = 'overflow'") == [(300,)]
    assert {held["reason"] for held in answers[0]["quarantined"]} == {"json"}
    assert {held["reason"] for held in answers[-1]["quarantined"]} == {"overflow"}


def test_a_frame_for_which_there_is_no_room_is_not_confirmed(node: HttpDevice) -> None:
    frames = [frame(seq, t=12.0) for seq in range(MAX_PAYLOADS_PER_DEVICE + 2)]
    told = node.sends(frames)
    assert told["acknowledged"] == [{"boot": frames[0]["boot"], "upto": MAX_PAYLOADS_PER_DEVICE - 1, "also": []}]
    assert [held["reason"] for held in told["quarantined"]] == ["clock"] * MAX_PAYLOADS_PER_DEVICE + ["overflow"] * 2


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (b"\xa0\xa0", [b"\xa0", b"\xa0"]),
        (b"\x82\xa0\xa0", [b"\xa0", b"\xa0"]),
        (b"\x81\xa0\xa0", [b"\xa0", b"\xa0"]),
        (b"\x83\xa0\xa0", [b"\xa0", b"\xa0"]),
        (b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff\xa0", [b"\xa0"]),
        (b"\xbf\xff\xa0", [b"\xbf\xff\xa0"]),
        (b"\x9f\xa0\xff", [b"\x9f\xa0\xff"]),
        (b"\xa0\xa1\x61", [b"\xa0", b"\xa1\x61"]),
        (b"\xa1\x61a\x5b\xff\xff\xff\xff\xff\xff\xff\xff", [b"\xa1\x61a\x5b\xff\xff\xff\xff\xff\xff\xff\xff"]),
        (b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", [b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff"]),
        (b"\x99\x01", [b"\x99\x01"]),
    ],
)
def test_cbor_that_claims_more_than_it_has_loses_no_byte(body: bytes, parts: list[bytes]) -> None:
    assert divide(body, CBOR) == parts
