"""What it costs to follow 1,024 streaming ECGs, second by second: filter, R peaks, quality, rate. One core."""

import time
from collections.abc import Iterator

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
    shard: EcgShard[int] = EcgShard(float(ECG_HZ))
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
    yield Result("ecg.us_per_patient_second", spent_s / (patients * seconds) * 1e6)
