"""What is measured of patients over some minutes, and their twins brought up to it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.patients.models import Patient
from apps.twin.analysis import Analysed, analyse
from apps.twin.claims import Claim
from apps.twin.models import TwinEnsemble, TwinShard
from tests.alerts.rows import show
from tests.factories import a_frame
from tests.held_clock import HeldClock
from tests.personas import Hospital

WELL = {"heart_rate": 71.0, "spo2": 97.0, "respiratory_rate": 14.0, "core_temperature": 36.8, "skin_temperature": 33.4}
EVERY_S = 20


def measure(
    patient: Patient, device: Device, *, since: datetime, until: datetime, late: bool = False, **values: float
) -> None:
    """The same figures every twenty seconds: as frames, and the last as current values."""
    figures, at = WELL | values, since
    while at < until:
        a_frame(patient, device, at, values=figures, late=late)
        at += timedelta(seconds=EVERY_S)
    if not late:
        for code, value in figures.items():
            show(patient, code, value, until - timedelta(seconds=1))


def back_then() -> HeldClock:
    """Far enough back for the minutes to be rolled up, in the second minute of ten."""
    at = datetime.now(UTC) - timedelta(minutes=40)
    return HeldClock(at.replace(minute=at.minute // 10 * 10 + 2, second=0, microsecond=0))


def live(hospital: Hospital, device: Device, clock: HeldClock, minutes: int, **values: float) -> None:
    """Alice, measured and analysed minute by minute."""
    for _ in range(minutes):
        since = clock.now()
        clock.move(60)
        measure(hospital.alice, device, since=since, until=clock.now(), **values)
        analysed(hospital, clock)


def claim_of(hospital: Hospital, at: datetime, number: int = 0) -> Claim:
    """The shard, as if it had been claimed at that moment."""
    with bind(hospital.id):
        due = {"due_at": at, "claimed_until": at + timedelta(minutes=2)}
        if not TwinShard.objects.filter(number=number).update(**due):
            make_shard(hospital, number, at)
    return Claim(hospital.id, number)


def make_shard(hospital: Hospital, number: int, at: datetime) -> None:
    """Only the definer function makes shards; the owner of the tables may too."""
    TwinShard.objects.using("migrator").create(
        organization_id=hospital.id, number=number, due_at=at, claimed_until=at + timedelta(minutes=2)
    )


def analysed(hospital: Hospital, clock: HeldClock) -> Analysed | None:
    return analyse(claim_of(hospital, clock.now()), clock=clock)


def ensembles(hospital: Hospital) -> dict[str, TwinEnsemble]:
    """By given name."""
    with bind(hospital.id):
        return {row.patient.given_name: row for row in TwinEnsemble.objects.select_related("patient")}


def reserve_of(organs: Iterable[dict], name: str) -> dict | None:
    return next(organ["reserve"] for organ in organs if organ["organ"] == name)
