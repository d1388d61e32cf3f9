"""Who may delete a measurement: merging and retention, behind their door, in one organization, and nothing young."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, connections

from apps.core.tenancy import bind
from apps.readings.merging import merge_frames
from apps.readings.storage import STORAGE
from tests.factories import a_device, a_frame, a_wave, derived, now
from tests.personas import Hospital, World
from tests.readings.stored import START, count

TABLES = ("readings_frame", "readings_derived", "readings_block", "readings_valueblock")


def fill(hospital: Hospital) -> None:
    """A row in every table, an old one and a young one where there are rows."""
    device = a_device(hospital, f"{hospital.organization.slug}-node")
    a_frame(hospital.alice, device, START, values={"spo2": 97.0}, waves=[a_wave("ecg", [1] * 250)])
    derived(hospital.alice, device, START, {"heart_rate": 60.0})
    merge_frames(hospital.id)
    for moment in (START, now() - timedelta(minutes=59)):
        a_frame(hospital.alice, device, moment, values={"spo2": 97.0})
        derived(hospital.alice, device, moment, {"heart_rate": 60.0})


def counts(hospital: Hospital) -> list[int]:
    return [count(table, hospital) for table in TABLES]


def delete_all(hospital: Hospital, door: str) -> None:
    with bind(hospital.id, door=door), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")


@pytest.fixture
def filled(world: World) -> World:
    fill(world.north)
    fill(world.south)
    assert counts(world.north) == [2, 2, 1, 2]
    return world


def test_without_the_door_nothing_goes(filled: World) -> None:
    for door in ("", "sign-in", "operator"):
        delete_all(filled.north, door)
    assert counts(filled.north) == [2, 2, 1, 2]


def test_behind_it_what_is_old_and_ones_own(filled: World) -> None:
    delete_all(filled.north, STORAGE)
    assert counts(filled.north) == [1, 1, 0, 0]
    assert counts(filled.south) == [2, 2, 1, 2]


def test_nothing_is_changed_in_place(filled: World) -> None:
    for table in TABLES:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            bind(filled.north.id, door=STORAGE),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE {table} SET patient_id = NULL")


@pytest.mark.parametrize("table", TABLES)
def test_ingest_deletes_nothing(filled: World, table: str) -> None:
    with connections["ingest"].cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(f"DELETE FROM {table}")
