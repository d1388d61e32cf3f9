"""How long the API takes to answer a clinician: a real server, one client, one request after another."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx

from apps.core.instants import utc_text
from apps.core.tenancy import bind
from apps.readings.models import CurrentValue
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.quantity import SENSOR
from tests.benchmarks.content import VALUES
from tests.benchmarks.history import store_frames, store_rollups
from tests.benchmarks.percentile import percentile
from tests.benchmarks.population import Hospital, hospital
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage

TREND_CODES = ("heart_rate", "spo2")
TREND_DAYS = 30
CURRENT = (*VALUES, "heart_rate", "pulse_rate")
WARM_UP = 10

Address = Callable[[], str]


def measure(stage: Stage) -> Iterator[Result]:
    """1,000 patients with their current values, of whom 100 have thirty days of trends and 10 a day of frames."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    hours = stage.quick_or(1, 24)
    with_trends, with_frames = stage.quick_or(3, 100), stage.quick_or(1, 10)
    with stage.database("bench_reads"):
        clinic = hospital("reads", stage.quick_or(30, 1_000))
        _store_current(clinic, now)
        days = stage.quick_or(1, TREND_DAYS)
        numbers = [REGISTER[code].number for code in TREND_CODES]
        store_rollups(stage.url("migrator"), clinic, patients=with_trends, quantities=numbers, days=days, end=now)
        since = now - timedelta(hours=hours)
        store_frames(stage.url("migrator"), clinic, patients=with_frames, start=since, hours=hours)
        with (
            stage.platform("web"),
            httpx.Client(
                base_url=f"http://127.0.0.1:{stage.web_port}/api/v1",
                cookies={"sessionid": clinic.session()},
                timeout=60,
            ) as client,
        ):
            requests = stage.quick_or(3, 200)
            yield Result("api.vitals_p95_ms", p95_ms(client, requests, lambda: f"{_one(clinic)}/vitals/"))
            yield Result("api.list_p95_ms", p95_ms(client, requests, lambda: "/patients/"))
            span = {"start": utc_text(now - timedelta(days=TREND_DAYS)), "end": utc_text(now)}
            trend = httpx.QueryParams({"code": TREND_CODES[0], "resolution": "15m", **span})
            yield Result(
                "trend.30d_p95_ms",
                p95_ms(client, requests, lambda: f"{_one(clinic, with_trends)}/readings/?{trend}"),
            )
            hour = {"start": utc_text(now - timedelta(hours=1)), "end": utc_text(now)}
            wave = httpx.QueryParams({"channel": "ecg", **hour})
            yield Result(
                "waveform.hour_p95_ms",
                p95_ms(client, requests // 3, lambda: f"{_one(clinic, with_frames)}/waveforms/?{wave}"),
            )


def p95_ms(client: httpx.Client, requests: int, address: Address) -> float:
    """From the request to the last byte of the answer."""
    lasted_ms = []
    for _ in range(WARM_UP + requests):
        began_s = time.perf_counter()
        answer = client.get(address())
        lasted_ms.append((time.perf_counter() - began_s) * 1e3)
        answer.raise_for_status()
    return percentile(lasted_ms[WARM_UP:], 0.95)


def _one(clinic: Hospital, of_first: int | None = None) -> str:
    return f"/patients/{random.choice(clinic.patients[:of_first]).pk}"


def _store_current(clinic: Hospital, now: datetime) -> None:
    with bind(clinic.id):
        CurrentValue.objects.bulk_create(
            [
                CurrentValue(
                    organization_id=clinic.id,
                    patient=patient,
                    code=code,
                    value=70.0,
                    at=now,
                    origin=int(Origin.MEASURED),
                    source=SENSOR,
                    quality=0.97,
                    device_uid=device.uid,
                )
                for patient, device in zip(clinic.patients, clinic.devices, strict=True)
                for code in CURRENT
            ],
            batch_size=5_000,
        )
