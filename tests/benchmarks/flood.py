"""A flood of half a minute: devices that send as fast as the broker lets them, beside one that behaves."""

from collections import Counter
from collections.abc import Iterator

import psycopg

from tests.benchmarks.flooding import flooded
from tests.benchmarks.load.bodies import BOOT
from tests.benchmarks.memory import broker_pid
from tests.benchmarks.population import hospital
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage

PROCESSES = 3
PATIENCE_S = 300.0
_COMMITTED = "SELECT count(*) FROM readings_frame"
_STORED = "SELECT d.uid, f.seq FROM readings_frame f JOIN devices_device d ON d.id = f.device_id WHERE f.boot = %s"


def measure(stage: Stage) -> Iterator[Result]:
    """`flood.normal_after_s` counts from the last frame of the flood. Memory is the highest that was seen."""
    with stage.database("bench_flood"), psycopg.connect(stage.url("migrator"), autocommit=True) as owner:

        def committed() -> int:
            return int((owner.execute(_COMMITTED).fetchone() or (0,))[0])

        calm, *senders = hospital("flood", 1 + PROCESSES * stage.quick_or(1, 20)).senders()
        with stage.platform("gatekeeper", "ingest", for_devices=[calm]) as supervisor:
            found = flooded(
                [senders[number::PROCESSES] for number in range(PROCESSES)],
                calm,
                stage.address,
                pids={"ingest": supervisor.pid("ingest") or 0, "broker": broker_pid(stage.broker_directory)},
                committed=committed,
                seconds=stage.quick_or(2, 30),
                patience_s=PATIENCE_S,
            )
        stored = Counter(owner.execute(_STORED, [BOOT]).fetchall())
    confirmed = {(each.uid, seq) for each in found.poured for seq in range(each.sent) if seq not in each.unconfirmed}
    yield Result("flood.lost", len(confirmed - stored.keys()))
    yield Result("flood.doubled", stored.total() - len(stored))
    yield Result("flood.normal_after_s", found.normal_after_s)
    yield Result("flood.sent_per_second", found.sent / found.seconds)
    yield Result("flood.taken_per_second", found.taken / found.seconds)
    yield Result("flood.calm_worst_s", max(took_s for _, took_s in found.calm.took))
    yield Result("flood.ingest_mb", found.memory.highest["ingest"])
    yield Result("flood.broker_mb", found.memory.highest["broker"])
