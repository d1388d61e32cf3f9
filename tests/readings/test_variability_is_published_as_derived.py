"""Heart rate variability is a value of its own, derived from the ECG, when five clean minutes allow it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest

from apps.readings.channels import Channels
from apps.readings.fresh_frames import FreshFrame
from apps.readings.origin import Origin
from apps.readings.value import Value
from apps.readings.waves import Wave, pack
from tests.ml.signals.synthetic import ecg_mv, noise

RATE_HZ = 250
SECONDS = 305
START = datetime(2026, 1, 1, tzinfo=UTC)
UV_PER_COUNT = 2.5


def fed(signal_mv: np.ndarray) -> list[Value]:
    """What one device's frames of a second each give."""
    channels, patient, device = Channels(), uuid4(), uuid4()
    found = []
    for second in range(SECONDS):
        counts = np.rint(signal_mv[second * RATE_HZ : (second + 1) * RATE_HZ] * 1000 / UV_PER_COUNT).astype(np.int16)
        waves = pack([Wave("ecg", RATE_HZ, "uV", UV_PER_COUNT, 0.0, counts)])
        at = START + timedelta(seconds=second)
        frame = FreshFrame(patient, device, "node-1", at, Origin.MEASURED, waves, (), ())
        found += [value for _, value in channels.feed([frame])]
    return found


def variability(values: list[Value]) -> dict[str, Value]:
    return {value.code: value for value in values if value.code in {"rmssd", "sdnn"}}


def test_five_clean_minutes_give_both_figures() -> None:
    intervals = 0.85 + 0.04 * np.sin(0.9 * np.arange(400))
    beats_s = np.cumsum(intervals)
    signal = ecg_mv(beats_s[beats_s < SECONDS], SECONDS, RATE_HZ) + noise(SECONDS * RATE_HZ, 0.01)
    given = variability(fed(signal))
    assert set(given) == {"rmssd", "sdnn"}
    assert given["sdnn"].value == pytest.approx(1000 * intervals.std(), rel=0.1)
    assert given["rmssd"].value == pytest.approx(1000 * np.sqrt(np.mean(np.diff(intervals) ** 2)), rel=0.15)
    for value in given.values():
        assert (value.source, value.origin) == ("ecg", Origin.MEASURED.derived)


def test_noise_gives_none() -> None:
    assert variability(fed(noise(SECONDS * RATE_HZ, 0.5))) == {}
