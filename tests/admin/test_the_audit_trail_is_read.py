"""The privacy officer reads the whole trail and looks over broken glass; technicians read what concerns devices."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.audit.services import record
from apps.core.tenancy import bind
from apps.patients.models import BreakGlass
from apps.patients.selectors import patient
from tests.admin.browser import Browser, address, browser
from tests.admin.conftest import Things
from tests.personas import World

TRAIL = "audit_auditevent_changelist"


@pytest.fixture
def officer(world: World) -> Browser:
    return browser(world.north, Role.PRIVACY_OFFICER)


def listed(reader: Browser, query: str = "") -> str:
    text = reader.open(address(TRAIL) + query).content.decode()
    return text.split('id="result_list"')[1].split("</table>")[0] if 'id="result_list"' in text else ""


def test_it_names_who_looked_at_whom(world: World, north: Things, officer: Browser) -> None:
    with bind(world.north.id):
        patient(world.north.actor(Role.CLINICIAN), world.north.alice.pk, door="page")
    text = listed(officer, "?action=read")
    for said in ("Northgate Clinician", "1001 · Northgate, Alice", "door page"):
        assert said in text


@pytest.mark.parametrize("wanted", ["1001", "alice", "Northgate Clinician", "clinician@northgate", "northgate-node"])
def test_it_is_searched_by_person_patient_and_device(
    world: World, north: Things, officer: Browser, wanted: str
) -> None:
    with bind(world.north.id):
        record(action="elsewhere", user_id=None)
        patient(world.north.actor(Role.CLINICIAN), world.north.alice.pk, door="page")
    text = listed(officer, f"?q={wanted}")
    assert "/admin/audit/auditevent/" in text
    assert "elsewhere" not in text


def test_it_is_filtered_by_action_and_role(world: World, north: Things, officer: Browser) -> None:
    assert "break-glass" in listed(officer, "?role=clinician")
    assert "device.bound" not in listed(officer, "?role=clinician")
    assert "device.bound" in listed(officer, "?action=device.bound")


def test_it_is_not_written_in_the_admin(world: World, north: Things, officer: Browser) -> None:
    client = officer.client
    assert client.get(address("audit_auditevent_add")).status_code == 403
    assert client.get(address("audit_auditevent_delete", north.event.pk)).status_code == 403
    page = officer.open(address("audit_auditevent_change", north.event.pk)).content.decode()
    assert 'name="_save"' not in page
    assert north.device.uid in page


def test_technicians_read_what_concerns_devices(world: World, north: Things) -> None:
    technician = browser(world.north, Role.TECHNICIAN)
    text = listed(technician)
    assert "device.bound" in text
    assert world.north.alice.pseudonym in text
    assert "break-glass" not in text
    assert listed(technician, "?q=Alice") == ""
    assert "device.bound" in listed(technician, f"?q={world.north.alice.pseudonym}")
    with bind(world.north.id):
        hidden = AuditEvent.objects.get(action="break-glass")
    answer = technician.client.get(address("audit_auditevent_change", hidden.pk), follow=True)
    assert "Fell ill" not in answer.content.decode()


def test_the_names_of_a_page_cost_no_query_each(world: World, north: Things, officer: Browser) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            listed(officer)
        return len(queries)

    few = cost()
    with bind(world.north.id):
        for person in world.north.people.values():
            record(action="read", user_id=person.pk, patient_id=world.north.bob.pk, device_id=north.device.pk)
    assert cost() == few


def test_broken_glass_is_looked_over_once(world: World, north: Things, officer: Browser) -> None:
    page = address("patients_breakglass_changelist")
    text = officer.open(page + "?reviewed=no").content.decode()
    for said in ("Northgate Clinician", "1003 · Northgate, Charlie", "Fell ill at northgate"):
        assert said in text
    for _ in range(2):
        officer.open(page)
        officer.send(action="mark_reviewed", _selected_action=str(north.glass.pk), index="0")
    with bind(world.north.id):
        assert BreakGlass.objects.get(pk=north.glass.pk).reviewed_at is not None
        event = AuditEvent.objects.get(action="break-glass.reviewed")
        assert (event.user_id, event.role) == (world.north.people[Role.PRIVACY_OFFICER].pk, "privacy_officer")
    assert "Fell ill" not in officer.open(page + "?reviewed=no").content.decode()
