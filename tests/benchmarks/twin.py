"""What it costs to follow bodies, and to ask one what if.

`twin.minute_s`: 10,000 patients of 32 members, one minute of body time and one assimilation of every sensor that reads
each minute. `whatif.6h_s`: six hours of one patient's 64 members. Processor time of one core.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np

from ml.physiology import Person, Segment
from ml.twin import SENSORS, Seen, Twins, WhatIf
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage

AT_S = 1_790_000_000.0
SHOWN = {
    "heart_rate": 70.0,
    "respiratory_rate": 15.0,
    "spo2": 97.0,
    "core_temperature": 36.9,
    "skin_temperature": 33.5,
    "mean_pressure": 90.0,
    "total_body_water": 40.0,
}
WALK = WhatIf("walk", [Segment(30, work_watts=60)])


def measure(stage: Stage) -> Iterator[Result]:
    patients, minutes = stage.quick_or(50, 10_000), stage.quick_or(1, 3)
    people = [Person(age_years=20.0 + number % 60) for number in range(patients)]
    twins = Twins.begin(people, at_s=AT_S, seeds=range(patients))
    twins.advance(AT_S + 60.0, _seen(patients, 0))
    spent_s = [
        _spent_s(lambda at=minute: twins.advance(AT_S + 120.0 + 60.0 * at, _seen(patients, at)))
        for minute in range(minutes)
    ]
    yield Result("twin.minute_s", float(np.median(spent_s)))
    yield Result("whatif.6h_s", float(np.median([_spent_s(lambda: twins.what_if(0, [WALK])) for _ in range(5)])))


def _seen(patients: int, minute: int) -> dict[str, Seen]:
    chance = np.random.default_rng(minute)
    return {
        code: Seen(
            value + SENSORS[code].deviation * chance.standard_normal(patients),
            np.full(patients, SENSORS[code].deviation),
        )
        for code, value in SHOWN.items()
    }


def _spent_s(work: Callable[[], object]) -> float:
    began_s = time.process_time()
    work()
    return time.process_time() - began_s
