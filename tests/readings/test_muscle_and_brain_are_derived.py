"""EMG and EEG waves give values of their own, with their source; a lead that says nothing gives none."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import numpy as np
import pytest
from numpy.typing import NDArray

from apps.readings.channels import Channels
from apps.readings.fresh_frames import FreshFrame
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.value import Value
from apps.readings.waves import Wave, pack
from ml.signals.trouble import Trouble

START_S, RATE_HZ, SECONDS = 1_763_600_000.0, 500.0, 30
PATIENT, DEVICE = uuid4(), uuid4()


def frames(code: str, microvolts: NDArray[np.float64]) -> Iterator[FreshFrame]:
    length = int(RATE_HZ)
    for second in range(len(microvolts) // length):
        samples = np.round(microvolts[second * length : (second + 1) * length] * 10).astype("<i4")
        at = datetime.fromtimestamp(START_S + second, UTC)
        wave = Wave(code, RATE_HZ, "uV", 0.1, 0.0, samples)
        yield FreshFrame(PATIENT, DEVICE, "node-1", at, Origin.SIMULATED, pack([wave]), [], [])


def given(code: str, microvolts: NDArray[np.float64]) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for _, value in Channels().feed(list(frames(code, microvolts))):
        found.setdefault(value.code, []).append(value)
    return found


def noise(seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(SECONDS * int(RATE_HZ))


def test_a_working_muscle_is_told_from_its_rest() -> None:
    works = np.where(np.arange(SECONDS * int(RATE_HZ)) < 15 * RATE_HZ, 3.0, 300.0)
    values = given("emg", works * noise(1))
    rest, effort = values["emg_envelope"][1], values["emg_envelope"][-1]
    assert effort.value > 30 * rest.value
    assert 20 < values["emg_median_frequency"][-1].value < 250
    assert all(value.at.timestamp() >= START_S + 15 for value in values["emg_median_frequency"])
    assert {value.source for value in values["emg_envelope"]} == {"emg"}
    assert {value.origin for value in values["emg_envelope"]} == {Origin.SIMULATED}


def test_alpha_waves_are_most_of_a_brain_that_shows_them() -> None:
    second = np.arange(SECONDS * int(RATE_HZ)) / RATE_HZ
    values = given("eeg", 40 * np.sin(2 * np.pi * 10 * second) + noise(2))
    last = {band: values[f"eeg_{band}"][-1].value for band in ("delta", "theta", "alpha", "beta")}
    assert last["alpha"] > 90
    assert sum(last.values()) == pytest.approx(100)


@pytest.mark.parametrize("code", ["emg", "eeg"])
@pytest.mark.parametrize("level", [0.0, 900.0])
def test_a_flat_lead_gives_nothing_and_says_so(code: str, level: float) -> None:
    values = given(code, np.full(SECONDS * int(RATE_HZ), level))
    assert set(values) == {code}
    assert {(value.value, value.quality) for value in values[code]} == {(Trouble.NO_CONTACT, 0.1)}


def test_they_are_told_every_five_seconds_and_are_in_the_register() -> None:
    values = given("emg", 100 * noise(3))
    assert len(values["emg"]) == SECONDS / 5
    assert all(value.source in REGISTER[code].source_priority for code, each in values.items() for value in each)


def test_a_wave_of_a_rate_that_tells_nothing_is_left_alone() -> None:
    slow = Wave("emg", 100.0, "uV", 1.0, 0.0, np.arange(100, dtype="<i2"))
    at = datetime.fromtimestamp(START_S, UTC)
    assert Channels().feed([FreshFrame(PATIENT, DEVICE, "node-1", at, Origin.MEASURED, pack([slow]), [], [])]) == []
