"""How long a frame is on its way while everything runs: 500 devices at 1 Hz, each on a connection of its own."""

from collections.abc import Iterable, Iterator

from apps.demo.processes import TICKERS
from tests.benchmarks.load import once_a_second
from tests.benchmarks.noting_ingest import commits
from tests.benchmarks.observers import Screen, watch_screen
from tests.benchmarks.percentile import percentile
from tests.benchmarks.population import hospital
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage
from tests.benchmarks.worker import Worker

PLATFORM = ("gatekeeper", "ingest", *TICKERS, "worker", "beat", "web")
SETTLED_AFTER_S = 10.0
PATIENCE_S = 120.0


def measure(stage: Stage) -> Iterator[Result]:
    """The first seconds are left out: connections and caches are cold then."""
    seconds = stage.quick_or(14, 60)
    with stage.database("bench_latency"):
        ward = hospital("latency", stage.quick_or(20, 500))
        senders = ward.senders()
        watched_s = seconds + stage.quick_or(5, 20)
        with (
            stage.platform(*PLATFORM, for_devices=senders, instead=stage.noting_ingest),
            Worker(watch_screen, Screen(stage.web_port, ward.session(), ward.unit.pk), watched_s) as screen,
            Worker(once_a_second, senders, stage.address, measured_s=seconds, patience_s=5.0) as load,
        ):
            waves, values = screen.result(watched_s + PATIENCE_S)
            load.result(PATIENCE_S)
    yield Result("latency.commit_p99_ms", p99_ms(commits(stage.commits_file)))
    yield Result("latency.screen_p99_ms", max(p99_ms(waves), p99_ms(values)))


def p99_ms(seen: Iterable[tuple[float, float]]) -> float:
    """Of (published, seen) in epoch seconds."""
    pairs = sorted(seen)
    return percentile((at - since for since, at in pairs if since > pairs[0][0] + SETTLED_AFTER_S), 0.99) * 1e3
