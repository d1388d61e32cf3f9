"""What it costs to follow 1,024 streaming ECGs, second by second: filter, R peaks, quality, rate; then beat classes.

One core.
"""

import time
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ml.signals.live import EcgShard
from tests.benchmarks.content import ECG_HZ, people
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage

WARM_UP_S = 12
MICROVOLTS_PER_MILLIVOLT = 1_000.0


def measure(stage: Stage) -> Iterator[Result]:
    """Processor time, so that it matters little what else runs; the signals are made ready beforehand."""
    patients, seconds = stage.quick_or(64, 1_024), stage.quick_or(3, 30)
    signals = {
        number: person.ecg * (person.uv_per_count / MICROVOLTS_PER_MILLIVOLT)
        for number, person in enumerate(people(patients, WARM_UP_S + seconds))
    }
    without = _spent_s(EcgShard(float(ECG_HZ), classes=False), signals, seconds) / (patients * seconds)
    yield Result("ecg.us_per_patient_second", without * 1e6)
    whole = _spent_s(EcgShard(float(ECG_HZ)), signals, seconds) / (patients * seconds)
    yield Result("ecg.classes_us_per_patient_second", (whole - without) * 1e6)


def _spent_s(shard: EcgShard[int], signals: dict[int, npt.NDArray[np.float64]], seconds: int) -> float:
    """Processor seconds that the last `seconds` took."""
    spent_s = 0.0
    for second in range(WARM_UP_S + seconds):
        frames = {
            number: (float(second), signal[second * ECG_HZ : (second + 1) * ECG_HZ])
            for number, signal in signals.items()
        }
        began_s = time.process_time()
        shard.push(frames)
        if second >= WARM_UP_S:
            spent_s += time.process_time() - began_s
    return spent_s
