import json
import random

import cbor2
import pytest
from cbor2 import CBORTag
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ingest import wire
from tests.ingest.wire.frames import a_frame, a_wave, assert_printable, typed

GOOD_CBOR = cbor2.dumps(a_frame(waves={"ecg": a_wave(typed(77, range(250), "<i2"))}, flags=["lead_off"]))
GOOD_JSON = json.dumps(a_frame(waves={"ecg": a_wave(list(range(250)))}, flags=["lead_off"])).encode()


def reason_of(payload):
    with pytest.raises(wire.WireError) as refusal:
        wire.decode(payload)
    assert_printable(refusal.value.detail)
    assert refusal.value.reason in wire.FRAME_REASONS
    return refusal.value.reason


def taken_or_refused(payload):
    """Whether the payload is a frame; any other exception than the one of the contract fails the test."""
    identity = wire.identify(payload)
    try:
        frame = wire.decode(payload)
    except wire.WireError as error:
        refusal = error
    else:
        refusal = None
    if refusal is not None:
        assert refusal.reason in wire.FRAME_REASONS
        assert_printable(refusal.detail)
        return False
    assert identity == frame.identity
    for fault in frame.faults:
        assert fault.reason in wire.CHANNEL_REASONS
        assert_printable(fault.code + fault.detail)
    return True


def test_no_bytes():
    assert reason_of(b"") == "empty"


def test_one_byte_too_many():
    payload = b'{"boot":"b","seq":1,"t":1}'
    assert wire.decode(payload.ljust(wire.MAX_FRAME_BYTES)).seq == 1
    assert reason_of(payload.ljust(wire.MAX_FRAME_BYTES + 1)) == "size"


@pytest.mark.parametrize(
    "payload", [b"[1]", b"\x81\x01", b"\x00", b"\xff", b"hello", b'"x"', b"\xd9\xd9\xf7\xa0", b"\xef\xbb\xbf{}"]
)
def test_what_begins_neither_an_object_nor_a_map(payload):
    assert reason_of(payload) == "format"


@pytest.mark.parametrize("payload", [b" 1", b"\n[]", b" null", b' "x"'])
def test_json_that_is_not_an_object(payload):
    assert reason_of(payload) == "json"


@pytest.mark.parametrize(
    "payload",
    [
        b"{",
        b"{}{}",
        b'{"a":1,}',
        b'{"a":}',
        b"{'a':1}",
        b'{"a":"\xff"}',
        b'{\x00"\x00a\x00',
        b'{"seq":' + b"9" * 5_000 + b"}",
        b'{"a":01}',
    ],
)
def test_json_that_is_none(payload):
    assert reason_of(payload) == "json"


@pytest.mark.parametrize(
    "payload",
    [
        b"\xa1",
        b"\xa1\x61a",
        b"\xbb" + b"\xff" * 8,
        b"\xa1\x61a\x9b" + b"\xff" * 8,
        b"\xa1\x61a\x5b" + b"\xff" * 8,
        b"\xa1\x61a\x7b\x00\x00\x00\xff\xff\xff\xff\xff",
        b"\xa1\x62\xff\xff\x01",
        b"\xa1\x01\x02",
        b"\xa1\xa1\x01\x02\x03",
        b"\xa1\x61a\xff",
        b"\xa1\x61a\x1c",
    ],
)
def test_cbor_that_is_none_or_promises_more_than_it_has(payload):
    assert reason_of(payload) == "cbor"


@pytest.mark.parametrize("cut", range(1, len(GOOD_CBOR), 7))
def test_a_frame_cut_short_is_refused(cut):
    assert reason_of(GOOD_CBOR[:-cut]) in {"cbor", "empty"}


@pytest.mark.parametrize("extra", [b"\x00", b"\xa0", GOOD_CBOR])
def test_bytes_behind_a_frame_are_refused(extra):
    assert reason_of(GOOD_CBOR + extra) == "cbor"


@pytest.mark.parametrize(
    "indefinite",
    [
        b"\xbf\x64boot\x61a\xff",
        b"\xa1\x64boot\x7f\x61a\x61b\xff",
        b"\xa1\x65flags\x9f\x61a\xff",
        b"\xa1\x61a\x5f\x41a\xff",
        b"\xbf" * 100_000,
        b"\xa1\x61a" + b"\x9f" * 200_000,
    ],
)
def test_indefinite_lengths_are_refused(indefinite):
    assert reason_of(indefinite) == "cbor"


TAGS = (*range(64), 76 + 12, *range(88, 300), 1004, 40_000, 43_000, 55_799, 2**32, 2**64 - 1)


@pytest.mark.parametrize("content", [1, "2020-01-01", b"\x01", [1, 2], {"a": 1}, None])
def test_no_tag_but_those_of_typed_arrays_is_taken_wherever_it_stands(content):
    for tag in TAGS:
        assert reason_of(cbor2.dumps(a_frame(ignored=CBORTag(tag, content)))) in {"tag", "cbor"}
        assert reason_of(cbor2.dumps(a_frame(values={"spo2": CBORTag(tag, content)}))) in {"tag", "cbor"}


def test_a_refused_tag_is_called_so():
    assert reason_of(cbor2.dumps(a_frame(t=CBORTag(1, 1763600000)))) == "tag"


def test_a_cycle_of_shared_references_is_refused():
    assert reason_of(b"\xd8\x1c\xa1\x61a\xd8\x1d\x00") == "format"
    assert reason_of(b"\xa1\x61a\xd8\x1c\x81\xd8\x1d\x00") == "tag"


@pytest.mark.parametrize("depth", [20, 1_000, 200_000])
def test_deep_nesting_is_refused_in_both_formats(depth):
    assert reason_of(b'{"a":' + b"[" * depth) == "nesting"
    assert reason_of(b'{"a":' * min(depth, 40_000)) == "nesting"
    assert reason_of(b"\xa1\x61a" + b"\x81" * depth) == "nesting"
    assert reason_of(b"\xa1\x61a" + b"\xd8\x4d" * min(depth, 120_000)) == "nesting"


@pytest.mark.parametrize(
    "payload",
    [
        b'{"boot":"b","seq":1,"seq":1,"t":1}',
        b'{"boot":"b","seq":1,"t":1,"values":{"spo2":97,"spo2":98}}',
        b'{"boot":"b","seq":1,"t":1,"values":{"spo2":97,"\\u0073po2":98}}',
        b'{"boot":"b","seq":1,"t":1,"waves":{"ecg":{"rate":250,"rate":500}}}',
        b'{"boot":"b","seq":1,"t":1,"waves":{"ecg":{},"ecg":{}}}',
        b'{"boot":"b","seq":1,"t":1,"flags":[{"a":1,"a":2}]}',
        b'{"boot":"b","seq":1,"t":1,"a:b":1,"a:b":2}',
        b"\xa2\x63seq\x01\x63seq\x02",
        b"\xa1\x66values\xa2\x64spo2\x01\x64spo2\x02",
    ],
)
def test_a_key_that_stands_twice_is_refused_at_any_depth(payload):
    assert reason_of(payload) == "duplicate_key"


@pytest.mark.parametrize("key", ["k" * 5_000, "\x00\n", "\u202e"])
def test_a_reason_that_quotes_a_key_quotes_it_safely(key):
    twice = cbor2.dumps(key) + b"\x01"
    assert reason_of(b"\xa2" + twice + twice) == "duplicate_key"
    twice = json.dumps(key).encode() + b":1"
    assert reason_of(b"{" + twice + b"," + twice + b"}") == "duplicate_key"


def test_a_colon_within_a_text_is_no_second_key():
    assert wire.decode(b'{"boot":"b","seq":1,"t":1,"flags":["a:b"]}').seq == 1


def test_a_map_of_very_many_keys_is_refused():
    keys = {f"k{number}": 0 for number in range(20_000)}
    assert reason_of(json.dumps(keys).encode()) == "keys"
    assert reason_of(cbor2.dumps(keys)) == "keys"
    repeated = b'{"a":1,' + json.dumps(keys).encode()[1:-1] + b',"a":2}'
    assert reason_of(repeated) == "duplicate_key"


def test_a_huge_array_costs_its_channel_only():
    zeros = b"0," * 120_000 + b"0"
    payload = (
        b'{"boot":"b","seq":1,"t":1,"values":{"spo2":97},"waves":{"ecg":{"rate":250,"unit":"uV","samples":[%b]}}}'
        % zeros
    )
    frame = wire.decode(payload)
    assert [fault.reason for fault in frame.faults] == ["duration"]
    assert frame.values == {"spo2": 97.0}


def test_ten_thousand_random_and_spoiled_payloads_are_taken_or_refused():
    chance = random.Random(20_251_120)
    refused = 0
    for number in range(10_000):
        refused += not taken_or_refused(spoiled(chance, number % 5))
    assert refused > 5_000


def spoiled(chance, kind):
    good = bytearray(GOOD_CBOR if chance.random() < 0.5 else GOOD_JSON)
    if kind == 0:
        return chance.randbytes(chance.randrange(400))
    if kind == 1:
        first = bytes([chance.choice((0x7B, 0xA3, 0xB8, 0xBF, 0xA9))])
        return first + chance.randbytes(chance.randrange(200))
    if kind == 2:
        return bytes(good[: chance.randrange(len(good))])
    if kind == 3:
        for _ in range(chance.randrange(1, 8)):
            good[chance.randrange(len(good))] = chance.randrange(256)
        return bytes(good)
    start = chance.randrange(len(good))
    del good[start : start + chance.randrange(1, 20)]
    return bytes(good)


ATOMS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=16)
)
TREES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=6) | st.sampled_from(["rate", "unit", "scale", "samples", "mv"]), inner, max_size=4
        )
        | st.builds(CBORTag, st.sampled_from([64, 69, 76, 77, 78, 81, 83, 87]), inner)
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(["boot", "seq", "oldest", "t", "waves", "values", "battery", "flags", "node", "other"])
CODES = st.sampled_from(["ecg", "ppg_red", "spo2", "consciousness", "x"])


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(KEYS, TREES), st.dictionaries(CODES, TREES, max_size=3), st.dictionaries(CODES, TREES, max_size=3)
)
def test_any_tree_is_taken_or_refused(changes, waves, values):
    taken_or_refused(cbor2.dumps(changes))
    taken_or_refused(cbor2.dumps({**a_frame(waves=waves, values=values), **changes}))


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(CODES, st.fixed_dictionaries({"rate": TREES, "unit": st.just("uV"), "samples": TREES}), max_size=3)
)
def test_any_wave_is_taken_or_left_out(waves):
    assert taken_or_refused(cbor2.dumps(a_frame(waves=waves)))


JSON_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, JSON_TREES))
def test_any_object_is_taken_or_refused(changes):
    taken_or_refused(json.dumps({**a_frame(), **changes}).encode())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=64), st.sampled_from([b"{", b"\xa4", b'{"boot":', b"\xa9\x64boot\x61b\x63seq\x01\x61t\x01"]))
def test_any_bytes_are_taken_or_refused(rest, first):
    taken_or_refused(first + rest)
