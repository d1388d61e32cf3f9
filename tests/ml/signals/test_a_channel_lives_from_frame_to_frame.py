"""What the pipeline relies on: gaps are noticed, beats told once, a new channel catches up, a shard is its channels."""

import numpy as np
import pytest

from ml.signals.ecg import RPeakStream
from ml.signals.heart_rate import Reason
from ml.signals.live import ChannelUpdate, EcgChannel, EcgShard, PpgShard
from tests.ml.signals.synthetic import Array, ecg_mv, matched, noise, ppg, regular_s

EPOCH_S = 1_763_600_000.25
RATE_HZ = 250
BEATS_S = regular_s(66, 60)
SIGNAL = ecg_mv(BEATS_S, 60, RATE_HZ) + noise(60 * RATE_HZ, 0.02)


def second(index: int, signal: Array = SIGNAL) -> tuple[float, Array]:
    return EPOCH_S + index, signal[index * RATE_HZ : (index + 1) * RATE_HZ]


def run(channel: EcgChannel, seconds: range) -> list[ChannelUpdate]:
    return [channel.push(*second(index)) for index in seconds]


def told_s(updates: list[ChannelUpdate]) -> list[float]:
    return [peak - EPOCH_S for update in updates for peak in update.peaks_epoch_s]


def test_every_beat_is_told_once_with_its_time() -> None:
    updates = run(EcgChannel(RATE_HZ), range(60))
    assert matched(told_s(updates), BEATS_S[BEATS_S < 58.5], within_s=0.012)
    assert not any(update.reset for update in updates)


def test_the_rate_comes_after_some_beats_and_stays() -> None:
    updates = run(EcgChannel(RATE_HZ), range(60))
    assert updates[0].reason is Reason.TOO_FEW_BEATS
    assert [update.rate_per_min for update in updates[8:]] == pytest.approx([66.0] * 52, abs=0.5)


def test_a_channel_gives_what_a_stream_gives() -> None:
    stream = RPeakStream(RATE_HZ)
    samples = np.concatenate([stream.push(second(index)[1]) for index in range(30)])
    assert told_s(run(EcgChannel(RATE_HZ), range(30))) == pytest.approx((samples / RATE_HZ).tolist(), abs=0.6 / RATE_HZ)


@pytest.mark.parametrize("slip_s", [0.0, 1.4 / RATE_HZ, -1.4 / RATE_HZ])
def test_a_frame_that_follows_nearly_is_joined(slip_s: float) -> None:
    channel = EcgChannel(RATE_HZ)
    run(channel, range(15))
    start, samples = second(15)
    update = channel.push(start + slip_s, samples)
    assert not update.reset
    assert update.rate_per_min == pytest.approx(66.0, abs=0.5)


@pytest.mark.parametrize("slip_s", [1.6 / RATE_HZ, 1.0, 3600.0, -1.0])
def test_a_gap_begins_the_channel_anew_and_says_so(slip_s: float) -> None:
    channel = EcgChannel(RATE_HZ)
    run(channel, range(15))
    start, samples = second(15)
    update = channel.push(start + slip_s, samples)
    assert update.reset
    assert (update.rate_per_min, update.reason) == (None, Reason.TOO_FEW_BEATS)
    assert update.peaks_epoch_s == ()


def test_a_slow_clock_is_followed() -> None:
    """A device whose second is 0.4 ms short, for the whole minute."""
    channel = EcgChannel(RATE_HZ)
    updates = [channel.push(EPOCH_S + index * 1.0004, second(index)[1]) for index in range(60)]
    assert not any(update.reset for update in updates)
    assert told_s(updates)[-1] == pytest.approx(BEATS_S[BEATS_S < 58.5][-1] * 1.0004, abs=0.015)


def test_a_new_channel_catches_up_with_twelve_seconds_of_old_frames() -> None:
    old, new = EcgChannel(RATE_HZ), EcgChannel(RATE_HZ)
    run(old, range(48))
    run(new, range(36, 48))
    for index in range(48, 60):
        expected, update = old.push(*second(index)), new.push(*second(index))
        assert update.peaks_epoch_s == pytest.approx(expected.peaks_epoch_s, abs=1e-3)
        assert update.rate_per_min == pytest.approx(expected.rate_per_min, abs=0.5)


def test_a_frame_may_be_used_again_by_whoever_sent_it() -> None:
    """A driver that fills one buffer over and over."""
    channel, buffer = EcgChannel(RATE_HZ), np.zeros(RATE_HZ // 5)
    told = []
    for index in range(5 * 30):
        buffer[:] = SIGNAL[index * len(buffer) : (index + 1) * len(buffer)]
        told.append(channel.push(EPOCH_S + index / 5, buffer))
    assert matched(told_s(told), BEATS_S[BEATS_S < 28.5], within_s=0.012)
    assert told[-1].quality >= 0.9


def test_infinities_are_missing_samples() -> None:
    channel = EcgChannel(RATE_HZ)
    run(channel, range(15))
    start, samples = second(15)
    update = channel.push(start, np.where(np.arange(RATE_HZ) % 2, np.inf, -np.inf))
    assert (update.quality, update.rate_per_min) == (0.0, None)
    assert channel.push(start + 1, samples).reset is False


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros((2, 250)), np.float64(1.0)])
def test_what_is_no_frame_is_refused(samples: Array) -> None:
    with pytest.raises(ValueError, match=r"not \(n,\)"):
        EcgChannel(RATE_HZ).push(EPOCH_S, samples)


def test_a_shard_gives_each_patient_what_a_channel_of_its_own_would() -> None:
    """More patients than one bank holds, who come late, miss frames, and send frames of other lengths."""
    patients = [f"patient {number}" for number in range(70)]
    signals = {patient: np.roll(SIGNAL, 17 * number) for number, patient in enumerate(patients)}
    shard: EcgShard[str] = EcgShard(RATE_HZ)
    alone = {patient: EcgChannel(RATE_HZ) for patient in patients}
    for index in range(16):
        frames = {}
        for number, patient in enumerate(patients):
            start, samples = second(index, signals[patient])
            if index < number % 3 or (number % 7 == 3 and index == 9):
                continue
            frames[patient] = (start, samples[:-1] if number % 5 == 4 and index == 11 else samples)
        for patient, update in shard.push(frames).items():
            assert update == alone[patient].push(*frames[patient])


def test_a_forgotten_patient_begins_anew_and_leaves_its_place() -> None:
    shard: PpgShard[int] = PpgShard(100.0, lanes_per_bank=1)
    signal = ppg(regular_s(70, 20), 20, 100.0)
    for index in range(12):
        update = shard.push({1: (float(index), signal[index * 100 : index * 100 + 100])})[1]
    assert update.rate_per_min is not None
    shard.forget(1)
    shard.forget(1)
    other = shard.push({2: (12.0, signal[1200:1300])})[2]
    assert (other.rate_per_min, other.reset) == (None, False)


def test_variability_comes_once_a_minute_after_five_clean_minutes() -> None:
    beats_s = np.cumsum(0.85 + 0.04 * np.sin(0.2 * np.arange(500)))
    beats_s = beats_s[beats_s < 399.5]
    signal = ecg_mv(beats_s, 400, RATE_HZ) + noise(400 * RATE_HZ, 0.01)
    channel = EcgChannel(RATE_HZ)
    updates = [channel.push(s, signal[s * RATE_HZ : (s + 1) * RATE_HZ]) for s in range(400)]
    given = {s: update.variability for s, update in enumerate(updates) if update.variability is not None}
    assert list(given) == [300, 360]
    true = np.diff(beats_s[(beats_s > 10) & (beats_s < 295)])
    assert given[300].sdnn_ms == pytest.approx(1000 * true.std(), rel=0.1)
    assert given[300].rmssd_ms == pytest.approx(1000 * np.sqrt(np.mean(np.diff(true) ** 2)), rel=0.25)


def test_a_gap_begins_the_five_minutes_anew() -> None:
    beats_s = regular_s(70, 400)
    signal = ecg_mv(beats_s, 400, RATE_HZ) + noise(400 * RATE_HZ, 0.01)
    channel = EcgChannel(RATE_HZ)
    updates = [channel.push(s + 3 * (s >= 200), signal[s * RATE_HZ : (s + 1) * RATE_HZ]) for s in range(400)]
    assert all(update.variability is None for update in updates)
