"""Against a patient's own past week: nothing while little is known, nothing while all is as usual, then reasons."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from apps.readings.rollup_blocks import merge_rollups
from apps.scores.usual import CODES, present_of, usual_of
from tests.factories import now
from tests.personas import World


def quarter(patient: Patient, code: str, start: datetime, mean: float) -> Rollup:
    return Rollup(
        organization_id=patient.organization_id,
        patient_id=patient.pk,
        quantity=REGISTER[code].number,
        minutes=15,
        start=start,
        count=4,
        minimum=mean,
        total=4 * mean,
        maximum=mean,
    )


def week_of(patient: Patient, *, days: int = 6, last: float = 70.0) -> None:
    """Hours about 70/min and 97 %, and a last quarter of an hour with `last`."""
    generator = np.random.default_rng(5)
    begin = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=days)
    rows = [
        quarter(patient, code, begin + timedelta(hours=hour), float(middle + generator.normal() * noise))
        for code, middle, noise in (("heart_rate", 70.0, 2.0), ("spo2", 97.0, 0.5))
        for hour in range(days * 24)
    ]
    latest = now() - timedelta(minutes=10)
    rows += [quarter(patient, "heart_rate", latest, last), quarter(patient, "spo2", latest, 97.0)]
    with bind(patient.organization_id):
        Rollup.objects.bulk_create(rows)


def unusual(world: World, patient: Patient) -> dict[str, Any]:
    answer = world.north.client(Role.CLINICIAN).get(f"/api/v1/patients/{patient.pk}/news2/")
    found: dict[str, Any] = answer.json()["unusual"]
    return found


def merged(world: World) -> int:
    """Days that ended two days ago become blocks, as every night."""
    return merge_rollups(world.north.id)


def test_without_a_past_nothing_is_said(world: World) -> None:
    assert unusual(world, world.north.alice) == {"known": [], "reasons": []}
    week_of(world.north.bob, days=0)
    assert unusual(world, world.north.bob) == {"known": [], "reasons": []}


def test_while_all_is_as_usual_nothing_is_said(world: World) -> None:
    week_of(world.north.alice)
    assert unusual(world, world.north.alice) == {"known": ["heart_rate", "spo2"], "reasons": []}


def test_what_is_not_as_usual_is_said_with_its_size(world: World) -> None:
    week_of(world.north.alice, last=95.0)
    (reason,) = unusual(world, world.north.alice)["reasons"]
    assert reason["text"].startswith("Heart rate 2")
    assert reason["text"].endswith("/min above your usual for this hour")
    assert (reason["code"], reason["value"], reason["unit"]) == ("heart_rate", 95.0, "/min")
    assert 68 < reason["usual"] < 72
    assert reason["spreads"] > 3


def test_past_days_count_after_they_were_merged(world: World) -> None:
    """Only two or three days of a week are rows: the others lie in blocks."""
    week_of(world.north.alice, last=95.0)
    before = unusual(world, world.north.alice)
    assert merged(world) > 100
    assert unusual(world, world.north.alice) == before
    assert before["reasons"][0]["text"].endswith("your usual for this hour")


def test_many_patients_are_asked_after_at_once(world: World, django_assert_num_queries: Any) -> None:
    people = [world.north.charlie, world.north.alice, world.north.bob]
    week_of(world.north.alice, last=95.0)
    week_of(world.north.bob, days=2, last=66.0)
    merged(world)
    ids = [patient.pk for patient in people]
    with bind(world.north.id), django_assert_num_queries(1):
        present = present_of(ids, now=now())
        usual = usual_of(ids, now=now())  # past Django's cursor, which counts: see apps.readings.binary
    assert present[:, CODES.index("heart_rate")].tolist() == pytest.approx([np.nan, 95.0, 66.0], nan_ok=True)
    assert [usual.known(row) for row in range(3)] == [(), ("heart_rate", "spo2"), ("heart_rate", "spo2")]
    assert usual.of_hour.any(axis=1).tolist() == [False, True, False]
    with bind(world.north.id):
        alone = usual_of([world.north.alice.pk], now=now())
    assert np.array_equal(usual.median[1], alone.median[0], equal_nan=True)
    with bind(world.south.id):
        assert usual_of(ids, now=now()).known(1) == ()


def test_a_pulse_and_a_cuff_tell_what_is_not_measured_itself(world: World) -> None:
    begin = now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=40)
    codes = {"pulse_rate": 64.0, "systolic_pressure": 120.0, "diastolic_pressure": 75.0}
    rows = [
        quarter(world.north.alice, code, begin + timedelta(hours=hour), value)
        for code, value in codes.items()
        for hour in range(40)
    ]
    with bind(world.north.id):
        Rollup.objects.bulk_create(rows)
        usual = usual_of([world.north.alice.pk], now=now())
    assert usual.known(0) == ("heart_rate", "systolic_pressure", "diastolic_pressure", "mean_pressure")
    assert [float(usual.of(code).median[0]) for code in ("heart_rate", "mean_pressure")] == [64.0, 90.0]


def test_the_last_hours_are_no_part_of_what_is_usual(world: World) -> None:
    week_of(world.north.alice, last=95.0)
    with bind(world.north.id):
        before = usual_of([world.north.alice.pk], now=now())
        late = Rollup.objects.filter(
            quantity=REGISTER["heart_rate"].number, start__gt=now() - timedelta(hours=5), minutes=15
        )
        assert late.update(total=4 * 150.0) >= 5
        after = usual_of([world.north.alice.pk], now=now())
    assert np.array_equal(before.median, after.median, equal_nan=True)
    assert np.array_equal(before.spread, after.spread, equal_nan=True)
