import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from apps.readings.blocks import floats, integers

ANY_INTEGERS = st.one_of(
    st_numpy.arrays(np.int32, st.integers(0, 60)),
    st_numpy.arrays(np.int64, st.integers(0, 60)),
    st_numpy.arrays(np.int64, st.integers(0, 60), elements=st.integers(-300, 300)).map(np.cumsum),
)
ANY_FLOATS = st.one_of(
    st_numpy.arrays(np.float64, st.integers(0, 60), elements=st.floats(width=64)),
    st.lists(st.decimals(-1000, 1000, places=2), max_size=60).map(lambda numbers: np.array(numbers, dtype=np.float64)),
)
EXTREMES = np.array([-(2**63), 2**63 - 1, 0, -1, 2**63 - 1, -(2**63)], dtype=np.int64)


@settings(max_examples=300, deadline=None)
@given(ANY_INTEGERS)
def test_integers(column):
    again = integers.decode(integers.encode(column))
    assert again.dtype == column.dtype
    assert np.array_equal(again, column)


def test_differences_that_no_integer_holds():
    assert np.array_equal(integers.decode(integers.encode(EXTREMES)), EXTREMES)


@settings(max_examples=300, deadline=None)
@given(ANY_FLOATS)
def test_floats(column):
    assert floats.decode(floats.encode(column)).tobytes() == column.tobytes()


@pytest.mark.parametrize("number", [-0.0, float("nan"), float("inf"), 5e-324, 2.0**53 + 2, 0.1 + 0.2])
def test_a_float_that_is_no_decimal_is_kept_by_its_bits(number):
    column = np.array([1.5, number])
    assert floats.decode(floats.encode(column)).tobytes() == column.tobytes()


def test_regular_times_and_constants_take_next_to_nothing():
    times = np.arange(900, dtype=np.int64) * 1_000_000 + 1_763_600_000_250_000
    assert len(integers.encode(times)) < 200
    assert len(floats.encode(np.full(900, 97.0))) < 50


def test_noise_takes_little_more_than_it_weighs():
    noise = np.random.default_rng(0).integers(-(2**31), 2**31, 10_000).astype(np.int32)
    assert len(integers.encode(noise)) < 4.02 * len(noise)


@pytest.mark.parametrize("at", [0, 5, 40, -1])
def test_damage_is_noticed(at):
    data = bytearray(integers.encode(np.random.default_rng(0).integers(-99, 99, 500)))
    data[at] ^= 0x41
    with pytest.raises(ValueError, match="no column"):
        integers.decode(bytes(data))


@pytest.mark.parametrize("length", [0, 7, 30])
def test_what_is_cut_off_is_noticed(length):
    data = integers.encode(np.arange(500) ** 2 % 977)
    with pytest.raises(ValueError, match="no column"):
        integers.decode(data[:length])
