"""Whatever page of the admin is asked for the neighbour's things, by whatever way, answers as if they did not exist."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.urls import URLPattern

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.devices.models import Binding, Credential, Device
from tests.admin.browser import address, an_operator, browser
from tests.admin.conftest import Things, quarantine
from tests.personas import World

ROLES = [Role.MANAGER, Role.TECHNICIAN, Role.PRIVACY_OFFICER]
MARKS = ("southbank", "Southbank")


def ids_of(things: Things) -> dict[str, object]:
    """The object of each model that the admin shows."""
    return {
        "device": things.device.pk,
        "quarantined": things.quarantined.pk,
        "breakglass": things.glass.pk,
        "auditevent": things.event.pk,
        "membership": things.membership.pk,
        "rule": things.rule.pk,
        "retention": things.retention.pk,
        "unit": things.hospital.ward.pk,
        "organization": things.hospital.id,
    }


def pages_of(model_admin: ModelAdmin, object_id: object, credential_id: object) -> Iterator[str]:
    """Every address under which this model's admin takes an id."""
    info = model_admin.opts
    for url in model_admin.get_urls():
        if not isinstance(url, URLPattern) or url.name is None or "object_id" not in url.pattern.converters:
            continue
        more = [credential_id] if "credential_id" in url.pattern.converters else []
        yield address(url.name, object_id, *more)
    yield f"/admin/{info.app_label}/{info.model_name}/{object_id}/"


def pages_asked(south: Things) -> list[str]:
    ids = ids_of(south)
    return [
        page
        for model, model_admin in admin.site._registry.items()
        for page in pages_of(model_admin, ids[model._meta.model_name or ""], south.credential.pk)
    ]


def rows_of(things: Things) -> list[object]:
    """All that the neighbour has of these, to be found unchanged."""
    with bind(things.hospital.id):
        return [list(model._default_manager.order_by("pk").values()) for model in (*admin.site._registry, Credential)]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_of_a_neighbours_object_says_anything(
    world: World, north: Things, south: Things, role: Role, method: str
) -> None:
    client = world.north.client(role)
    pages = pages_asked(south)
    assert len(pages) >= 40
    before = rows_of(south)
    for page in pages:
        answer = getattr(client, method)(page, {"post": "yes", "name": "Taken", "label": "Taken"})
        assert answer.status_code in {301, 302, 403, 404}, page
        text = client.get(answer["Location"], follow=True).content.decode() if answer.has_header("Location") else ""
        assert not [mark for mark in MARKS if mark in answer.content.decode() + text], page
    assert rows_of(south) == before


@pytest.mark.parametrize("role", ROLES)
def test_the_same_pages_open_for_ones_own_objects(world: World, north: Things, south: Things, role: Role) -> None:
    """Or the test above would prove nothing."""
    client, opened = world.north.client(role), 0
    for page in pages_asked(north):
        answer = client.get(page)
        opened += answer.status_code == 200
        assert not [mark for mark in MARKS if mark in answer.content.decode()], page
    assert opened >= {Role.MANAGER: 4, Role.TECHNICIAN: 8, Role.PRIVACY_OFFICER: 2}[role]


@pytest.mark.parametrize("role", ROLES)
def test_lists_hold_and_find_ones_own_only(world: World, north: Things, south: Things, role: Role) -> None:
    client = world.north.client(role)
    for model in admin.site._registry:
        page = address(f"{model._meta.app_label}_{model._meta.model_name}_changelist")
        for query in ("", "?q=southbank", "?q=Alice", f"?q={south.device.uid}", "?all=", "?_popup=1", "?_facets=True"):
            text = client.get(page + query, follow=True).content.decode()
            asked = text.replace(query.removeprefix("?q="), "") if query.startswith("?q=") else text
            assert not [mark for mark in MARKS if mark in asked], page + query


def test_a_list_answers_no_question_that_its_filters_do_not_ask(world: World, north: Things) -> None:
    """Else a technician could try a patient's name letter by letter, or a verifier."""
    technician = world.north.client(Role.TECHNICIAN)
    devices = address("devices_device_changelist")
    for lookup in (
        "bindings__patient__family_name__startswith=N",
        "bindings__patient__user__email__contains=a",
        "credentials__verifier__startswith=a",
        "organization__slug=southbank",
        "hub__organization__name=Southbank",
        f"id__exact={north.device.pk}",
    ):
        assert technician.get(f"{devices}?{lookup}").status_code == 400, lookup
    manager = world.north.client(Role.MANAGER)
    people = address("accounts_membership_changelist")
    assert manager.get(f"{people}?user__password__startswith=argon").status_code == 400
    assert manager.get(f"{people}?user__memberships__organization__slug=southbank").status_code == 400
    assert manager.get(f"{people}?role__exact=manager").status_code == 200


def test_only_the_primary_key_refers_to_an_object(world: World, north: Things) -> None:
    technician = world.north.client(Role.TECHNICIAN)
    for page in (address("devices_device_changelist"), address("devices_device_change", north.device.pk)):
        assert technician.get(f"{page}?_to_field=uid").status_code == 400
        assert technician.get(f"{page}?_to_field=id").status_code == 200


def test_autocompletion_knows_the_own_organization_only(world: World, north: Things, south: Things) -> None:
    technician = world.north.client(Role.TECHNICIAN)
    for app, model, name in (
        ("devices", "device", "hub"),
        ("devices", "binding", "patient"),
        ("devices", "binding", "device"),
        ("patients", "patient", "unit"),
        ("patients", "patient", "user"),
        ("accounts", "membership", "user"),
    ):
        answer = technician.get(address("autocomplete"), {"app_label": app, "model_name": model, "field_name": name})
        assert answer.status_code in {200, 403}
        assert not [mark for mark in MARKS if mark in answer.content.decode()], name
        assert "Alice" not in answer.content.decode()


def test_objects_are_not_told_of_by_their_content_type(world: World, north: Things) -> None:
    assert world.north.client(Role.TECHNICIAN).get(f"/admin/r/1/{north.device.pk}/").status_code == 404


def test_a_device_is_put_on_no_patient_of_the_neighbour(world: World, north: Things, south: Things) -> None:
    technician = browser(world.north, Role.TECHNICIAN)
    technician.open(address("devices_device_bind", north.device.pk))
    offered = technician.form().choices["patient"]
    assert set(offered) - {""} == {str(p.pk) for p in (world.north.alice, world.north.bob, world.north.charlie)}
    technician.send(patient=str(world.south.alice.pk))
    assert "Select a valid choice" in technician.text
    with bind(world.north.id):
        assert Binding.objects.get(device=north.device).patient_id == world.north.alice.pk


def test_a_device_gets_no_hub_of_the_neighbour(world: World, north: Things, south: Things) -> None:
    technician = browser(world.north, Role.TECHNICIAN)
    technician.open(address("devices_device_change", north.device.pk))
    assert str(south.device.pk) not in technician.form().choices["hub"]
    technician.send(hub=str(south.device.pk))
    with bind(world.north.id):
        assert Device.objects.get(pk=north.device.pk).hub_id is None


def test_a_technician_reads_no_name_of_a_patient(world: World, north: Things) -> None:
    client, hospital = world.north.client(Role.TECHNICIAN), world.north
    names = {"Alice", "Bob", "Charlie", hospital.alice.mrn}
    pages = [page for page in pages_asked(north) if client.get(page).status_code == 200]
    pages += [address("devices_device_changelist"), address("audit_auditevent_changelist")]
    for page in pages:
        text = client.get(page, follow=True).content.decode()
        assert not [name for name in names if name in text], page
    assert hospital.alice.pseudonym in client.get(address("devices_device_bind", north.device.pk)).content.decode()


def test_the_operator_sees_no_tenants_row(world: World, north: Things, south: Things) -> None:
    quarantine("nobody-knows", None, payload=b"\xff")
    operator = an_operator()
    listed = operator.open(address("ingest_quarantined_changelist")).content.decode()
    assert "nobody-knows" in listed
    assert "northgate" not in listed
    assert "southbank" not in listed
    for page in [*pages_asked(south), *pages_asked(north)]:
        answer = operator.client.get(page, follow=True)
        assert not [mark for mark in (*MARKS, "northgate", "Northgate") if mark in answer.content.decode()], page


def test_what_belongs_to_no_organization_is_the_operators_alone(world: World, north: Things) -> None:
    quarantine("nobody-knows", None, payload=b"\xff")
    for role in Role:
        page = world.north.client(role).get(address("ingest_quarantined_changelist"), follow=True)
        assert "nobody-knows" not in page.content.decode()


def test_an_operators_door_opens_in_the_admin_only(world: World) -> None:
    operator = an_operator()
    for url in ("/api/v1/devices/", "/api/v1/patients/"):
        assert operator.client.get(url).status_code == 400, url
    assert operator.client.get(address("devices_device_change", uuid4())).status_code in {302, 403, 404}
