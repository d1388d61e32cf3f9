"""The offset of a boot's clock: from the pace at which frames arrive, or from the moment the clock was set."""

import pytest

from apps.ingest.clocks import Sighting, is_true, offset_s

NOW = 1_795_000_000.0


def live(count: int, *, offset: float, first: int = 0, jitter: float = 0.2) -> list[Sighting]:
    """Frames of a second each, sent at once, by a clock that is `offset` behind."""
    frames = []
    for number in range(count):
        start = NOW + number - offset
        late = jitter if number % 2 else 0.05
        frames.append(Sighting(first + number, start, start + 1.0, NOW + number + 1.0 + late))
    return frames


def stored(count: int, *, offset: float, measured_before: float) -> list[Sighting]:
    """Frames measured long ago that arrive all at once."""
    start = NOW - measured_before - offset
    return [Sighting(n, start + n, start + n + 1.0, NOW + n * 0.002) for n in range(count)]


def test_a_frame_that_comes_hours_late_is_believed() -> None:
    [frame] = stored(1, offset=0.0, measured_before=7_200.0)
    assert is_true(frame)


@pytest.mark.parametrize("offset", [NOW, -3_600.0])
def test_a_frame_of_1970_or_of_the_future_is_not(offset: float) -> None:
    assert not is_true(live(1, offset=offset)[0])


@pytest.mark.parametrize("offset", [NOW - 12.0, -86_400.0, -5.0])
def test_live_frames_tell_the_offset_within_the_delay_of_the_network(offset: float) -> None:
    estimate = offset_s(live(6, offset=offset))
    assert estimate is not None
    assert 0.0 <= estimate - offset < 0.3


def test_frames_out_of_a_full_memory_tell_nothing() -> None:
    assert offset_s(stored(500, offset=NOW - 50_000.0, measured_before=20_000.0)) is None


def test_a_few_frames_are_not_enough() -> None:
    assert offset_s(live(3, offset=NOW)) is None


def test_a_memory_that_is_emptied_and_then_goes_on_live_tells_it() -> None:
    offset = NOW - 1_000.0
    memory = [Sighting(n, NOW - 300 + n - offset, NOW - 299 + n - offset, NOW + n * 0.002) for n in range(300)]
    frames = memory + [
        Sighting(300 + each.seq, each.start_s, each.end_s, each.arrived_s) for each in live(6, offset=offset)
    ]
    estimate = offset_s(frames)
    assert estimate is not None
    assert abs(estimate - offset) < 0.3


def test_setting_the_clock_tells_where_the_frames_before_belong() -> None:
    offset = NOW - 77.0
    before = stored(50, offset=offset, measured_before=50.0)
    after = Sighting(50, NOW, NOW + 1.0, NOW + 1.1)
    assert offset_s(before, after) == pytest.approx(offset)


def test_a_gap_at_the_setting_of_the_clock_tells_nothing() -> None:
    before = stored(50, offset=NOW - 77.0, measured_before=60.0)
    after = Sighting(55, NOW, NOW + 1.0, NOW + 1.1)
    assert offset_s(before, after) is None
