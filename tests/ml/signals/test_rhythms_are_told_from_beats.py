"""Couplets, runs, bigeminy, trigeminy and tachycardia are told from classes and times, each once and whole."""

import numpy as np
import pytest

from ml.signals.rhythm_events import LOOK_BACK, Event, Rhythm, events, rhythms, ventricular_ectopics_per_hour


def told(classes: str, interval_s: float = 0.8) -> list[tuple[Rhythm, int, int]]:
    return [(each.rhythm, each.first, each.last) for each in found(classes, interval_s)]


def found(classes: str, interval_s: float) -> list[Event]:
    return events(np.cumsum(np.full(len(classes), interval_s)), list(classes))


@pytest.mark.parametrize(
    ("classes", "interval_s", "expected"),
    [
        ("NNNNNNNNNN", 0.8, []),
        ("NNNVNNNN", 0.8, []),
        ("NNNVVNNN", 0.8, [(Rhythm.VENTRICULAR_COUPLET, 3, 4)]),
        ("NNVVVVNN", 0.5, [(Rhythm.VENTRICULAR_TACHYCARDIA, 2, 5)]),
        ("NNVVVVNN", 0.8, [(Rhythm.VENTRICULAR_RUN, 2, 5)]),
        ("N" + 80 * "V" + "N", 0.45, [(Rhythm.SUSTAINED_VENTRICULAR_TACHYCARDIA, 1, 80)]),
        ("N" + 300 * "V" + "N", 0.3, [(Rhythm.SUSTAINED_VENTRICULAR_TACHYCARDIA, 1, 300)]),
        ("NN" + 5 * "NV" + "NNNN", 0.8, [(Rhythm.VENTRICULAR_BIGEMINY, 2, 12)]),
        ("N" + 200 * "NV" + "NNNN", 0.8, [(Rhythm.VENTRICULAR_BIGEMINY, 1, 401)]),
        ("NSSSSN", 0.5, [(Rhythm.SUPRAVENTRICULAR_RUN, 1, 4)]),
        ("NSSN", 0.5, []),
        ("QQQQQQ", 0.5, []),
    ],
)
def test_each_rhythm_is_told_once_and_whole(
    classes: str, interval_s: float, expected: list[tuple[Rhythm, int, int]]
) -> None:
    assert told(classes, interval_s) == expected


def test_trigeminy_is_called_at_its_third_repetition() -> None:
    assert told(2 * "NNV" + "NNNN") == []
    ((rhythm, first, last),) = told(4 * "NNV" + "NNNNN")
    assert rhythm is Rhythm.VENTRICULAR_TRIGEMINY
    assert first == 0
    assert 11 <= last <= 13


def test_a_gap_in_the_signal_ends_a_run() -> None:
    times = np.array([0.0, 0.5, 1.0, 20.0, 20.5, 21.0])
    assert [each.rhythm for each in events(times, list("NVVVVN"))] == [Rhythm.VENTRICULAR_COUPLET] * 2


def test_an_event_knows_its_rate() -> None:
    ((event),) = found("NNVVVVNN", 0.5)
    assert event.rate_per_min == pytest.approx(120.0)


def test_a_ward_is_one_array() -> None:
    """Each lane's rhythm is what it is alone."""
    letters = np.full((3, LOOK_BACK), "N")
    letters[1, -4:] = "V"
    letters[2, -3:] = ""
    seconds = np.tile(np.arange(LOOK_BACK) * 0.5, (3, 1))
    assert rhythms(seconds, letters).tolist() == [0, int(Rhythm.VENTRICULAR_TACHYCARDIA), 0]


def test_ectopics_are_counted_per_hour() -> None:
    assert ventricular_ectopics_per_hour(np.arange(3601.0), ["V" if n % 100 == 50 else "N" for n in range(3601)]) == 36
    assert np.isnan(ventricular_ectopics_per_hour([], []))
