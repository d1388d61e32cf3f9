"""Snapshots: every minute of the last ten, every ten minutes of a day; what rests on the past is forgotten with it."""

from ml.assimilation.snapshots import Snapshots

NOW = 1_795_000_200.0


def kept(hours: float) -> Snapshots[float]:
    snapshots: Snapshots[float] = Snapshots()
    for second in range(0, int(hours * 3600), 10):
        snapshots.keep(NOW + second, NOW + second)
    return snapshots


def test_a_late_measurement_finds_the_state_before_it() -> None:
    snapshots = kept(1.0)
    end = NOW + 3590.0
    for late_s, within_s in ((1.0, 60.0), (300.0, 60.0), (1800.0, 600.0)):
        found = snapshots.before(end - late_s)
        assert found is not None
        at_s, state = found
        assert at_s == state
        assert 0.0 <= end - late_s - at_s <= within_s


def test_a_day_takes_little_and_what_is_older_is_gone() -> None:
    snapshots = kept(30.0)
    assert len(snapshots) <= 10 + 1 + 144 + 1
    assert snapshots.before(NOW + 3600.0) is None
    assert snapshots.before(NOW + 7 * 3600.0) is not None


def test_beginning_again_forgets_what_came_after() -> None:
    snapshots = kept(0.5)
    snapshots.keep(NOW + 300.0 + 60.0, -1.0)
    found = snapshots.before(NOW + 1e6)
    assert found == (NOW + 300.0, NOW + 300.0) or found == (NOW + 360.0, -1.0)
    assert snapshots.before(NOW + 1e6) == snapshots.before(NOW + 400.0)
