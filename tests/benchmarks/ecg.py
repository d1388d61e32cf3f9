"""What it costs to follow 1,024 streaming ECGs second by second, on one core, and what the peers cost beside it.

`ecg.us_per_patient_second`: filter, R peaks, quality, as arrays. `ecg.channel_us_per_patient_second`: the same through
the door of the pipeline, with joining of frames and rates for each patient. `ecg.classes_us_per_patient_second`: what
beat classes, rhythm, fibrillation and pacing pulses cost beside that. Each is the least of three passes: what else runs
on the machine only ever adds.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np

from ml.signals.ecg import RPeakBank
from ml.signals.live import EcgShard
from ml.signals.quality import ecg_quality
from tests.benchmarks import ecg_peers
from tests.benchmarks.content import ECG_HZ, people
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage

WARM_UP_S = 12
PASSES = 3
MICROVOLTS_PER_MILLIVOLT = 1_000.0


def measure(stage: Stage) -> Iterator[Result]:
    """Processor time, so that it matters little what else runs; the signals are made ready beforehand."""
    patients, seconds = stage.quick_or(64, 1_024), stage.quick_or(3, 30)
    signals = np.stack(
        [
            person.ecg[: (WARM_UP_S + seconds) * ECG_HZ] * (person.uv_per_count / MICROVOLTS_PER_MILLIVOLT)
            for person in people(patients, WARM_UP_S + seconds)
        ]
    )
    passes = stage.quick_or(1, PASSES)

    def least_us(begin: Callable[[], Callable[[int], None]]) -> float:
        return min(_cost_us(begin(), seconds, patients) for _ in range(passes))

    cost = least_us(lambda: _arrays(signals))
    yield Result("ecg.us_per_patient_second", cost)
    channel = least_us(lambda: _channels(signals, classes=False))
    yield Result("ecg.channel_us_per_patient_second", channel)
    whole = least_us(lambda: _channels(signals, classes=True))
    yield Result("ecg.classes_us_per_patient_second", whole - channel)
    yield from ecg_peers.beside(signals[: stage.quick_or(1, 8)], ECG_HZ, cost)


def _cost_us(step: Callable[[int], None], seconds: int, patients: int) -> float:
    spent_s = 0.0
    for second in range(WARM_UP_S + seconds):
        began_s = time.process_time()
        step(second)
        if second >= WARM_UP_S:
            spent_s += time.process_time() - began_s
    return spent_s / (patients * seconds) * 1e6


def _arrays(signals: np.ndarray) -> Callable[[int], None]:
    bank = RPeakBank(float(ECG_HZ), len(signals))
    frames = np.ascontiguousarray(signals.reshape(len(signals), -1, ECG_HZ).transpose(1, 0, 2))

    def step(second: int) -> None:
        bank.push(frames[second])
        ecg_quality(frames[second], float(ECG_HZ), bank.levels())

    return step


def _channels(signals: np.ndarray, *, classes: bool) -> Callable[[int], None]:
    shard: EcgShard[int] = EcgShard(float(ECG_HZ), classes=classes)

    def step(second: int) -> None:
        piece = slice(second * ECG_HZ, (second + 1) * ECG_HZ)
        shard.push({number: (float(second), signal[piece]) for number, signal in enumerate(signals)})

    return step
