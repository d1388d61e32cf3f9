"""Each fault pulls quality down by itself; what is only a sick heart does not."""

import numpy as np
import pytest

from ml.signals.heart_rate import Reason
from ml.signals.live import ChannelUpdate, EcgChannel, PpgChannel
from tests.ml.signals.synthetic import Array, ecg_mv, noise, ppg, regular_s

RATE_HZ = 250
CLEAN = ecg_mv(regular_s(72, 40), 40, RATE_HZ) + noise(40 * RATE_HZ, 0.02)


def last_update(signal_mv: Array) -> ChannelUpdate:
    channel = EcgChannel(RATE_HZ)
    updates = [channel.push(s / RATE_HZ, signal_mv[s : s + RATE_HZ]) for s in range(0, len(signal_mv), RATE_HZ)]
    return updates[-1]


def last_pulse(signal: Array, rate_hz: int = 100) -> ChannelUpdate:
    channel = PpgChannel(rate_hz)
    return [channel.push(s / rate_hz, signal[s : s + rate_hz]) for s in range(0, len(signal), rate_hz)][-1]


def test_a_clean_lead_is_good() -> None:
    assert last_update(CLEAN).quality >= 0.95


@pytest.mark.parametrize("height", [0.2, 5.0])
def test_gain_does_not_matter(height: float) -> None:
    assert last_update(CLEAN * height).quality >= 0.9


def test_a_flat_second_is_no_signal() -> None:
    signal = CLEAN.copy()
    signal[-RATE_HZ:] = 0.3
    update = last_update(signal)
    assert (update.quality, update.contact, update.reason) == (0.0, 0.0, Reason.POOR_SIGNAL)


def test_a_missing_second_is_no_signal() -> None:
    signal = CLEAN.copy()
    signal[-RATE_HZ:] = np.nan
    update = last_update(signal)
    assert (update.quality, update.contact, update.rate_per_min) == (0.0, 0.0, None)


def test_a_few_missing_samples_are_forgiven() -> None:
    signal = CLEAN.copy()
    signal[-100:-96] = np.nan
    assert last_update(signal).quality >= 0.9


def test_a_saturated_second_is_no_signal() -> None:
    signal = np.clip(CLEAN + 8 * np.sin(2 * np.pi * 0.5 * np.arange(len(CLEAN)) / RATE_HZ), -2.0, 2.0)
    assert last_update(signal).contact <= 0.2


def test_strong_hum_is_poor() -> None:
    t = np.arange(len(CLEAN)) / RATE_HZ
    assert last_update(CLEAN + 0.1 * np.sin(2 * np.pi * 50 * t)).quality >= 0.5
    assert last_update(CLEAN + 0.7 * np.sin(2 * np.pi * 50 * t)).quality <= 0.1


def test_noise_without_beats_is_poor() -> None:
    assert last_update(noise(40 * RATE_HZ, 0.5)).quality <= 0.2


def test_an_asystole_is_a_good_signal_of_something_bad() -> None:
    signal = CLEAN.copy()
    signal[-10 * RATE_HZ :] = noise(10 * RATE_HZ, 0.015)
    update = last_update(signal)
    assert update.quality >= 0.8
    assert update.reason is Reason.ASYSTOLE


def test_ectopic_beats_are_not_noise() -> None:
    beats_s = regular_s(72, 40)
    beats_s[3::4] -= 0.3
    assert last_update(ecg_mv(beats_s, 40, RATE_HZ) + noise(40 * RATE_HZ, 0.02)).quality >= 0.9


@pytest.mark.parametrize("polarity", [1.0, -1.0])
def test_a_clean_pulse_is_good(polarity: float) -> None:
    signal = 50_000 + polarity * (ppg(regular_s(72, 40), 40, 100.0) - 50_000) + noise(4000, 5.0)
    update = last_pulse(signal)
    assert update.quality >= 0.9
    assert update.rate_per_min == pytest.approx(72.0, abs=0.5)


def test_an_empty_sensor_is_poor() -> None:
    assert last_pulse(np.full(4000, 260.0)).quality == 0.0
    assert last_pulse(260.0 + noise(4000, 3.0)).quality <= 0.3


def test_a_moving_finger_is_poor() -> None:
    swing = np.cumsum(noise(4000, 120.0))
    assert last_pulse(ppg(regular_s(72, 40), 40, 100.0) + swing).quality <= 0.5
