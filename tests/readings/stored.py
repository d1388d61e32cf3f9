"""What the tests of storage ask again and again: all that can be read of a patient, and what lies in which table."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections

from apps.core.keyset import Cursor
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.forms import VALUE_CODES, WAVE_CODES
from apps.readings.selectors import raw_readings, trend, waveform
from tests.personas import Hospital

MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
START = MIDNIGHT - timedelta(days=3, hours=1)
"""An hour before a midnight that lies days ago."""


class At:
    """A clock that stands still."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def readings(hospital: Hospital, patient: Patient, *, start: datetime, end: datetime) -> list[Any]:
    """All single readings, page by page."""
    with bind(hospital.id):
        return [row for page in _pages(raw_readings, patient, start=start, end=end) for row in page]


def buckets(hospital: Hospital, patient: Patient, minutes: int, *, start: datetime, end: datetime) -> list[Any]:
    """All of a trend, page by page."""
    with bind(hospital.id):
        return [row for page in _pages(trend, patient, minutes=minutes, start=start, end=end) for row in page]


def _pages(selector: Any, patient: Patient, **asked: Any) -> Iterator[list[Any]]:
    """The pages forth, having made sure that the way back shows the same."""
    cursor: Cursor | None = None
    forth, back = [], []
    while cursor is not None or not forth:
        page = selector(patient.pk, codes=VALUE_CODES, cursor=cursor, **asked)
        forth.append(list(page.rows))
        cursor, previous = page.next, page.previous
    while previous is not None:
        page = selector(patient.pk, codes=VALUE_CODES, cursor=previous, **asked)
        back.insert(0, list(page.rows))
        previous = page.previous
    assert back == forth[:-1]
    yield from forth


def waves(hospital: Hospital, patient: Patient, *, start: datetime, end: datetime) -> dict[str, list[Any]]:
    """Every wave, to the bit: start, rate, origin, device and samples of each segment."""
    with bind(hospital.id):
        return {
            channel: [
                (segment.start, segment.rate_hz, segment.origin, segment.device, segment.samples.tobytes())
                for segment in waveform(patient.pk, channel=channel, start=start, end=end)
            ]
            for channel in WAVE_CODES
        }


def rows(table: str, *, order: str = "1", columns: str = "*") -> list[tuple[Any, ...]]:
    """The rows of a table, of every organization, as its owner sees them."""
    with connections["migrator"].cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} ORDER BY {order}")
        return cursor.fetchall()


def count(table: str, hospital: Hospital | None = None) -> int:
    with connections["migrator"].cursor() as cursor:
        where = "" if hospital is None else f"WHERE organization_id = '{hospital.id}'"
        cursor.execute(f"SELECT count(*) FROM {table} {where}")
        found: int = cursor.fetchone()[0]
        return found
