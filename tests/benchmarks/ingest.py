"""Ingest against the bare loop: frames of 8,000 devices through 200 hubs, as fast as they are confirmed."""

from collections.abc import Iterator
from statistics import mean

import psycopg
from django.conf import settings

from tests.benchmarks import bare_loop
from tests.benchmarks.load import Report, flood
from tests.benchmarks.population import Hospital, hospital
from tests.benchmarks.progress import Progress
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage
from tests.benchmarks.worker import Worker

# At most so many frames of a device are under way: it is acknowledged once a second, and may send three in one.
WINDOW = 4
PATIENCE_S = 60.0
SLACK_S = 120.0
_STORED = "SELECT count(*), count(DISTINCT (device_id, boot, seq)) FROM readings_frame"


def measure(stage: Stage) -> Iterator[Result]:
    """The bare loop runs before and after: whatever else the machine does then weighs on both alike."""
    before = _bare_loop(stage)
    report, stored, distinct = _ingest(stage)
    after = _bare_loop(stage)
    rate = mean(report.confirmed_each_second)
    yield Result("ingest.frames_per_second", rate)
    yield Result("ingest.ratio", rate / ((before + after) / 2))
    yield Result("ingest.lost", report.sent - distinct)
    yield Result("ingest.doubled", stored - distinct)


def _ingest(stage: Stage) -> tuple[Report, int, int]:
    """What the devices saw, how many rows there are, and how many of them are different frames."""
    with stage.database("bench_ingest"):
        senders = _hospital(stage).senders(hubs=stage.quick_or(10, 200))
        with (
            stage.platform("gatekeeper", "ingest", for_devices=senders),
            Worker(
                flood,
                senders,
                stage.address,
                window=WINDOW,
                warm_up_s=stage.quick_or(1, 10),
                measured_s=stage.quick_or(2, 60),
                patience_s=PATIENCE_S,
            ) as load,
        ):
            report = load.result(60 + PATIENCE_S + SLACK_S)
        with psycopg.connect(stage.url("migrator")) as connection:
            row = connection.execute(_STORED).fetchone() or (0, 0)
    return report, row[0], row[1]


def _bare_loop(stage: Stage) -> float:
    """Frames a second, by the loop's own count of commits."""
    with stage.database("bench_bare"):
        clinic = _hospital(stage)
        senders = clinic.senders(hubs=stage.quick_or(10, 200))
        owners = {d.uid: (clinic.id, d.pk, p.pk) for d, p in zip(clinic.devices, clinic.patients, strict=True)}
        path = stage.directory / "committed"
        Progress(path).count = 0
        with (
            stage.platform("gatekeeper", for_devices=senders),
            Worker(bare_loop.run, settings.MQTT_URL, stage.url("ingest"), owners, path),
            Worker(
                flood,
                senders,
                stage.address,
                window=WINDOW,
                warm_up_s=stage.quick_or(1, 5),
                measured_s=stage.quick_or(2, 20),
                patience_s=0.0,
                committed=path,
            ) as load,
        ):
            report = load.result(60 + SLACK_S)
    return mean(report.confirmed_each_second)


def _hospital(stage: Stage) -> Hospital:
    return hospital("ingest", stage.quick_or(200, 8_000))
