import math

import cbor2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ingest import wire
from apps.readings.quantities import REGISTER, Form
from apps.readings.units import ACCEPTED_UNITS
from apps.readings.waves import physical
from tests.ingest.wire.frames import a_frame, a_wave, meaning

COUNTS = st.lists(st.integers(-(2**31), 2**31 - 1) | st.integers(-(2**15), 2**15 - 1), min_size=1, max_size=40)
WAVE_CODES = sorted(code for code, quantity in REGISTER.items() if quantity.form is Form.WAVE)
VALUE_CODES = sorted(code for code, quantity in REGISTER.items() if quantity.form is Form.VALUE)


@st.composite
def waves(draw):
    codes = draw(st.lists(st.sampled_from(WAVE_CODES), unique=True, max_size=4))
    return {
        code: {
            "rate": draw(st.integers(1, 20_000) | st.floats(1, 20_000)),
            "unit": REGISTER[code].unit,
            "scale": draw(st.sampled_from([1e-6, -1e-5, 2.0**-20])),
            "offset": draw(st.floats(-100, 100)),
            "samples": draw(COUNTS),
        }
        for code in codes
    }


@st.composite
def values(draw):
    codes = draw(st.lists(st.sampled_from(VALUE_CODES), unique=True, max_size=8))
    return {code: draw(value_of(REGISTER[code])) for code in codes}


def value_of(quantity):
    return (
        st.sampled_from(sorted(quantity.categories)) if quantity.categories else st.floats(quantity.low, quantity.high)
    )


FRAMES = st.fixed_dictionaries(
    {
        "boot": st.from_regex(r"[A-Za-z0-9_-]{1,32}", fullmatch=True),
        "seq": st.integers(0, wire.MAX_SEQ),
        "t": st.floats(0, 4e9),
        "waves": waves(),
        "values": values(),
        "flags": st.lists(st.from_regex(r"[a-z0-9_]{1,32}", fullmatch=True), max_size=16),
        "battery": st.fixed_dictionaries(
            {"mv": st.integers(0, 65_535), "percent": st.floats(0, 100), "charging": st.booleans()}
        ),
    },
    optional={"node": st.from_regex(r"[a-z0-9-]{4,32}", fullmatch=True), "oldest": st.just(0)},
)


@settings(max_examples=200, deadline=None)
@given(FRAMES)
def test_a_frame_comes_back_as_it_was_sent_in_both_formats(frame):
    sent = {"oldest": None, "node": None, "faults": [], **frame}
    for cbor in (True, False):
        assert meaning(wire.decode(wire.encode(frame, cbor=cbor))) == sent


@settings(max_examples=200, deadline=None)
@given(FRAMES)
def test_json_and_cbor_give_the_same_frame(frame):
    assert wire.decode(wire.encode(frame, cbor=False)) == wire.decode(wire.encode(frame, cbor=True))


@settings(max_examples=200, deadline=None)
@given(COUNTS)
def test_samples_are_kept_in_the_smallest_type_that_holds_them(counts):
    expected = next(
        dtype
        for dtype in (np.int16, np.uint16, np.int32)
        if np.iinfo(dtype).min <= min(counts) and max(counts) <= np.iinfo(dtype).max
    )
    for cbor in (True, False):
        frame = a_frame(waves={"ecg": a_wave(counts, scale=1e-6)})
        (wave,) = wire.decode(wire.encode(frame, cbor=cbor)).waves
        assert wave.samples.dtype == expected


@pytest.mark.parametrize(("counts", "tag"), [([1, -2], 77), ([1, 50_000], 69), ([-1, 50_000], 78), ([70_000], 78)])
def test_cbor_carries_them_as_the_typed_array_of_that_type(counts, tag):
    sent = wire.encode(a_frame(waves={"ppg_red": a_wave(counts, unit="1")}), cbor=True)
    assert cbor2.loads(sent)["waves"]["ppg_red"]["samples"].tag == tag
    assert wire.decode(sent).waves[0].samples.tolist() == counts


def test_samples_of_cbor_are_read_in_place():
    (wave,) = wire.decode(wire.encode(a_frame(waves={"ecg": a_wave([1, 2])}), cbor=True)).waves
    assert not wave.samples.flags.owndata


@pytest.mark.parametrize("unit", sorted(unit for code, unit in ACCEPTED_UNITS if code == "ecg"))
def test_another_unit_changes_scale_and_offset_and_no_sample(unit):
    conversion = ACCEPTED_UNITS["ecg", unit]
    sent = a_wave([10, -20], unit=unit, scale=0.5 / conversion.scale, offset=3 / conversion.scale)
    (wave,) = wire.decode(wire.encode(a_frame(waves={"ecg": sent}), cbor=True)).waves
    assert wave.unit == "uV"
    assert wave.samples.tolist() == [10, -20]
    assert physical(wave) == pytest.approx([8.0, -7.0])


def test_a_wave_without_scale_and_offset_is_sent_as_it_is():
    sent = {"rate": 250, "unit": "uV", "samples": [10, -20]}
    (wave,) = wire.decode(wire.encode(a_frame(waves={"ecg": sent}), cbor=False)).waves
    assert physical(wave).tolist() == [10.0, -20.0]


def test_the_longest_wave_is_the_length_of_the_frame():
    sent = {"ecg": a_wave([0] * 250), "emg": a_wave([0] * 500, rate=1_000)}
    assert wire.decode(wire.encode(a_frame(waves=sent), cbor=True)).duration_s == 1.0


@pytest.mark.parametrize("cbor", [True, False])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_the_encoder_writes_no_value_that_json_could_not(cbor, value):
    with pytest.raises(ValueError, match="spo2"):
        wire.encode(a_frame(values={"spo2": value}), cbor=cbor)


@pytest.mark.parametrize("samples", [[1.5], [[1, 2]], [2**40], np.array([0.25])])
def test_the_encoder_writes_whole_counts_only(samples):
    with pytest.raises(ValueError):  # noqa: PT011 - three ways to be wrong, one exception
        wire.encode(a_frame(waves={"ecg": a_wave(samples)}), cbor=True)
