"""A loose electrode, an empty probe and a moving patient come out as poor signals, not as vitals."""

import pytest

from ml.physiology.waveforms import BodyConstants, Faults, PersonWaves
from ml.signals.heart_rate import Reason
from ml.signals.live import ChannelUpdate, EcgChannel, PpgChannel

WELL = BodyConstants()


def watch(faults: Faults) -> tuple[ChannelUpdate, ChannelUpdate, dict[str, float]]:
    """Twenty good seconds, then ten with faults: the last second's ECG, PPG and values."""
    person, ecg, ppg = PersonWaves(WELL, seed=2), EcgChannel(250), PpgChannel(100)
    for second in range(30):
        heard = person.second(float(second), faults if second >= 20 else Faults())
        ecg_update = ecg.push(float(second), heard.waves["ecg"].physical() / 1000)
        ppg_update = ppg.push(float(second), heard.waves["ppg_infrared"].physical())
    return ecg_update, ppg_update, heard.values


def test_without_faults_all_is_well() -> None:
    ecg, ppg, values = watch(Faults())
    assert ecg.rate_per_min == pytest.approx(72, abs=2)
    assert ppg.rate_per_min == pytest.approx(72, abs=2)
    assert {"spo2", "respiratory_rate"} <= values.keys()


def test_a_lead_off_ends_the_ecg_and_the_breaths_but_not_the_pulse() -> None:
    ecg, ppg, values = watch(Faults(lead_off=True))
    assert (ecg.contact, ecg.rate_per_min, ecg.reason) == (0.0, None, Reason.POOR_SIGNAL)
    assert ppg.rate_per_min == pytest.approx(72, abs=2)
    assert "respiratory_rate" not in values


def test_a_probe_off_ends_the_pulse_and_the_saturation_but_not_the_ecg() -> None:
    ecg, ppg, values = watch(Faults(probe_off=True))
    assert ppg.rate_per_min is None
    assert ecg.rate_per_min == pytest.approx(72, abs=2)
    assert "spo2" not in values


def test_motion_makes_both_poor() -> None:
    ecg, ppg, _ = watch(Faults(motion=1.0))
    assert max(ecg.quality, ppg.quality) <= 0.5
    assert (ecg.rate_per_min, ecg.reason) == (None, Reason.POOR_SIGNAL)
    assert (ppg.rate_per_min, ppg.reason) == (None, Reason.POOR_SIGNAL)
