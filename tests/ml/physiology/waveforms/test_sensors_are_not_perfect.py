"""Sampled values fall out, drift, and are off by what is each sensor's own."""

import numpy as np
import pytest

from ml.physiology.waveforms import BodyConstants, PersonWaves, Shown, WardFaults
from ml.physiology.waveforms.constants import Faults
from ml.physiology.waveforms.sensors import CODES, SENSORS, SensorSet
from tests.ml.physiology.waveforms.test_signals_say_what_drives_them import live

PEOPLE = 40
HOURS = 4


def test_sampled_values_drop_out_for_the_share_of_the_time_that_is_asked() -> None:
    seconds = live(PersonWaves(BodyConstants(), seed=3), 1500, Faults(drop_out=0.2))
    given = np.array([[code in one.values for code in ("spo2", "skin_temperature", "glucose")] for one in seconds])
    assert given.mean() == pytest.approx(0.8, abs=0.08)
    lasts = np.diff(np.flatnonzero(np.diff(given[:, 1].astype(int))))
    assert len(lasts) < 150  # it does not flicker
    assert all(len(one.values) == 14 for one in live(PersonWaves(BodyConstants(), seed=3), 50))


def test_a_sensor_drifts_and_two_persons_sensors_are_off_by_their_own() -> None:
    truth, still = Shown.of([BodyConstants()] * PEOPLE), WardFaults.of([Faults()] * PEOPLE)
    sensors = SensorSet([np.random.default_rng(seed) for seed in range(PEOPLE)])
    generator = np.random.default_rng(1)
    first, later = (
        np.mean([sensors.read(truth, still, generator.standard_normal((PEOPLE, SensorSet.DRAWS))) for _ in range(n)], 0)
        for n in (300, 3600 * HOURS)
    )
    for code in ("skin_temperature", "glucose"):
        column, sensor = CODES.index(code), SENSORS[code]
        scale = getattr(BodyConstants(), sensor.constant) if sensor.relative else 1.0
        own = (first[:, column] / scale).std()
        assert own == pytest.approx(np.hypot(np.hypot(sensor.bias, sensor.drift), sensor.noise * 0.8), rel=0.35), code
        moved = ((later - first)[:, column] / scale).std()
        assert 0.3 * sensor.drift < moved < 1.6 * np.hypot(sensor.drift, sensor.noise), code
