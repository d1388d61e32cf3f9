"""Runs the benchmarks one after another. Django is set up here, once the environment is settled."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import django

django.setup()

from apps.demo.services.embedded import EmbeddedServices  # noqa: E402
from tests.benchmarks import (  # noqa: E402
    alarm,
    ecg,
    flood,
    growth,
    ingest,
    latency,
    reads,
    sockets,
    storage,
    tick,
    twin,
    ward,
)
from tests.benchmarks.content import source  # noqa: E402
from tests.benchmarks.results import FIGURES, Result, group_of, machine, table, write  # noqa: E402
from tests.benchmarks.stage import Stage  # noqa: E402

Measure = Callable[[Stage], Iterator[Result]]
# What gives each group of figures. An @ is the group's that grows, whatever stands before it.
BENCHMARKS: Mapping[str, Measure] = {
    "ingest": ingest.measure,
    "latency": latency.measure,
    "alarm": alarm.measure,
    "ward": ward.measure,
    "reads": reads.measure,
    "ecg": ecg.measure,
    "tick": tick.measure,
    "twin": twin.measure,
    "storage": storage.measure,
    "flood": flood.measure,
    "growth": growth.measure,
    "sockets": sockets.measure,
}


def run(services: EmbeddedServices, *, wanted: Sequence[str] | None, quick: bool, output: Path) -> None:
    names = {name for name in FIGURES if wanted is None or name in wanted or group_of(name) in wanted}
    where = machine()
    _say(f"{where}; waves: {source()}{'; QUICK: the figures mean nothing' if quick else ''}")
    stage = Stage(services, quick=quick, names=names)
    results = [result for group, measure in BENCHMARKS.items() for result in _measured(group, measure, stage)]
    write(output, where, results)
    print(table(results))  # noqa: T201
    _say(f"written to {output}")


def _measured(group: str, measure: Measure, stage: Stage) -> Iterator[Result]:
    if not any(group_of(name) == group for name in stage.names):
        return
    _say(f"{group} …")
    yield from (result for result in measure(stage) if result.name in stage.names)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
