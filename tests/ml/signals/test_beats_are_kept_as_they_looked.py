"""The series of beats: when each came, how high, at which level; the same however the signal came in."""

import numpy as np
import pytest

from ml.signals.beat_series import ECG, REMEMBERED_BEATS, Beating, BeatSeries, Series
from ml.signals.live import EcgChannel
from tests.ml.signals.synthetic import Array, ecg_mv, noise, regular_s

RATE_HZ = 250
BEATS_S = regular_s(75, 60)
SIGNAL = ecg_mv(BEATS_S, 60, RATE_HZ) + noise(60 * RATE_HZ, 0.01)


def pushed(signal: Array, cut: int, start_s: float = 1e9) -> Series:
    channel, series = EcgChannel(RATE_HZ), BeatSeries[int](RATE_HZ, ECG)
    for at in range(0, len(signal), cut):
        part = signal[at : at + cut]
        update = channel.push(start_s + at / RATE_HZ, part)
        series.push({0: Beating(start_s + at / RATE_HZ, part, update.peaks_epoch_s, update.quality)})
    return series.series([0])


def known(of: Series) -> tuple[Array, Array, Array]:
    there = np.isfinite(of.time_s[0])
    return of.time_s[0][there], of.height[0][there], of.level[0][there]


def test_each_beat_is_kept_with_its_time_and_height() -> None:
    time_s, height, _ = known(pushed(SIGNAL, RATE_HZ))
    ago_s = BEATS_S - 60.0 + ECG.delay_s
    true = ago_s[ago_s <= 0.0]
    assert time_s == pytest.approx(true, abs=0.012)
    assert height == pytest.approx(np.full(len(true), 1.17), abs=0.06)


@pytest.mark.parametrize("cut", [RATE_HZ // 5, RATE_HZ + 37, 10 * RATE_HZ, 60 * RATE_HZ])
def test_frames_may_be_cut_anyhow(cut: int) -> None:
    for one, other in zip(known(pushed(SIGNAL, cut)), known(pushed(SIGNAL, RATE_HZ)), strict=True):
        assert one == pytest.approx(other, abs=1e-6)


def test_what_a_breath_does_to_a_beat_is_seen() -> None:
    breath = np.sin(2 * np.pi * 0.25 * np.arange(len(SIGNAL)) / RATE_HZ)
    time_s, height, level = known(pushed(SIGNAL * (1 + 0.1 * breath) + 0.3 * breath, RATE_HZ))
    at = np.sin(2 * np.pi * 0.25 * (time_s + 60.0 - ECG.delay_s))
    assert np.corrcoef(height, at)[0, 1] > 0.95
    assert np.corrcoef(level, at)[0, 1] > 0.95


def test_a_gap_begins_anew() -> None:
    channel, series = EcgChannel(RATE_HZ), BeatSeries[int](RATE_HZ, ECG)
    for start_s, second in [(float(n), n) for n in range(20)] + [(100.0 + n, 20 + n) for n in range(6)]:
        part = SIGNAL[second * RATE_HZ : (second + 1) * RATE_HZ]
        update = channel.push(start_s, part)
        series.push({0: Beating(start_s, part, update.peaks_epoch_s, update.quality)})
    assert np.nanmin(series.series([0]).time_s) > -6.0


def test_two_minutes_are_remembered_and_no_more() -> None:
    long = ecg_mv(regular_s(120, 300), 300, RATE_HZ)
    time_s, *_ = known(pushed(long, RATE_HZ))
    assert time_s[0] > -120.0
    assert len(time_s) == pytest.approx(240, abs=1)
    assert len(time_s) < REMEMBERED_BEATS
