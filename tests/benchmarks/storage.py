"""What a day of one patient takes on disk: 250 Hz ECG, 100 Hz PPG and six values a second, merged and lossless."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from apps.readings.merging import merge_frames
from tests.benchmarks.history import store_frames
from tests.benchmarks.population import hospital
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage

# All that holds measurements, with indexes and what they spill over.
_BYTES = """
SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
WHERE c.relkind = 'r' AND c.relname ~ '^readings_' AND c.relname !~ '^readings_(rollup|currentvalue)'
"""
BEFORE_NOW = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Then:
    """A clock that stands."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def measure(stage: Stage) -> Iterator[Result]:
    """A day goes by, hour after hour: frames come in, and those of some hours ago are merged, as the tasks do it; in
    the end the rest is. Less what the empty tables take."""
    patients, hours = stage.quick_or(1, 4), stage.quick_or(1, 24)
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - BEFORE_NOW - timedelta(hours=hours)
    with stage.database("bench_storage"):
        clinic = hospital("storage", patients)
        empty = _bytes(stage)
        for hour in range(hours):
            began_at = start + timedelta(hours=hour)
            store_frames(stage.url("migrator"), clinic, patients=patients, start=began_at, hours=1)
            merge_frames(clinic.id, clock=Then(began_at + timedelta(hours=1)))
            _vacuum(stage)
        merge_frames(clinic.id)
        taken = _bytes(stage) - empty
    yield Result("storage.mb_per_patient_day", taken / (patients * hours / 24) / 1e6)


def _vacuum(stage: Stage) -> None:
    """As autovacuum does by itself after a while."""
    with psycopg.connect(stage.url("migrator"), autocommit=True) as owner:
        owner.execute("VACUUM")


def _bytes(stage: Stage) -> int:
    _vacuum(stage)
    with psycopg.connect(stage.url("migrator")) as owner:
        return int((owner.execute(_BYTES).fetchone() or (0,))[0])
