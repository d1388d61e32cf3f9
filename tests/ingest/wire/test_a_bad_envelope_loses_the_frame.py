import math

import cbor2
import pytest

from apps.ingest import wire
from tests.ingest.wire.frames import a_frame, assert_printable, decoded


def reason_of(**changes):
    frame = {key: value for key, value in a_frame(**changes).items() if value is not ...}
    with pytest.raises(wire.WireError) as refusal:
        wire.decode(cbor2.dumps(frame))
    assert_printable(refusal.value.detail)
    return refusal.value.reason


@pytest.mark.parametrize("boot", [..., None, 9, "", "x" * 33, "a b", "a\n", "é", b"9f3a61c0", ["a"]])
def test_a_boot_is_a_short_plain_text(boot):
    assert reason_of(boot=boot) == "boot"


@pytest.mark.parametrize("boot", ["0", "9f3a61c0", "A-Z_9", "x" * 32])
def test_such_boots_are_taken(boot):
    assert decoded(boot=boot).boot == boot


@pytest.mark.parametrize("seq", [..., None, -1, 2**53, 2**63, 1.0, "1", True, math.nan])
def test_a_seq_is_an_integer_below_two_to_the_53(seq):
    assert reason_of(seq=seq) == "seq"


@pytest.mark.parametrize("seq", [0, 2**53 - 1])
def test_the_first_and_last_seq_are_taken(seq):
    assert decoded(seq=seq).seq == seq


@pytest.mark.parametrize("oldest", [-1, 813, 1.5, "3", False])
def test_the_oldest_frame_held_is_not_younger_than_this_one(oldest):
    assert reason_of(seq=812, oldest=oldest) == "oldest"


@pytest.mark.parametrize("oldest", [0, 812])
def test_the_oldest_frame_held_may_be_this_one(oldest):
    assert decoded(seq=812, oldest=oldest).oldest == oldest


@pytest.mark.parametrize("oldest", [..., None])
def test_a_device_need_not_say_what_it_holds(oldest):
    frame = {key: value for key, value in a_frame(oldest=oldest).items() if value is not ...}
    assert wire.decode(cbor2.dumps(frame)).oldest is None


@pytest.mark.parametrize("t", [..., None, "now", True, math.nan, math.inf, 1763600000250, -1e6, 1e300, [1]])
def test_a_time_is_in_epoch_seconds(t):
    assert reason_of(t=t) == "time"


@pytest.mark.parametrize("t", [0, 3.5, -3_600, 4_102_444_800, 253_000_000_000])
def test_a_clock_of_1970_or_of_the_far_future_is_judged_later(t):
    assert decoded(t=t).t == t


@pytest.mark.parametrize("node", [3, "", "abc", "x" * 33, "Chest-1", "a/b/#", "chest_1"])
def test_a_node_is_named_by_its_uid(node):
    assert reason_of(node=node) == "node"


def test_a_frame_without_a_node_is_the_device_s_own():
    assert decoded(node=None).node is None


@pytest.mark.parametrize("split", [0, 1, 32, 33])
def test_33_channels_are_too_many_however_they_are_divided(split):
    waves = {f"wave_{number}": {} for number in range(split)}
    values = {f"value_{number}": 1 for number in range(33 - split)}
    assert reason_of(waves=waves, values=values) == "channels"


def test_32_channels_are_taken():
    assert len(decoded(values={f"value_{number}": 1 for number in range(32)}).faults) == 32


def test_an_envelope_of_many_keys_is_none():
    assert reason_of(**{f"key_{number}": 1 for number in range(13)}) == "keys"


def test_an_empty_frame_is_a_sign_of_life():
    frame = decoded(values=None, waves=None, battery=None, flags=None)
    assert (frame.waves, frame.values, frame.battery, frame.flags, frame.faults) == ((), {}, None, (), ())
    assert frame.duration_s == 0.0
