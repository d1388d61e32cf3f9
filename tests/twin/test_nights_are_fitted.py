"""The nightly refit in the platform: who is claimed, what is written, and how a body goes on from it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from apps.twin import checks, refits, refitting
from apps.twin.models import TwinEnsemble, TwinForecast, TwinRefit, TwinRewind, TwinSnapshot
from apps.twin.persons import as_kept, person_of
from apps.twin.refitting import BETTER, TOO_FEW, refit_some
from apps.twin.selectors import refit_of
from apps.twin.stepping import seed_of
from ml.twin import Twins
from ml.twin.refit import Evidence, Verdict, learned
from tests.alerts.rows import show
from tests.held_clock import HeldClock
from tests.personas import Hospital, World
from tests.twin.bodies import analysed

HOURS = 10
USUAL = {"heart_rate": 72.0, "spo2": 97.0, "respiratory_rate": 14.0, "glucose": 5.4}


@pytest.fixture
def clock() -> HeldClock:
    at = datetime.now(UTC).replace(second=20, microsecond=0)
    return HeldClock(at - timedelta(minutes=at.minute % 10))


def followed(hospital: Hospital, patient: Patient, clock: HeldClock) -> None:
    """Ten hours of readings, and a body that has lived them."""
    now = clock.now()
    person = person_of(patient, now.date())
    assert person is not None
    begin = now.replace(second=0) - timedelta(hours=HOURS)
    twins = Twins.begin([person], at_s=begin.timestamp(), seeds=[seed_of(patient.pk)])
    snapshots, readings = [], []
    of = {"organization_id": hospital.id, "patient_id": patient.pk}
    for minute in range(5, 60 * HOURS + 1, 5):
        at = begin + timedelta(minutes=minute)
        if minute % 10 == 0:
            twins.advance(at.timestamp(), {})
            snapshots.append(TwinSnapshot(**of, at=at, coarse=True, state=twins.packed()[0]))
        for code, value in USUAL.items():
            shown = value + (minute % 3 - 1) * 0.01 * value
            readings.append(
                Rollup(
                    **of, quantity=REGISTER[code].number, minutes=1, start=at - timedelta(minutes=2),
                    count=1, minimum=shown, total=shown, maximum=shown,
                )
            )  # fmt: skip
    with bind(hospital.id):
        Rollup.objects.bulk_create(readings)
        TwinSnapshot.objects.bulk_create(snapshots)
        TwinEnsemble.objects.create(
            **of, at=now - timedelta(seconds=20), analysed_at=now, state=twins.packed()[0], person=as_kept(person)
        )
    show(patient, "heart_rate", 72.0, now - timedelta(seconds=1))


def rows(hospital: Hospital) -> list[TwinRefit]:
    with bind(hospital.id):
        return list(TwinRefit.objects.all())


@pytest.fixture
def better(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(old: Evidence, new: Evidence) -> Verdict:
        count = old.readings.sum(axis=0)
        yes = np.ones(len(count), dtype=np.bool_)
        return Verdict(np.full(len(count), 0.1), np.full(len(count), 0.01), count, yes, yes)

    monkeypatch.setattr(refitting, "verdict", judged)


@pytest.mark.usefixtures("better")
def test_a_better_refit_takes_the_days_place_and_the_body_goes_on_from_it(world: World, clock: HeldClock) -> None:
    north, alice = world.north, world.north.alice
    followed(north, alice, clock)
    assert refit_some(north.id, clock=clock) == 1
    (row,) = rows(north)
    assert (row.taken, row.why) == (True, BETTER)
    assert row.readings > 20
    assert row.finished_at == clock.now()
    assert row.since < row.judged_from < row.until < clock.now()
    assert {change["name"] for change in row.changes} == {"resting_pressure", "core_setpoint", "basal_glucose"}
    with bind(north.id):
        assert TwinSnapshot.objects.order_by("-at").first().at == row.until
        (rewind,) = TwinRewind.objects.all()
        assert rewind.minute == row.until
    clock.move(60)
    found = analysed(north, clock)
    assert found is not None
    assert found.rewound == [alice.pk]
    with bind(north.id):
        state = bytes(TwinEnsemble.objects.get().state)
    after = {each["name"]: each["after"] for each in row.changes}["basal_glucose"]
    assert learned(Twins.unpacked([state]))[0]["basal_glucose"][0] == pytest.approx(after, rel=0.05)


def test_one_that_is_no_better_changes_nothing_and_is_written_down(
    world: World, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed(world.north, world.north.alice, clock)
    monkeypatch.setattr(refitting, "FITTED_SHARE", 0.97)
    with bind(world.north.id):
        before = set(TwinSnapshot.objects.values_list("pk", flat=True))
    refit_some(world.north.id, clock=clock)
    (row,) = rows(world.north)
    assert (row.taken, row.why, row.changes) == (False, TOO_FEW, [])
    with bind(world.north.id):
        assert set(TwinSnapshot.objects.values_list("pk", flat=True)) == before
        assert not TwinRewind.objects.exists()
    assert refit_some(world.north.id, clock=clock) == 0


def test_a_worker_that_is_killed_leaves_a_claim_that_runs_out(
    world: World, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed(world.north, world.north.alice, clock)
    with monkeypatch.context() as dying:
        dying.setattr(refitting, "judged", killed)
        with pytest.raises(KeyboardInterrupt):
            refit_some(world.north.id, clock=clock)
    assert [row.finished_at for row in rows(world.north)] == [None]
    assert refit_some(world.north.id, clock=clock) == 0
    clock.move(refits.LEASE.total_seconds())
    assert refit_some(world.north.id, clock=clock) == 1
    assert rows(world.north)[0].finished_at is not None


def killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("better")
def test_a_day_that_changed_meanwhile_is_left_and_done_again(
    world: World, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed(world.north, world.north.alice, clock)
    live_again = refitting._live_again

    def while_late_data_come(day: refitting.Day) -> refitting.Lived:
        with bind(world.north.id):
            TwinSnapshot.objects.filter(pk__in=day.guards).delete()
        return live_again(day)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(refitting, "_live_again", while_late_data_come)
        refit_some(world.north.id, clock=clock)
    assert [row.finished_at for row in rows(world.north)] == [None]
    assert refit_some(world.north.id, clock=clock) == 1
    assert rows(world.north)[0].taken


def test_a_body_of_few_hours_has_no_day_to_be_fitted_to(world: World, clock: HeldClock) -> None:
    followed(world.north, world.north.alice, clock)
    with bind(world.north.id):
        TwinSnapshot.objects.filter(at__lt=clock.now() - refits.SHORTEST).delete()
    assert refit_some(world.north.id, clock=clock) == 0


def test_each_organization_has_its_own(world: World, clock: HeldClock) -> None:
    followed(world.north, world.north.alice, clock)
    followed(world.south, world.south.alice, clock)
    assert refit_some(world.south.id, clock=clock) == 1
    assert rows(world.north) == []
    with bind(world.north.id):
        assert refit_of(world.south.alice.pk) is None
    with bind(world.south.id):
        shown = refit_of(world.south.alice.pk)
    assert shown is not None
    answer = world.south.client(Role.CLINICIAN).get(f"/api/v1/patients/{world.south.alice.pk}/twin/")
    assert answer.json()["refit"]["night"] == shown["night"]
    assert world.north.client(Role.CLINICIAN).get(f"/api/v1/patients/{world.south.alice.pk}/twin/").status_code == 404


@pytest.mark.parametrize(
    ("utc", "timezone", "night"),
    [
        ("2026-03-02T02:59:00+00:00", "Europe/Berlin", date(2026, 3, 1)),
        ("2026-03-02T03:00:00+00:00", "Europe/Berlin", date(2026, 3, 2)),
        ("2026-03-02T03:00:00+00:00", "America/Los_Angeles", date(2026, 3, 1)),
    ],
)
def test_a_night_is_over_at_four_by_the_clock_of_the_house(utc: str, timezone: str, night: date) -> None:
    assert refits.night_of(datetime.fromisoformat(utc), timezone) == night


def test_doctor_says_when_nights_were_not_fitted(world: World) -> None:
    now, alice = datetime.now(UTC), world.north.alice
    followed(world.north, alice, HeldClock(now))
    assert checks.nights_are_fitted().ok
    with bind(world.north.id):
        made_at = now - checks.REFIT_LATE_AFTER - timedelta(hours=1)
        of = {"organization_id": world.north.id, "patient_id": alice.pk}
        TwinForecast.objects.create(
            **of, made_at=made_at, minutes=30, target_at=made_at, codes=[], latest=[], quantiles=[]
        )
    assert not checks.nights_are_fitted().ok
    with bind(world.north.id):
        TwinRefit.objects.create(**of, night=now.date(), claimed_until=now, finished_at=now)
    assert checks.nights_are_fitted().ok
