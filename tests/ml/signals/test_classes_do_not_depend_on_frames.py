"""Offline and streaming are one: classes do not depend on how the signal was cut, nor on who else is in the array."""

import numpy as np
import pytest

from ml.signals.beats import BeatClassBank, BeatClassStream, classify
from ml.signals.rhythm_bank import RhythmBank
from tests.ml.signals.ectopic import Made, made

RATE_HZ = 250.0
STRETCH = made("NNNVNNNNNNVNVNVNNNNNNVVNNNNNNNNVNNNNNNN", RATE_HZ)
LATE = round(1.4 * RATE_HZ)


def streamed(stretch: Made, frame: int) -> list[tuple[int, str]]:
    stream, beats = BeatClassStream(RATE_HZ), []
    for start in range(0, len(stretch.signal_mv) + LATE + frame, frame):
        new = stretch.r_peaks[(stretch.r_peaks >= start - LATE) & (stretch.r_peaks < start + frame - LATE)]
        found = stream.push(stretch.signal_mv[start : start + frame], new)
        beats += zip(found.sample.tolist(), found.classes.tolist(), strict=True)
    found = stream.flush()
    return beats + list(zip(found.sample.tolist(), found.classes.tolist(), strict=True))


@pytest.mark.parametrize("frame", [41, 250, 251, 777, 5000])
def test_frames_of_any_length_give_the_recording(frame: int) -> None:
    expected = classify(STRETCH.signal_mv, RATE_HZ, STRETCH.r_peaks)
    assert "V" in expected.tolist()
    assert streamed(STRETCH, frame) == list(zip(STRETCH.r_peaks.tolist(), expected.tolist(), strict=True))


def test_a_lane_does_not_feel_the_others() -> None:
    lanes = 30
    signals = np.stack([np.roll(STRETCH.signal_mv, 53 * lane) * (0.4 + 0.05 * lane) for lane in range(lanes)])
    peaks = [np.sort((STRETCH.r_peaks + 53 * lane) % len(STRETCH.signal_mv)) for lane in range(lanes)]
    bank = BeatClassBank(RATE_HZ, lanes)
    tail = np.full((lanes, round(9 * RATE_HZ)), np.nan)
    lane = np.repeat(np.arange(lanes), [len(each) for each in peaks])
    found = bank.push(np.arange(lanes), np.concatenate((signals, tail), axis=1), lane, np.concatenate(peaks))
    for one in (0, 7, 29):
        alone = classify(signals[one], RATE_HZ, peaks[one])
        assert found.classes[found.lane == one].tolist() == alone.tolist()


def test_a_reset_lane_begins_anew() -> None:
    bank, lane = BeatClassBank(RATE_HZ, 1), np.zeros(1, np.int64)
    padded = np.concatenate((STRETCH.signal_mv, np.full(round(9 * RATE_HZ), np.nan)))[None]
    peaks = np.zeros_like(STRETCH.r_peaks), STRETCH.r_peaks
    first = bank.push(lane, padded, *peaks).classes.tolist()
    bank.reset(lane)
    assert bank.push(lane, padded, *peaks).classes.tolist() == first


def test_the_rhythm_does_not_depend_on_frames() -> None:
    stretch = made("N" * 30 + "NV" * 5 + "N" * 60, RATE_HZ)
    states = []
    for frame in (250, 1000, len(stretch.signal_mv)):
        bank, lane = RhythmBank(RATE_HZ, 1), np.zeros(1, np.int64)
        for start in range(0, len(stretch.signal_mv) - frame + 1, frame):
            own = stretch.r_peaks[(stretch.r_peaks >= start) & (stretch.r_peaks < start + frame)]
            bank.push(lane, stretch.signal_mv[None, start : start + frame], np.zeros_like(own), own)
        states.append(bank.state(lane))
    beats = {int(state.beats[0]) for state in states[:2]}
    assert max(beats) - min(beats) <= 6  # the last frame is not whole
    assert {int(state.rhythm[0]) for state in states} == {0}
    assert len({round(float(state.burden[0]), 6) for state in states}) == 1
