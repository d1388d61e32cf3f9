"""What scheduling costs: 300 clinics of five patients, each due every second and asked for nothing but its turn."""

import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from django.db import connection

from apps.ingest import pipeline
from apps.ingest.claims import BEATS_A_SECOND, claim_due
from apps.ingest.tasks import MOST_AT_ONCE
from apps.readings.derive import Derivation
from tests.benchmarks.population import hospital
from tests.benchmarks.processor import spent_s
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage

PATIENTS = 5
# The first takes every shard up, one by one.
SETTLED_AFTER_S = 3


def measure(stage: Stage) -> Iterator[Result]:
    """The processor time of this process and of its PostgreSQL backend for claiming, binding and releasing each shard,
    a second's worth of them, as share of a second. Deriving, the twin and the alerts are left out: their cost is the
    patients', not the clinics'."""
    clinics, seconds = stage.quick_or(10, 300), stage.quick_or(2, 20)
    with stage.database("bench_tick"):
        patient_ids = {each.pk for number in range(clinics) for each in hospital(f"c{number:04d}", PATIENTS).patients}
        derivation = Derivation(patient_ids=patient_ids)  # busy: due again after a second
        with (
            patch.object(pipeline, "derive", lambda **_: derivation),
            patch.object(pipeline, "advance", lambda **_: None),
            patch.object(pipeline, "evaluate", lambda **_: []),
        ):
            for _ in range(SETTLED_AFTER_S):
                _second()
            began_s = _spent_s()
            for _ in range(seconds):
                _second()
            spent_s = _spent_s() - began_s
    yield Result("tick.small_clinics_share", spent_s / seconds)


def _second() -> None:
    """As beat tells a worker: every so often, whatever is due then."""
    began_s = time.monotonic()
    for beat in range(BEATS_A_SECOND):
        time.sleep(max(0.0, began_s + beat / BEATS_A_SECOND - time.monotonic()))
        while claims := claim_due(MOST_AT_ONCE):
            for claim in claims:
                pipeline.tick(claim)
    time.sleep(max(0.0, began_s + 1.0 - time.monotonic()))


def _spent_s() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    return time.process_time() + spent_s(Path(f"/proc/{backend}/stat"))
