"""Offline and streaming are one: the beats do not depend on frames, nor on who else is in the array."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.signals.beat_stream import BeatStream
from ml.signals.ecg import RPeakBank, RPeakStream, detect_r_peaks
from ml.signals.ppg import PulseStream, detect_pulses
from tests.ml.signals.synthetic import ecg_mv, noise, ppg, regular_s

RATE_HZ = 250.0
SECONDS = 20
ECG = ecg_mv(regular_s(77, SECONDS), SECONDS, RATE_HZ) + noise(round(SECONDS * RATE_HZ), 0.05)
ECG[2200:2260] = np.nan
PPG = ppg(regular_s(77, SECONDS), SECONDS, RATE_HZ) + noise(round(SECONDS * RATE_HZ), 30.0)


def cut(stream: BeatStream, signal: npt.NDArray[np.float64], edges: list[int]) -> list[int]:
    pieces = [stream.push(signal[a:b]) for a, b in pairwise([0, *edges, len(signal)])]
    return [int(sample) for piece in [*pieces, stream.flush()] for sample in piece]


@pytest.mark.parametrize("frame", [1, 7, 83, 250, 251, 1000, 4999])
def test_r_peaks_are_the_same_in_frames_of_any_length(frame: int) -> None:
    expected = detect_r_peaks(ECG, RATE_HZ).tolist()
    assert len(expected) > 20
    assert cut(RPeakStream(RATE_HZ), ECG, list(range(frame, len(ECG), frame))) == expected


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, len(ECG)), max_size=12).map(sorted))
def test_r_peaks_are_the_same_in_frames_cut_at_random(edges: list[int]) -> None:
    assert cut(RPeakStream(RATE_HZ), ECG, edges) == detect_r_peaks(ECG, RATE_HZ).tolist()


@pytest.mark.parametrize("frame", [1, 40, 250, 1111])
def test_pulses_are_the_same_in_frames_of_any_length(frame: int) -> None:
    expected = detect_pulses(PPG, RATE_HZ).tolist()
    assert len(expected) > 20
    assert cut(PulseStream(RATE_HZ), PPG, list(range(frame, len(PPG), frame))) == expected


def test_a_lane_does_not_feel_the_others() -> None:
    """More lanes than are worked on at once; some are pushed less often."""
    lanes = 150
    signals = np.stack([np.roll(ECG, 31 * lane) * (0.3 + 0.01 * lane) for lane in range(lanes)])
    bank = RPeakBank(RATE_HZ, lanes)
    found: list[list[int]] = [[] for _ in range(lanes)]
    even = np.arange(0, lanes, 2)
    half = signals.shape[1] // 2
    pieces = [(signals[:, :half], np.arange(lanes)), (signals[even, half:], even), (signals[1::2, half:], even + 1)]
    for samples, rows in pieces:
        beats = bank.push(np.ascontiguousarray(samples), rows)
        for lane, sample in zip(beats.lane, beats.sample, strict=True):
            found[lane].append(int(sample))
    for lane in (0, 1, 77, 149):
        assert found[lane] == RPeakStream(RATE_HZ).push(signals[lane]).tolist()


def test_a_reset_lane_begins_anew_and_leaves_the_others_alone() -> None:
    bank = RPeakBank(RATE_HZ, 2)
    both = np.stack((ECG, ECG))
    bank.push(both)
    bank.reset(np.array([1]))
    beats = bank.push(both)
    assert beats.sample[beats.lane == 1].tolist() == RPeakStream(RATE_HZ).push(ECG).tolist()
    assert (
        beats.sample[beats.lane == 0].tolist()
        == RPeakStream(RATE_HZ).push(np.tile(ECG, 2)).tolist()[-int((beats.lane == 0).sum()) :]
    )


def test_a_frame_that_is_no_whole_number_of_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 2"):
        RPeakBank(RATE_HZ, 1).push(np.zeros((1, 125)))
