import json

import cbor2
import pytest
from cbor2 import CBORTag

from apps.ingest import wire
from tests.ingest.wire.frames import a_frame

BAD = {
    "a time beyond the calendar": {"t": 1e300},
    "no time": {"t": None},
    "an oldest beyond seq": {"oldest": 10**6},
    "too many channels": {"values": {f"v{number}": 1 for number in range(40)}},
    "too many keys": {f"key_{number}": 1 for number in range(40)},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD.keys())
def test_a_bad_envelope_still_says_which_frame_it_is(changes):
    frame = a_frame(node="chest-0a1b", **changes)
    for payload in (json.dumps(frame).encode(), cbor2.dumps(frame)):
        with pytest.raises(wire.WireError):
            wire.decode(payload)
        assert wire.identify(payload) == ("9f3a61c0", 812, "chest-0a1b")


@pytest.mark.parametrize(
    "payload",
    [
        cbor2.dumps(a_frame(when=CBORTag(1, 5))),
        cbor2.dumps(a_frame(when=CBORTag(4_711, {"a": 1}))),
        cbor2.dumps(CBORTag(55_799, a_frame())),
        cbor2.dumps(a_frame()) + b"\x00",
        cbor2.dumps(a_frame(), indefinite_containers=True),
        json.dumps(a_frame(x="y" * wire.MAX_FRAME_BYTES)).encode(),
        cbor2.dumps(a_frame(x="y" * wire.MAX_FRAME_BYTES)),
    ],
    ids=["date", "tag", "self-described", "trailing", "indefinite", "large json", "large cbor"],
)
def test_cbor_that_is_refused_for_its_spelling_and_large_frames_say_which_frame_they_are(payload):
    with pytest.raises(wire.WireError):
        wire.decode(payload)
    assert wire.identify(payload) == ("9f3a61c0", 812, None)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"hello",
        b"\xa1",
        b'{"boot":"b","seq":1',
        b'{"boot":"b","seq":1,"seq":2,"t":0}',
        b"\xa3\x64boot\x61b\x63seq\x01\x63seq\x02",
        json.dumps(a_frame(seq=-1)).encode(),
        json.dumps(a_frame(boot="")).encode(),
        json.dumps(a_frame(node="#")).encode(),
        json.dumps([a_frame()]).encode(),
        json.dumps(a_frame(x="y" * 4 * wire.MAX_FRAME_BYTES)).encode(),
    ],
)
def test_what_does_not_say_which_frame_it_is_is_not_guessed(payload):
    assert wire.identify(payload) is None
