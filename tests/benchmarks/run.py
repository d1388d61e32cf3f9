"""Runs the benchmarks one after another. Django is set up here, once the environment is settled."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import django

django.setup()

from apps.demo.services.embedded import EmbeddedServices  # noqa: E402
from tests.benchmarks import alarm, ecg, ingest, latency, reads, storage, tick  # noqa: E402
from tests.benchmarks.content import source  # noqa: E402
from tests.benchmarks.results import FIGURES, Result, machine, table, write  # noqa: E402
from tests.benchmarks.stage import Stage  # noqa: E402

Measure = Callable[[Stage], Iterator[Result]]
# Each gives the figures whose names begin so.
BENCHMARKS: Mapping[Measure, tuple[str, ...]] = {
    ingest.measure: ("ingest.",),
    latency.measure: ("latency.",),
    alarm.measure: ("alarm.",),
    reads.measure: ("api.", "trend.", "waveform."),
    ecg.measure: ("ecg.",),
    tick.measure: ("tick.",),
    storage.measure: ("storage.",),
}


def run(services: EmbeddedServices, *, wanted: Sequence[str] | None, quick: bool, output: Path) -> None:
    names = set(wanted or FIGURES)
    where = machine()
    _say(f"{where}; waves: {source()}{'; QUICK: the figures mean nothing' if quick else ''}")
    stage = Stage(services, quick=quick)
    results = [
        result for measure, prefixes in BENCHMARKS.items() for result in _measured(measure, prefixes, names, stage)
    ]
    write(output, where, results)
    print(table(results))  # noqa: T201
    _say(f"written to {output}")


def _measured(measure: Measure, prefixes: tuple[str, ...], names: set[str], stage: Stage) -> Iterator[Result]:
    if not any(name.startswith(prefixes) for name in names):
        return
    _say(f"{', '.join(prefixes)} …")
    yield from (result for result in measure(stage) if result.name in names)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
