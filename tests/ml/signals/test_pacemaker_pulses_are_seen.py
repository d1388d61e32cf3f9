"""Stimuli of a pacemaker, sampled as a monitor samples them: each sample the mean of what came since the one before."""

import numpy as np
import pytest

from ml.signals.live import EcgShard
from ml.signals.pacing import DELAY_S, LEAST_PULSES, MIN_RATE_HZ, PacingBank
from tests.ml.recordings import needs
from tests.ml.signals.synthetic import Array, ecg_mv, noise, regular_s

SECONDS = 60
FINE_HZ = 100_000
LANE = np.zeros(1, np.int64)


def pulses_mv(at_s: Array, rate_hz: float, width_s: float, height_mv: float) -> Array:
    per_sample = int(FINE_HZ / rate_hz)
    fine = np.zeros(SECONDS * int(rate_hz) * per_sample)
    for start_s in at_s:
        first = round(start_s * rate_hz * per_sample)
        fine[first : first + round(width_s * rate_hz * per_sample)] = height_mv
    return fine.reshape(-1, per_sample).mean(axis=1)


def paced(rate_hz: float, width_s: float, height_mv: float) -> tuple[Array, Array]:
    """One lane, and when its pulses are: each a little before its beat, at no fixed place between two samples."""
    beats_s = regular_s(71.3, SECONDS)
    at_s = beats_s - 0.045
    heart = ecg_mv(beats_s, SECONDS, rate_hz) + noise(int(SECONDS * rate_hz), 0.008)
    return (heart + pulses_mv(at_s, rate_hz, width_s, height_mv))[None], at_s


def found_s(signal: Array, rate_hz: float) -> Array:
    return np.asarray(PacingBank(rate_hz, 1).push(signal, LANE).sample / rate_hz)


@pytest.mark.parametrize("rate_hz", [250.0, 500.0, 1000.0])
@pytest.mark.parametrize("width_s", [0.0004, 0.001, 0.002])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_unipolar_pulse_is_seen_at_every_rate(rate_hz: float, width_s: float, sign: float) -> None:
    signal, at_s = paced(rate_hz, width_s, sign * 6.0)
    found = found_s(signal, rate_hz)
    near = np.abs(found[:, None] - at_s).min(axis=1)
    assert len(found) >= 0.9 * len(at_s)
    assert near.max() < 0.006
    assert np.all(np.diff(found) > 0.1)


@pytest.mark.parametrize("rate_hz", [250.0, 360.0, 1000.0])
def test_a_heart_alone_gives_no_pulse(rate_hz: float) -> None:
    beats_s = regular_s(71.3, SECONDS)
    heart = ecg_mv(beats_s, SECONDS, rate_hz, height_mv=2.5)
    for size in (0.0, 0.02, 0.1, 0.3):
        assert len(found_s((heart + noise(len(heart), size))[None], rate_hz)) < LEAST_PULSES


@pytest.mark.parametrize("record", ["101", "118", "203", "208"])
def test_recorded_hearts_without_a_pacemaker_give_hardly_any(record: str) -> None:
    import wfdb  # noqa: PLC0415 - only where there are recordings

    samples, info = wfdb.rdsamp(str(needs("mitdb") / record))
    for lead in samples.T:
        assert len(found_s(lead[None], info["fs"])) / 30.0 < 0.5  # a minute


def test_what_is_found_does_not_depend_on_frames() -> None:
    signal, _ = paced(250.0, 0.002, 4.0)
    whole = found_s(signal, 250.0)
    bank, parts, start = PacingBank(250.0, 1), [], 0
    for length in np.random.default_rng(5).integers(1, 400, 1000):
        parts.append(bank.push(signal[:, start : start + length], LANE).sample)
        start += int(length)
    np.testing.assert_array_equal(np.concatenate(parts) / 250.0, whole)
    assert len(whole) > 50


def test_a_pulse_is_given_within_its_delay() -> None:
    signal, at_s = paced(500.0, 0.002, 4.0)
    bank, known_s = PacingBank(500.0, 1), []
    for now in range(0, signal.shape[1], 5):
        known_s += [(now + 5) / 500.0] * len(bank.push(signal[:, now : now + 5], LANE).lane)
    assert len(known_s) == len(at_s)
    assert max(np.array(known_s) - at_s) <= DELAY_S + 0.01 + 0.002  # the frame's own, and a sample


def test_missing_samples_and_a_loose_lead_are_no_pulses() -> None:
    signal, at_s = paced(250.0, 0.002, 4.0)
    signal[0, 2500:5000] = np.nan
    signal[0, 7500:9000] = 0.0
    found = found_s(signal, 250.0)
    near = np.abs(found[:, None] - at_s).min(axis=1)
    assert near.max() < 0.006
    assert not np.any((found > 10.0) & (found < 20.0))


def test_a_slow_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="below"):
        PacingBank(MIN_RATE_HZ - 1.0, 1)


def test_a_live_channel_counts_them() -> None:
    shard: EcgShard[str] = EcgShard(500.0, lanes_per_bank=2)
    signal, _ = paced(500.0, 0.001, 5.0)
    bare = ecg_mv(regular_s(71.3, SECONDS), SECONDS, 500.0) + noise(signal.shape[1], 0.008)
    told: dict[str, list[float | None]] = {"paced": [], "bare": []}
    for second in range(SECONDS):
        part = slice(second * 500, (second + 1) * 500)
        for key, update in shard.push({"paced": (second, signal[0, part]), "bare": (second, bare[part])}).items():
            if update.rhythm is not None:
                told[key].append(update.rhythm.pacing_per_min)
    assert told["paced"][-1] == pytest.approx(71.3, abs=4.0)
    assert set(told["bare"]) == {None}
