"""The live stream by daphne, which serves by default, and by uvicorn beside it: the same screens on the same ward.

uvicorn is a peer, for comparison only; where it is not installed its rows are left out.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.latency import SETTLED_AFTER_S, p99_ms
from tests.benchmarks.load import once_a_second
from tests.benchmarks.observers import Screen, watch_screens
from tests.benchmarks.population import hospital
from tests.benchmarks.processor import spent_s
from tests.benchmarks.results import SERVERS, Result
from tests.benchmarks.stage import Stage
from tests.benchmarks.worker import Worker

PATIENCE_S = 120.0
_UVICORN = ("uvicorn", "--host", "127.0.0.1", "--lifespan", "off", "--log-level", "warning", "--no-access-log")
_APPLICATION = "bodylink.asgi:application"
# Without options: as the platform starts it.
_OPTIONS: Mapping[str, Sequence[str]] = {
    "daphne": (),
    "uvicorn": (*_UVICORN, "--ws", "websockets"),
    "uvicorn-sansio": (*_UVICORN, "--ws", "websockets-sansio"),
}


def measure(stage: Stage) -> Iterator[Result]:
    """`sockets.core_share`: the processor time of the server for each second; `sockets.screen_p99_ms`: publish to a
    screen, of waves and of measured values, whichever took longer."""
    for server in SERVERS:
        if not stage.wants(f"sockets.core_share@{server}") and not stage.wants(f"sockets.screen_p99_ms@{server}"):
            continue
        if server != "daphne" and find_spec("uvicorn") is None:
            print(f"{server} is not installed (requirements/laboratory.txt): its rows are left out", file=sys.stderr)  # noqa: T201
            continue
        share, late_ms = _served(stage, _OPTIONS[server])
        yield Result(f"sockets.core_share@{server}", share)
        yield Result(f"sockets.screen_p99_ms@{server}", late_ms)


def _served(stage: Stage, options: Sequence[str]) -> tuple[float, float]:
    patients, screens, seconds = stage.quick_or(5, 64), stage.quick_or(2, 20), stage.quick_or(13, 40)
    server = {"web": (*options, "--port", str(stage.web_port), _APPLICATION)} if options else {}
    with stage.database("bench_sockets"):
        ward = hospital("sockets", patients)
        senders = ward.senders()
        shown = [Screen(stage.web_port, ward.session(), ward.unit.pk)] * screens
        with (
            stage.platform("gatekeeper", "ingest", "web", for_devices=senders, instead=server) as supervisor,
            Worker(watch_screens, shown, seconds + SETTLED_AFTER_S) as screen,
        ):
            web = Path(f"/proc/{supervisor.pid('web')}/stat")
            before_s = spent_s(web)
            with Worker(once_a_second, senders, stage.address, measured_s=seconds, patience_s=5.0) as load:
                load.result(seconds + PATIENCE_S)
            share = (spent_s(web) - before_s) / seconds
            waves, values = screen.result(PATIENCE_S)
    return share, max(p99_ms(waves), p99_ms(values))
