from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest

from apps.readings.blocks import rollups, values, waves
from apps.readings.blocks.rollups import RollupColumns
from apps.readings.blocks.values import DerivedEntry, FrameEntry
from apps.readings.blocks.waves import Shape, WaveEntry

T = 1_763_600_000_250_000


def a_frame(number, **changes):
    plain = FrameEntry(
        t_us=T + number * 1_000_000,
        boot="9f3a61c0",
        seq=number,
        device_t=1_763_600_000.35 + number,
        received_us=T + number * 1_000_000 + 31_417 * number % 977,
        duration_s=1.0,
        origin=0,
        flags=(),
        codes=(20, 24),
        numbers=[97.0, 33.4],
    )
    return plain._replace(**changes)


def plain(entries):
    """Whatever holds them: the numbers alone."""
    return [tuple(list(part) if isinstance(part, np.ndarray) else part for part in entry) for entry in entries]


def test_waves_of_several_shapes_types_and_boots():
    rng = np.random.default_rng(0)
    entries = [
        WaveEntry(T, "a", 0, 0, Shape(250.0, 2.5, 0.0, 0), rng.integers(-99, 99, 250).astype("<i2")),
        WaveEntry(T + 1, "a", 1, 3, Shape(250.0, 2.5, 0.0, 0), np.array([-32768, 32767], "<i2")),
        WaveEntry(T + 2, "b", 0, 0, Shape(100.0, 1.0, -7.25, 1), np.array([0, 65535], "<u2")),
        WaveEntry(T + 2, "b", 1, 0, Shape(100.0, 1.0, -7.25, 2), np.array([-(2**31), 2**31 - 1, 5], "<i4")),
        WaveEntry(T + 9, "b", 2, 0, Shape(250.0, 2.5, 0.0, 0), np.array([], "<i2")),
    ]
    again = list(waves.decode(waves.encode(1, entries)).entries())
    assert [entry[:5] for entry in again] == [entry[:5] for entry in entries]
    for entry, former in zip(again, entries, strict=True):
        assert entry.samples.dtype == former.samples.dtype
        assert np.array_equal(entry.samples, former.samples)


def test_frames_with_few_many_and_no_values():
    entries = [
        a_frame(0),
        a_frame(1, codes=(), numbers=[], flags=("lead_off",)),
        a_frame(2, codes=(24,), numbers=[33.41], device_t=0.1, duration_s=float(np.float32(0.96))),
        a_frame(3, boot="0000beef", seq=2**53, codes=(70, 20), numbers=[1 / 3, -0.0], flags=("lead_off", "low")),
        a_frame(3, origin=4),
    ]
    assert plain(values.decode_frames(values.encode_frames(entries)).entries()) == plain(entries)


def test_what_was_derived_with_its_qualities_and_devices():
    one, other = uuid4(), uuid4()
    quality = float(np.float32(0.93))
    entries = [
        DerivedEntry(T, 1, (21, 22), [71.5, 70.123456789], [1.0, quality], [one, one]),
        DerivedEntry(T + 1, 3, (21, 21), [71.25, 80.0], [0.0, 0.5], [one, other]),
    ]
    assert plain(values.decode_derived(values.encode_derived(entries)).entries()) == plain(entries)


def test_rollups():
    columns = RollupColumns(
        t_us=np.array([T, T + 60_000_000]),
        count=np.array([60, 1]),
        minimum=np.array([95.0, 0.1]),
        total=np.array([5821.399999999999, 0.1]),
        maximum=np.array([98.0, 0.1]),
    )
    again = rollups.decode(rollups.encode(columns))
    for name in ("t_us", "count", "minimum", "total", "maximum"):
        assert getattr(again, name).tobytes() == getattr(columns, name).tobytes(), name
    assert rollups.decode(rollups.encode(replace(columns, total=np.array([1.0, 2.0])))).total.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("decode", [waves.decode, values.decode_frames, values.decode_derived, rollups.decode])
@pytest.mark.parametrize("data", [b"", b"\x02", b"\x01\x90", b"\x01garbage"])
def test_what_is_no_block_is_refused(decode, data):
    with pytest.raises(ValueError, match=r"(?i)block"):
        decode(data)
