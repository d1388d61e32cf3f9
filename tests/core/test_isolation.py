"""What belongs to one organization does not exist for another, in the database itself."""

from itertools import product

import pytest
from django.conf import settings
from django.db import connection, connections

from apps.accounts.models import User
from apps.core.tenancy import bind
from apps.patients.models import Patient
from tests.personas import World

PLATFORM_TABLES = {"django_session", "django_content_type", "django_migrations", "django_admin_log", "accounts_user"}
PARTITIONED = ("readings_frame", "readings_derived", "readings_block", "readings_valueblock")


def tenant_tables() -> list[str]:
    with connections["migrator"].cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'organization_id' "
            "AND table_schema = 'public' ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def test_without_a_tenant_every_table_is_empty(world: World) -> None:
    with connection.cursor() as cursor:
        for table in [*tenant_tables(), "accounts_organization", "accounts_user", "account_emailaddress"]:
            if table.startswith(tuple(f"{parent}_" for parent in PARTITIONED)):
                continue
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table


def test_each_organization_sees_its_own_rows_only(world: World) -> None:
    with bind(world.north.id), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT organization_id FROM patients_patient")
        assert cursor.fetchall() == [(world.north.id,)]
        cursor.execute("SELECT email FROM accounts_user")
        assert {row[0].split("@")[1] for row in cursor.fetchall()} == {"northgate.example"}


def test_every_table_of_a_tenant_enables_and_forces_row_level_security(world: World) -> None:
    with connections["migrator"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        guarded = {row[0] for row in cursor.fetchall()}
    assert set(tenant_tables()) - guarded == set()


def test_a_partition_cannot_be_reached_past_its_parent(world: World) -> None:
    with connections["migrator"].cursor() as cursor:
        cursor.execute("SELECT bodylink_make_partitions(current_date)")
        cursor.execute("SELECT to_char(current_date, 'YYYYMMDD')")
        day = cursor.fetchone()[0]
    for alias, parent in product(("default", "ingest"), PARTITIONED):
        with connections[alias].cursor() as cursor, pytest.raises(Exception, match="permission denied"):
            cursor.execute(f"SELECT * FROM {parent}_{day}")


def test_writing_into_another_organization_is_refused(world: World) -> None:
    with pytest.raises(Exception, match="row-level security"), bind(world.north.id), connection.cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET organization_id = %s", [world.south.id])


def test_a_reference_into_another_organization_is_refused(world: World) -> None:
    with pytest.raises(Exception, match="same_organization"), bind(world.north.id), connection.cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET unit_id = %s", [world.south.ward.pk])


def test_an_inner_binding_gives_way_to_the_outer_one(world: World) -> None:
    with bind(world.north.id):
        with bind(world.south.id):
            assert {p.organization_id for p in Patient.objects.all()} == {world.south.id}
        assert {p.organization_id for p in Patient.objects.all()} == {world.north.id}


def test_a_binding_does_not_outlive_its_transaction(world: World) -> None:
    with bind(world.north.id):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM patients_patient")
        assert cursor.fetchone() == (0,)


def test_an_inner_binding_that_fails_restores_the_outer_one(world: World) -> None:
    with bind(world.north.id):
        with pytest.raises(RuntimeError), bind(world.south.id):
            raise RuntimeError
        assert {p.organization_id for p in Patient.objects.all()} == {world.north.id}


def test_the_ingest_role_can_read_no_patient(world: World) -> None:
    with connections["ingest"].cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("SELECT * FROM patients_patient")


def test_the_applications_role_is_no_superuser_and_owns_nothing(world: World) -> None:
    roles = settings.DATABASE_ROLES
    with connections["migrator"].cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = ANY(%s)", [list(roles.values())]
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(roles.values(), False)
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchall() == [(roles["migrator"],)]


def test_accounts_can_be_looked_up_at_the_sign_in_door_only(world: World) -> None:
    with bind(world.north.id, user_id=world.north.alice.user_id):
        assert not User.objects.filter(email="clinician@southbank.example").exists()
    with bind(None, door="sign-in"):
        assert User.objects.filter(email="clinician@southbank.example").exists()


def test_a_migrations_owner_sees_every_row(world: World) -> None:
    with connections["migrator"].cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT organization_id) FROM patients_patient")
        assert cursor.fetchone() == (2,)
