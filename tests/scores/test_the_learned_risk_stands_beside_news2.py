"""The learned risk: unknown and saying what is missing, or a probability with its strongest reasons and its origin."""

from datetime import timedelta
from typing import Any

import numpy as np

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from tests.factories import now
from tests.personas import World

WELL = {"heart_rate": 72.0, "systolic_pressure": 124.0, "diastolic_pressure": 76.0, "core_temperature": 36.9}
WELL |= {"spo2": 97.0, "respiratory_rate": 15.0, "consciousness": 0.0}
ILL = {"heart_rate": 128.0, "systolic_pressure": 82.0, "diastolic_pressure": 44.0, "core_temperature": 35.2}
ILL |= {"spo2": 88.0, "respiratory_rate": 33.0, "consciousness": 3.0}


def rolled_up(patient: Patient, values: dict[str, float], *, hours: float = 36.0) -> None:
    """Quarters of an hour with these means, up to now."""
    begin = (now() - timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
    with bind(patient.organization_id):
        Rollup.objects.bulk_create(
            Rollup(
                organization_id=patient.organization_id,
                patient_id=patient.pk,
                quantity=REGISTER[code].number,
                minutes=15,
                start=begin + timedelta(minutes=15 * step),
                count=2,
                minimum=value,
                total=2 * value,
                maximum=value,
            )
            for code, value in values.items()
            for step in range(round(hours * 4))
        )


def risk(world: World, patient: Patient) -> dict[str, Any]:
    answer = world.north.client(Role.CLINICIAN).get(f"/api/v1/patients/{patient.pk}/news2/")
    found: dict[str, Any] = answer.json()["deterioration"]
    assert "not validated for wards" in found["note"]
    return found


def test_with_too_little_it_is_unknown_and_says_what_is_missing(world: World) -> None:
    assert risk(world, world.north.alice)["state"] == "unknown"
    rolled_up(world.north.alice, {"heart_rate": 72.0, "spo2": 97.0})
    found = risk(world, world.north.alice)
    assert (found["state"], found["probability"], found["reasons"]) == ("unknown", None, [])
    assert found["missing"] == ["Systolic", "Core temperature", "Consciousness"]
    rolled_up(world.north.bob, WELL, hours=20)
    assert risk(world, world.north.bob)["missing"] == ["24 hours of measurements"]


def test_who_is_ill_has_a_higher_risk_with_reasons_in_measured_units(world: World) -> None:
    rolled_up(world.north.alice, WELL)
    rolled_up(world.north.bob, ILL)
    well, ill = risk(world, world.north.alice), risk(world, world.north.bob)
    assert (well["state"], ill["state"]) == ("known", "known")
    assert well["probability"] < 0.1
    assert ill["probability"] > max(0.25, 4 * well["probability"])
    assert len(ill["reasons"]) == 3
    assert any(reason["text"].endswith("raises it") for reason in ill["reasons"])
    sizes = [abs(reason["log_odds"]) for reason in ill["reasons"]]
    assert sizes == sorted(sizes, reverse=True)
    for reason in ill["reasons"]:
        if reason["code"] in ("heart_rate", "systolic_pressure"):
            assert np.isclose(reason["value"], ILL[reason["code"]])
            assert reason["unit"] == REGISTER[reason["code"]].unit


def test_of_unknown_age_or_under_sixteen_nothing_is_said(world: World) -> None:
    rolled_up(world.north.alice, ILL)
    for born, missing in ((None, "Date of birth"), (now().date() - timedelta(days=3000), "16 years of age")):
        with bind(world.north.id):
            Patient.objects.filter(pk=world.north.alice.pk).update(birth_date=born)
        assert risk(world, world.north.alice)["missing"] == [missing]


def test_the_clinicians_page_has_it_and_the_patients_own_has_not(world: World) -> None:
    alice = world.north.alice
    assert '"deterioration": {' in world.north.client(Role.CLINICIAN).get(f"/patients/{alice.pk}/").content.decode()
    assert '"deterioration": null' in world.north.client(Role.PATIENT).get("/me/").content.decode()
