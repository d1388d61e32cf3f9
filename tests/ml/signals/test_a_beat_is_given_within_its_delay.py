"""The live path: a beat comes out soon after it went in, and nothing waits for the end of the recording."""

import numpy as np
import pytest

from ml.signals import ecg, ppg
from ml.signals.beat_stream import BeatStream
from ml.signals.ecg import RPeakStream
from ml.signals.ppg import PulseStream
from tests.ml.signals import synthetic

SECONDS = 40


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 360.0, 1000.0])
@pytest.mark.parametrize("frame_s", [0.2, 1.0])
def test_r_peaks_come_within_one_and_a_half_seconds_of_the_frame(rate_hz: float, frame_s: float) -> None:
    beats_s = synthetic.regular_s(64, SECONDS)
    signal = synthetic.ecg_mv(beats_s, SECONDS, rate_hz)
    given_s, waited_s = watched(RPeakStream(rate_hz), signal, rate_hz, frame_s)
    assert ecg.DELAY_S <= 1.5
    assert waited_s.max() <= ecg.DELAY_S + frame_s
    soon = beats_s[beats_s < SECONDS - ecg.DELAY_S - frame_s]
    assert synthetic.matched(given_s[: len(soon)], soon, within_s=0.012)


def test_pulses_come_within_one_and_a_half_seconds_of_the_frame() -> None:
    pulses_s = synthetic.regular_s(64, SECONDS)
    given_s, waited_s = watched(PulseStream(100.0), synthetic.ppg(pulses_s, SECONDS, 100.0), 100.0, 1.0)
    assert ppg.DELAY_S <= 1.5
    assert waited_s.max() <= ppg.DELAY_S + 1.0
    assert len(given_s) >= len(pulses_s) - 3


def watched(
    stream: BeatStream, signal: synthetic.Array, rate_hz: float, frame_s: float
) -> tuple[synthetic.Array, synthetic.Array]:
    """Times of the beats given, and how long after each its frame ended."""
    frame = round(frame_s * rate_hz)
    given, waited = [], []
    for start in range(0, len(signal), frame):
        samples = stream.push(signal[start : start + frame])
        given.extend(samples / rate_hz)
        waited.extend((start + frame - samples) / rate_hz)
    return np.array(given), np.array(waited)
