"""How ingest is: what its processes say of themselves, what was given up, and what is in quarantine."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.db.models import Count, Max, Sum

from apps.ingest.checks import SILENT_AFTER_S
from apps.ingest.heartbeat import HTTP, MQTT, heartbeats, silent
from apps.ingest.models import Ledger, Quarantined

_GIVEN_UP: Final = "SELECT coalesce(sum(given_up), 0)::bigint FROM ingest_ledger WHERE given_up > 0"
_HELD: Final = """
SELECT reason, count(payload), sum(count), max(last_at) FROM ingest_quarantined GROUP BY reason ORDER BY 3 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Process:
    """One that takes frames. `door`: mqtt or http. The rates and `lag_p99_s` are of its last minute, `lag_s` of its
    last batch; all of them None of one that has fallen silent."""

    name: str
    door: str
    state: str
    age_s: float | None = None
    frames_per_s: float | None = None
    batches_per_s: float | None = None
    lag_s: float | None = None
    lag_p99_s: float | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Of one reason: how many payloads are in quarantine, how many times such came, and when the last one did."""

    reason: str
    payloads: int
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """`given_up`: frames that devices no longer had when they were asked for them."""

    given_up: int
    held: Sequence[Held]


def own_figures() -> Figures:
    """Those of the organization in force."""
    given_up = Ledger.objects.filter(given_up__gt=0).aggregate(total=Sum("given_up"))["total"] or 0
    rows = (
        Quarantined.objects.order_by()
        .values_list("reason")
        .annotate(payloads=Count("payload"), total=Sum("count"), last=Max("last_at"))
        .order_by("-total", "reason")
    )
    return Figures(given_up, [Held(*row) for row in rows])


def platform_figures(connection: psycopg.Connection) -> Figures:
    """Those of all organizations together, by the ingest role's connection: sums, and nothing of anybody."""
    (given_up,) = connection.execute(_GIVEN_UP).fetchone() or (0,)
    return Figures(given_up, [Held(*row) for row in connection.execute(_HELD).fetchall()])


def processes() -> list[Process]:
    """What takes frames, or did within the last day. Raises RedisError while Redis is away."""
    now, found = time.time(), []
    for door in (MQTT, HTTP):
        found += [_process(name, door, beat, now) for name, beat in heartbeats(door).items()]
    return found + [Process(name, MQTT, "silent") for name in silent(MQTT)]


def serves(found: Sequence[Process]) -> bool:
    """Whether some process takes what the broker has."""
    return any(process.door == MQTT and process.state == "serving" for process in found)


def worst_lag_s(found: Sequence[Process]) -> float:
    return max((process.lag_p99_s or 0.0 for process in found), default=0.0)


def _process(name: str, door: str, beat: dict[str, Any], now: float) -> Process:
    age_s = max(0.0, now - beat["at"])
    state = "serving" if beat["connected"] else "no broker"
    return Process(
        name=name,
        door=door,
        state="silent" if door == MQTT and age_s > SILENT_AFTER_S else state,
        age_s=age_s,
        frames_per_s=beat["frames_per_s"],
        batches_per_s=beat["batches_per_s"],
        lag_s=beat["lag_s"],
        lag_p99_s=beat["lag_p99_s"],
    )
