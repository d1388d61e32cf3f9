import math

import cbor2
import numpy as np
import pytest

from apps.ingest import wire
from tests.ingest.wire.frames import a_frame, a_wave, decoded, fault_of, typed, wave_fault


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("97", "type"),
        (None, "type"),
        (True, "type"),
        ([61], "type"),
        ({"value": 61}, "type"),
        (b"61", "type"),
        (math.nan, "not_finite"),
        (math.inf, "not_finite"),
        (-math.inf, "not_finite"),
        (-1, "range"),
        (351, "range"),
        (1e300, "range"),
    ],
)
def test_a_bad_value_is_left_out(value, reason):
    assert fault_of(values={"spo2": 97.0, "heart_rate": value}) == ("heart_rate", reason)


@pytest.mark.parametrize("value", [0, 350])
def test_the_bounds_of_the_plausible_range_are_within_it(value):
    assert decoded(values={"heart_rate": value}).values == {"heart_rate": value}


def test_a_level_of_consciousness_between_two_does_not_exist():
    assert fault_of(values={"spo2": 97.0, "consciousness": 1.5}) == ("consciousness", "range")


def test_an_unknown_quantity_is_left_out_and_named():
    assert fault_of(values={"spo2": 97.0, "aura": 1}) == ("aura", "unknown_quantity")


@pytest.mark.parametrize("code", ["", "ECG", "a\x00b", "x" * 5_000, "\u202e", "naïve"])
def test_a_code_that_can_be_none_is_shown_in_safe_characters(code):
    assert fault_of(values={"spo2": 97.0, code: 1})[1] == "unknown_quantity"


def test_a_lone_surrogate_in_a_key_of_json_is_shown_in_safe_characters():
    payload = b'{"boot":"b","seq":1,"t":1,"values":{"\\ud800":1}}'
    (fault,) = wire.decode(payload).faults
    assert (fault.reason, fault.code.isascii()) == ("unknown_quantity", True)


def test_a_wave_among_the_values_is_left_out():
    assert fault_of(values={"spo2": 97.0, "ecg": 1}) == ("ecg", "form")


def test_a_value_among_the_waves_is_left_out():
    assert wave_fault(code="heart_rate") == "form"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rate": 0}, "rate"),
        ({"rate": -250}, "rate"),
        ({"rate": wire.MAX_RATE_HZ + 1}, "rate"),
        ({"rate": math.nan}, "not_finite"),
        ({"rate": "250"}, "type"),
        ({"rate": ...}, "type"),
        ({"unit": "Cel"}, "unit"),
        ({"unit": "uv"}, "unit"),
        ({"unit": 1}, "unit"),
        ({"unit": ["uV"]}, "unit"),
        ({"unit": ...}, "unit"),
        ({"scale": 0}, "scale"),
        ({"scale": math.inf}, "not_finite"),
        ({"scale": True}, "type"),
        ({"scale": 1e300}, "range"),
        ({"offset": math.nan}, "not_finite"),
        ({"offset": 1e308, "unit": "mV"}, "range"),
        ({"encoding": "delta"}, "key"),
        ({"samples": ...}, "type"),
    ],
)
def test_a_wave_with_a_bad_head_is_left_out(changes, reason):
    assert wave_fault(**changes) == reason


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        ([], "empty"),
        (None, "type"),
        ("AAAA", "type"),
        (b"\x00\x01", "type"),
        ({"0": 1}, "type"),
        ([1, None], "type"),
        ([1, True], "type"),
        ([1, "2"], "type"),
        ([[1, 2], [3, 4]], "type"),
        ([1, [2]], "type"),
        ([1.5], "type"),
        ([1, math.nan], "not_finite"),
        ([math.inf], "not_finite"),
        ([2**31], "range"),
        ([-(2**31) - 1], "range"),
        ([2**63], "range"),
        ([1.0, 2.0**40], "range"),
        (typed(69, [], "<u2"), "empty"),
        (typed(70, [2**32 - 1], "<u4"), "range"),
        (typed(71, [2**64 - 1], "<u8"), "range"),
        (typed(79, [-(2**40)], "<i8"), "range"),
        (typed(85, [0.5], "<f4"), "type"),
        (typed(86, [math.nan], "<f8"), "not_finite"),
        (typed(86, [3e9], "<f8"), "range"),
        (cbor2.CBORTag(76, b"\x01\x02"), "type"),
        (cbor2.CBORTag(83, bytes(16)), "type"),
        (cbor2.CBORTag(77, b"\x01"), "type"),
        (cbor2.CBORTag(77, [1, 2]), "type"),
        (cbor2.CBORTag(77, cbor2.CBORTag(77, b"\x01\x02")), "type"),
    ],
)
def test_a_wave_with_bad_samples_is_left_out(samples, reason):
    assert wave_fault(samples) == reason


@pytest.mark.parametrize("wave", [None, 3, "ecg", [1, 2], True])
def test_a_wave_that_is_not_a_map_is_left_out(wave):
    assert fault_of(waves={"ecg": wave}) == ("ecg", "type")


def test_a_wave_of_more_than_a_minute_is_left_out():
    assert wave_fault([1] * 601, rate=10) == "duration"


def test_a_wave_of_exactly_a_minute_is_taken():
    assert decoded(waves={"ecg": a_wave([1] * 600, rate=10)}).duration_s == 60.0


def test_a_clipped_ecg_is_a_signal_still():
    clipped = [-(2**15), 2**15 - 1] * 50
    (wave,) = decoded(waves={"ecg": a_wave(clipped, scale=2.5)}).waves
    assert wave.samples.tolist() == clipped


def test_an_ecg_of_volts_is_none():
    assert wave_fault([2_000_000], scale=1) == "range"


def test_small_counts_under_a_coarse_scale_are_judged_by_what_they_are_and_not_by_their_type():
    assert decoded(waves={"ecg": a_wave([3, -2], scale=1_000)}).faults == ()


@pytest.mark.parametrize("name", ["waves", "values"])
@pytest.mark.parametrize("section", [[], "x", 3, True])
def test_a_section_that_is_not_a_map_leaves_the_other(name, section):
    frame = decoded(**{"waves": {"ecg": a_wave([1])}, name: section})
    assert [(fault.code, fault.reason) for fault in frame.faults] == [(name, "type")]
    assert len(frame.waves) + len(frame.values) == 1


@pytest.mark.parametrize(
    ("battery", "reason"),
    [
        (81, "type"),
        ({"volts": 3.9}, "type"),
        ({"mv": "3912"}, "type"),
        ({"charging": 1}, "type"),
        ({"mv": -1}, "range"),
        ({"percent": 100.5}, "range"),
        ({"percent": math.nan}, "not_finite"),
    ],
)
def test_a_bad_battery_is_left_out(battery, reason):
    assert fault_of(battery=battery) == ("battery", reason)


def test_a_battery_may_say_only_what_it_knows():
    assert decoded(battery={"percent": 0}).battery == wire.Battery(percent=0)


def test_bad_flags_are_left_out_and_the_good_ones_kept():
    frame = decoded(flags=["lead_off", "Lead Off", 3, None])
    assert frame.flags == ("lead_off",)
    assert [fault.code for fault in frame.faults] == ["flags"]


@pytest.mark.parametrize("flags", ["lead_off", {"lead_off": True}, ["x"] * 17])
def test_flags_that_are_no_short_list_are_left_out(flags):
    assert fault_of(flags=flags) == ("flags", "type")


def test_an_unknown_key_of_the_envelope_is_named():
    assert fault_of(firmware="1.2") == ("firmware", "key")


def test_a_frame_whose_every_channel_is_bad_is_a_frame():
    frame = decoded(values={"aura": 1}, waves={"ecg": a_wave([1], rate=0)})
    assert (frame.waves, frame.values, len(frame.faults)) == ((), {}, 2)


def test_not_a_number_in_json_costs_its_channel_only():
    payload = b'{"boot":"b","seq":1,"t":1,"values":{"spo2":NaN,"heart_rate":61,"pulse_rate":1e999}}'
    frame = wire.decode(payload)
    assert frame.values == {"heart_rate": 61.0}
    assert [(fault.code, fault.reason) for fault in frame.faults] == [
        ("spo2", "not_finite"),
        ("pulse_rate", "not_finite"),
    ]


def test_an_integer_of_hundreds_of_digits_costs_its_channel_only():
    payload = b'{"boot":"b","seq":1,"t":1,"values":{"spo2":%b,"heart_rate":61}}' % (b"9" * 400)
    frame = wire.decode(payload)
    assert frame.values == {"heart_rate": 61.0}
    assert [(fault.code, fault.reason) for fault in frame.faults] == [("spo2", "range")]


def test_a_bad_sample_costs_its_wave_only():
    waves = {"ecg": a_wave([1, None]), "emg": a_wave([1, 2])}
    frame = wire.decode(cbor2.dumps(a_frame(waves=waves)))
    assert [wave.code for wave in frame.waves] == ["emg"]
    assert np.array_equal(frame.waves[0].samples, [1, 2])
