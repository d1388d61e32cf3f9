"""Seconds join, changes bend nothing, the same seed says the same, and a frame is what the wire takes."""

import json

import numpy as np
import pytest

from ml.physiology.waveforms import BodyConstants, Faults, PersonWaves
from tests.ml.physiology.waveforms.test_signals_say_what_drives_them import live, wave

WAVES = ("ecg", "ppg_red", "ppg_infrared", "respiration_wave")
RATES = {"ecg": 250, "ppg_red": 100, "ppg_infrared": 100, "respiration_wave": 25}


def seams(signal: np.ndarray, rate_hz: int) -> float:
    """The largest step from one second to the next, in units of the largest step within seconds."""
    steps = np.abs(np.diff(signal))
    between = np.arange(rate_hz - 1, len(steps), rate_hz)
    return float(steps[between].max() / np.delete(steps, between).max())


@pytest.mark.parametrize("code", WAVES)
def test_seconds_join(code: str) -> None:
    heard = live(PersonWaves(BodyConstants(), seed=1), 60)
    assert seams(wave(heard, code), RATES[code]) <= 1.05


@pytest.mark.parametrize("code", WAVES)
def test_a_change_of_constants_makes_no_step(code: str) -> None:
    person, heard = PersonWaves(BodyConstants(), seed=1), []
    for second in range(60):
        ill = second % 2 == 1
        person.constants = BodyConstants(
            heart_rate_per_min=130 if ill else 55,
            respiratory_rate_per_min=28 if ill else 10,
            spo2_percent=82 if ill else 98,
            perfusion_index_percent=0.6 if ill else 2.4,
        )
        heard.append(person.second(float(second)))
    assert seams(wave(heard, code), RATES[code]) <= 1.05


def test_the_same_seed_says_the_same_and_another_does_not() -> None:
    once, again, other = (live(PersonWaves(BodyConstants(), seed), 5) for seed in (7, 7, 8))
    for code in WAVES:
        assert wave(once, code).tolist() == wave(again, code).tolist()
        assert wave(once, code).tolist() != wave(other, code).tolist()
    assert [one.values for one in once] == [one.values for one in again]


def test_each_wave_has_its_rate_unit_and_sixteen_bits() -> None:
    one = PersonWaves(BodyConstants(), seed=1).second(12.0)
    assert one.start_epoch_s == 12.0
    for code in WAVES:
        assert (len(one.waves[code].samples), one.waves[code].samples.dtype) == (RATES[code], np.int16)
    assert {code: sampled.unit for code, sampled in one.waves.items()} == {
        "ecg": "uV",
        "ppg_red": "1",
        "ppg_infrared": "1",
        "respiration_wave": "1",
    }


def test_a_wave_goes_into_a_frame_as_it_is() -> None:
    sampled = PersonWaves(BodyConstants(), seed=1).second(0.0).waves["ppg_red"]
    entry = json.loads(json.dumps(sampled.as_contract()))
    assert set(entry) == {"rate", "unit", "scale", "offset", "samples"}
    physical = np.array(entry["samples"]) * entry["scale"] + entry["offset"]
    assert physical.tolist() == sampled.physical().tolist()
    assert np.mean(physical) == pytest.approx(60_000, rel=0.05)


def test_faults_leave_the_body_alone() -> None:
    """Ten seconds without electrodes, and the signal after them is the one it would have been."""
    well, faulty = PersonWaves(BodyConstants(), seed=9), PersonWaves(BodyConstants(), seed=9)
    live(well, 10)
    live(faulty, 10, Faults(lead_off=True, motion=1.0))
    assert wave(live(well, 5), "ecg").tolist() == wave(live(faulty, 5), "ecg").tolist()
