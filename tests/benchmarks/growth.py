"""How the figures grow: ingest and its latency with the number of devices, trends and merging with the days.

Nothing here has a limit. The same devices share at most 200 connections; more in flight each, where there are few, so
that as many frames are under way in all."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import mean

import httpx

from apps.core.instants import utc_text
from apps.readings.merging import merge_frames
from apps.readings.quantities import REGISTER
from tests.benchmarks.history import store_frames, store_rollups
from tests.benchmarks.latency import p99_ms
from tests.benchmarks.load import flood, once_a_second
from tests.benchmarks.noting_ingest import commits
from tests.benchmarks.population import hospital
from tests.benchmarks.reads import p95_ms
from tests.benchmarks.results import DEVICES, MERGED_DAYS, TREND_DAYS, Result
from tests.benchmarks.stage import Stage
from tests.benchmarks.worker import Worker

CONNECTIONS = 200
UNDER_WAY = 32_000
LEAST_WINDOW = 4
PATIENTS_WITH_TRENDS = 20
PATIENCE_S = 60.0
SLACK_S = 120.0
CODE = "heart_rate"
BEFORE_NOW = timedelta(hours=8)


def measure(stage: Stage) -> Iterator[Result]:
    for devices in DEVICES:
        if stage.wants(f"ingest.frames_per_second@{devices}"):
            yield Result(f"ingest.frames_per_second@{devices}", _frames_per_second(stage, devices))
    for devices in DEVICES:
        if stage.wants(f"latency.commit_p99_ms@{devices}"):
            yield Result(f"latency.commit_p99_ms@{devices}", _commit_p99_ms(stage, devices))
    if any(stage.wants(f"trend.p95_ms@{days}d") for days in TREND_DAYS):
        yield from _trends(stage)
    for days in MERGED_DAYS:
        if stage.wants(f"merge.s_per_patient_day@{days}d"):
            yield Result(f"merge.s_per_patient_day@{days}d", _merge_s(stage, days) / days)


def _frames_per_second(stage: Stage, devices: int) -> float:
    devices = min(devices, stage.quick_or(200, devices))
    with stage.database("bench_growth"):
        senders = hospital("growth", devices).senders(hubs=min(devices, CONNECTIONS))
        with (
            stage.platform("gatekeeper", "ingest", for_devices=senders),
            Worker(
                flood,
                senders,
                stage.address,
                window=max(LEAST_WINDOW, UNDER_WAY // devices),
                warm_up_s=stage.quick_or(1, 10),
                measured_s=stage.quick_or(2, 20),
                patience_s=PATIENCE_S,
            ) as load,
        ):
            report = load.result(PATIENCE_S + SLACK_S)
    return mean(report.confirmed_each_second)


def _commit_p99_ms(stage: Stage, devices: int) -> float:
    """Each device at 1 Hz."""
    devices = min(devices, stage.quick_or(200, devices))
    seconds = stage.quick_or(13, 40)
    with stage.database("bench_growth"):
        ward = hospital("growth", devices)
        senders = ward.senders(hubs=min(devices, CONNECTIONS))
        with (
            stage.platform("gatekeeper", "ingest", for_devices=senders, instead=stage.noting_ingest),
            Worker(once_a_second, senders, stage.address, measured_s=seconds, patience_s=5.0) as load,
        ):
            load.result(seconds + SLACK_S)
    return p99_ms(commits(stage.commits_file))


def _trends(stage: Stage) -> Iterator[Result]:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    patients, requests = stage.quick_or(2, PATIENTS_WITH_TRENDS), stage.quick_or(3, 100)
    with stage.database("bench_growth"):
        clinic = hospital("growth", patients)
        store_rollups(
            stage.url("migrator"),
            clinic,
            patients=patients,
            quantities=[REGISTER[CODE].number],
            days=stage.quick_or(1, max(TREND_DAYS)),
            end=now,
        )
        address = f"http://127.0.0.1:{stage.web_port}/api/v1"
        with (
            stage.platform("web"),
            httpx.Client(base_url=address, cookies={"sessionid": clinic.session()}, timeout=60) as client,
        ):
            for days in TREND_DAYS:
                span = {"start": utc_text(now - timedelta(days=days)), "end": utc_text(now)}
                trend = httpx.QueryParams({"code": CODE, "resolution": "15m", **span})
                asked = [f"/patients/{patient.pk}/readings/?{trend}" for patient in clinic.patients]
                turns = iter(asked * (1 + 2 * requests))
                yield Result(f"trend.p95_ms@{days}d", p95_ms(client, requests, lambda turns=turns: next(turns)))  # type: ignore[misc]


def _merge_s(stage: Stage, days: int) -> float:
    """Seconds for merging so many days of one patient, all at once."""
    hours = stage.quick_or(1, 24 * days)
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - BEFORE_NOW - timedelta(hours=hours)
    with stage.database("bench_growth"):
        clinic = hospital("growth", 1)
        store_frames(stage.url("migrator"), clinic, patients=1, start=start, hours=hours)
        began_s = time.perf_counter()
        merge_frames(clinic.id)
        return time.perf_counter() - began_s
