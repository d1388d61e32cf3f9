"""How small real signals become, and that they come back: a floor that no change of the codec may lower.

A patient-day is that of docs/benchmarks.md: frames of a second with 250 Hz of ECG, 100 Hz of pulse wave and six values,
and what ticks derive of them. The limit of 30 MB is what the database holds of it; blocks have to stay well below.
"""

from collections.abc import Callable
from uuid import uuid4

import numpy as np
import pytest
import wfdb
from numpy.typing import NDArray
from scipy.signal import resample_poly

from apps.readings.blocks import values, waves
from apps.readings.blocks.values import DerivedEntry, FrameEntry
from apps.readings.blocks.waves import Shape, WaveEntry
from apps.readings.quantities import REGISTER
from tests.ml.recordings import needs

pytestmark = pytest.mark.recordings

SECONDS = 900
BLOCKS_A_DAY = 86_400 / SECONDS
T = 1_763_600_000_250_000


def counts(record: str, channel: str) -> tuple[NDArray[np.int64], int]:
    """A channel as the recorder's converter gave it, and its rate."""
    folder, name = record.split("/")
    read = wfdb.rdrecord(str(needs(folder) / name), physical=False)
    return read.d_signal[:, read.sig_name.index(channel)].astype(np.int64), int(read.fs)


def resampled(record: str, channel: str, rate_hz: int, *, per_count: float = 1.0) -> NDArray[np.int64]:
    """At another rate, rounded to whole counts."""
    signal, fs = counts(record, channel)
    return np.round(resample_poly(signal.astype(float), rate_hz, fs) * per_count).astype(np.int64)


def block(code: str, signal: NDArray[np.int64], rate_hz: int) -> bytes:
    """Of a quarter of an hour, or of as much as the recording has; made sure that it comes back."""
    kept = min(SECONDS, len(signal) // rate_hz)
    shape = Shape(float(rate_hz), 2.5, 0.0, 0)
    entries = [
        WaveEntry(T + second * 1_000_000, "b", second, 0, shape, part.astype("<i2"))
        for second, part in enumerate(signal[: kept * rate_hz].reshape(kept, rate_hz))
    ]
    data = waves.encode(REGISTER[code].number, entries)
    again = list(waves.decode(data).entries())
    assert [entry[:5] for entry in again] == [entry[:5] for entry in entries]
    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(again, entries, strict=True))
    return data


def bits_a_sample(code: str, signal: NDArray[np.int64], rate_hz: int) -> float:
    kept = min(SECONDS, len(signal) // rate_hz) * rate_hz
    return 8 * len(block(code, signal, rate_hz)) / kept


@pytest.mark.parametrize(
    ("code", "rate_hz", "at_most", "signal"),
    [
        ("ecg", 360, 4.5, lambda: counts("mitdb/119", "MLII")[0]),
        ("ecg", 250, 4.7, lambda: resampled("mitdb/119", "MLII", 250)),
        ("ecg", 250, 5.7, lambda: resampled("mitdb/119", "MLII", 250, per_count=2.0)),
        ("ppg_red", 250, 5.5, lambda: counts("wfdb/a103l", "PLETH")[0]),
        ("ppg_red", 100, 7.6, lambda: resampled("wfdb/a103l", "PLETH", 100)),
    ],
    ids=["119 as recorded", "119 at 250 Hz", "119 at 250 Hz by 2.5 uV", "pleth as recorded", "pleth at 100 Hz"],
)
def test_real_signals_become_a_third_and_come_back(
    code: str, rate_hz: int, at_most: float, signal: Callable[[], NDArray[np.int64]]
) -> None:
    assert bits_a_sample(code, signal(), rate_hz) < at_most


def test_a_day_of_the_standard_frame() -> None:
    rng = np.random.default_rng(0)
    ecg = block("ecg", resampled("mitdb/119", "MLII", 250, per_count=2.0), 250)
    ppg = block("ppg_red", np.tile(resampled("wfdb/a103l", "PLETH", 100), 3), 100)
    frames = [
        FrameEntry(
            t_us=T + second * 1_000_000,
            boot="9f3a61c0",
            seq=second,
            device_t=T / 1e6 + second + 0.1,
            received_us=T + second * 1_000_000 + int(rng.integers(1_020_000, 1_050_000)),
            duration_s=1.0,
            origin=0,
            flags=(),
            codes=(20, 23, 24, 41, 40, 70),
            numbers=[round(float(number), 1) for number in rng.normal([97, 14, 33.4, 512, 600, 20], 1)],
        )
        for second in range(SECONDS)
    ]
    node = uuid4()
    derived = [
        DerivedEntry(T + second * 1_000_000, 1, (21, 22), rng.normal(72, 1, 2).tolist(), [0.97, 0.93], [node, node])
        for second in range(SECONDS)
    ]
    blocks = [ecg, ppg, values.encode_frames(frames), values.encode_derived(derived)]
    day_bytes = BLOCKS_A_DAY * sum(map(len, blocks))
    assert day_bytes < 26e6
