import random
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.readings.quantities import REGISTER, Form
from apps.readings.waves import SAMPLE_DTYPES, Wave, narrowest, pack, physical, unpack

CODES = sorted(code for code, quantity in REGISTER.items() if quantity.form is Form.WAVE)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def a_wave(samples=(12, 14, -3), *, code="ecg", dtype="<i2", rate_hz=250.0, unit=None, scale=2.5, offset=0.0):
    return Wave(code, rate_hz, REGISTER[code].unit if unit is None else unit, scale, offset, np.array(samples, dtype))


@st.composite
def any_wave(draw):
    dtype = draw(st.sampled_from(SAMPLE_DTYPES))
    info = np.iinfo(dtype)
    return a_wave(
        draw(st.lists(st.integers(int(info.min), int(info.max)), max_size=20)),
        code=draw(st.sampled_from(CODES)),
        dtype=dtype,
        rate_hz=draw(st.floats(1e-3, 1e5)),
        scale=draw(FINITE.filter(bool)),
        offset=draw(FINITE),
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(any_wave(), max_size=6))
def test_what_is_packed_is_unpacked(waves):
    unpacked = unpack(pack(waves))
    assert unpacked == tuple(waves)
    assert [wave.samples.dtype for wave in unpacked] == [wave.samples.dtype for wave in waves]


def test_the_bytes_are_those_that_are_written_down():
    block = pack([a_wave([1, -2, 3], offset=7.0), a_wave([70_000], code="emg", dtype="<i4")])
    headers = struct.pack("<HBBIddd", 1, 0, 0, 3, 250.0, 2.5, 7.0) + struct.pack(
        "<HBBIddd", 7, 2, 0, 1, 250.0, 2.5, 0.0
    )
    assert block == b"\x01\x02\x00\x00" + headers + struct.pack("<hhh", 1, -2, 3) + b"\x00\x00" + struct.pack(
        "<i", 70_000
    )


def test_samples_are_views_of_the_block():
    block = bytearray(pack([a_wave([1, 2, 3]), a_wave([4, 5], code="eeg")]))
    waves = unpack(block)
    block[-4:-2] = struct.pack("<h", 99)
    assert waves[1].samples.tolist() == [99, 5]
    assert all(wave.samples.ctypes.data % 4 == 0 for wave in waves)


def test_an_empty_block_holds_no_waves():
    assert unpack(pack([])) == ()


def test_a_rate_is_kept_exactly():
    assert unpack(pack([a_wave(rate_hz=1000 / 3)]))[0].rate_hz == 1000 / 3


def test_samples_that_do_not_lie_side_by_side_are_packed_in_their_order():
    every_other = np.arange(10, dtype="<i2")[::2]
    assert unpack(pack([Wave("ecg", 250.0, "uV", 1.0, 0.0, every_other)]))[0].samples.tolist() == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(
    "wave",
    [
        a_wave(unit="mV"),
        a_wave(dtype=">i2"),
        a_wave(dtype="<i8"),
        a_wave(dtype="<f4"),
        a_wave([[1, 2], [3, 4]]),
        a_wave(rate_hz=0),
        a_wave(rate_hz=float("nan")),
        a_wave(scale=0.0),
        a_wave(offset=float("inf")),
        a_wave(code="heart_rate"),
        Wave("aura", 1.0, "1", 1.0, 0.0, np.zeros(1, "<i2")),
    ],
)
def test_what_would_not_come_back_unchanged_is_not_packed(wave):
    with pytest.raises(ValueError):  # noqa: PT011 - each names the wave and what is wrong
        pack([wave])


def test_more_than_255_waves_are_not_packed():
    with pytest.raises(ValueError, match="256 waves"):
        pack([a_wave()] * 256)


GOOD = pack([a_wave([1, 2, 3]), a_wave([4, 5], code="eeg")])


@pytest.mark.parametrize("length", range(len(GOOD)))
def test_a_block_cut_short_is_refused(length):
    with pytest.raises(ValueError, match="block of waves"):
        unpack(GOOD[:length])


def test_bytes_behind_a_block_are_refused():
    with pytest.raises(ValueError, match="its headers say"):
        unpack(GOOD + b"\x00")


def with_byte(position, value):
    block = bytearray(GOOD)
    block[position] = value
    return bytes(block)


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        (with_byte(0, 2), "version 2"),
        (with_byte(2, 1), "version"),
        (with_byte(1, 255), "headers"),
        (with_byte(4, 9), "quantity number 9"),
        (with_byte(6, 3), "sample type 3"),
        (with_byte(7, 1), "sample type"),
        (with_byte(8, 200), "samples of ecg"),
        (GOOD[:12] + struct.pack("<d", float("nan")) + GOOD[20:], "rate nan"),
        (GOOD[:20] + struct.pack("<d", 0.0) + GOOD[28:], "scale 0.0"),
    ],
)
def test_a_spoiled_block_is_refused_and_says_why(block, complaint):
    with pytest.raises(ValueError, match=complaint):
        unpack(block)


def test_random_bytes_are_unpacked_or_refused():
    chance = random.Random(7)
    for _ in range(3_000):
        block = bytearray(GOOD)
        for _ in range(chance.randrange(1, 6)):
            block[chance.randrange(len(block))] = chance.randrange(256)
        try:
            waves = unpack(bytes(block))
        except ValueError:
            continue
        assert len(waves) == 2


def test_the_physical_value_is_sample_times_scale_plus_offset():
    wave = a_wave([-32_768, 0, 32_767], scale=0.5, offset=-10)
    assert physical(wave).tolist() == [-16_394.0, -10.0, 16_373.5]
    assert physical(wave).dtype == np.float64


@pytest.mark.parametrize(
    ("counts", "dtype"),
    [
        ([], "int16"),
        ([-32_768, 32_767], "int16"),
        ([0, 32_768], "uint16"),
        ([0, 65_535], "uint16"),
        ([-1, 32_768], "int32"),
        ([65_536], "int32"),
        ([-(2**31), 2**31 - 1], "int32"),
    ],
)
def test_counts_are_kept_in_the_smallest_type_that_holds_them(counts, dtype):
    narrow = narrowest(np.array(counts, np.int64))
    assert narrow.dtype == dtype
    assert narrow.tolist() == counts


@pytest.mark.parametrize("counts", [[2**31], [-(2**31) - 1]])
def test_counts_beyond_32_bits_are_not_kept(counts):
    with pytest.raises(ValueError, match="32 bits"):
        narrowest(np.array(counts, np.int64))


def test_two_waves_are_equal_by_their_signal_not_by_the_type_of_their_counts():
    assert a_wave([1, 2]) == a_wave([1, 2], dtype="<u2")
    assert a_wave([1, 2]) != a_wave([1, 3])
    assert a_wave([1, 2]) != a_wave([1, 2], scale=1.0)
    assert a_wave([1, 2]) != "ecg"


def test_a_wave_lasts_as_long_as_its_samples():
    assert a_wave([0] * 125).duration_s == 0.5
