"""Against a patient's own past week: nothing while little is known, nothing while all is as usual, then reasons."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
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
