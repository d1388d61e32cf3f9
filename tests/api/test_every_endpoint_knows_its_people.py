"""The policy table, tried at every operation: what an own person gets, a stranger, the neighbour, nobody."""

import pytest
from django.test import Client

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.patients.services import break_glass
from tests.api.checks import is_problem
from tests.api.every_endpoint import ALERT, DEVICE, ENDPOINTS, OBSERVATION, OF_PATIENTS, PATIENT, Endpoint, things_of
from tests.personas import World

# What each role gets of Alice, who lies in the clinician's ward, has the patient's account, and shared with the
# caregiver. 404: it may not even know; 403: it may know, but not do.
EXPECTED: dict[tuple[str, str], dict[Role, int]] = {
    (method, route): dict(zip(Role, statuses, strict=True))
    for method, route, statuses in [
        # patient, caregiver, clinician, manager, technician, privacy officer
        ("get", "/api/v1/units/", (200, 200, 200, 200, 200, 200)),
        ("get", "/api/v1/organizations/current/", (200, 200, 200, 200, 200, 200)),
        ("get", "/api/v1/patients/", (200, 200, 200, 200, 200, 403)),
        ("post", "/api/v1/patients/", (403, 403, 201, 201, 403, 403)),
        ("get", PATIENT, (200, 200, 200, 200, 200, 404)),
        ("patch", PATIENT, (403, 403, 200, 200, 403, 404)),
        ("get", f"{PATIENT}vitals/", (200, 200, 200, 404, 404, 404)),
        ("get", f"{PATIENT}readings/", (200, 200, 200, 404, 404, 404)),
        ("get", f"{PATIENT}waveforms/", (200, 200, 200, 404, 404, 404)),
        ("get", f"{PATIENT}observations/", (200, 200, 200, 404, 404, 404)),
        ("post", f"{PATIENT}observations/", (201, 403, 201, 404, 404, 404)),
        ("post", f"{OBSERVATION}entered-in-error/", (403, 403, 200, 404, 404, 404)),
        ("get", f"{PATIENT}news2/", (200, 200, 200, 404, 404, 404)),
        ("get", f"{PATIENT}news2/history/", (200, 200, 200, 404, 404, 404)),
        ("post", f"{PATIENT}news2/decisions/", (403, 403, 200, 404, 404, 404)),
        ("get", f"{PATIENT}twin/", (200, 200, 200, 404, 404, 404)),
        ("get", f"{PATIENT}twin/forecast/", (200, 200, 200, 404, 404, 404)),
        ("post", f"{PATIENT}twin/what-if/", (403, 403, 200, 404, 404, 404)),
        ("get", "/api/v1/devices/", (200, 200, 200, 200, 200, 403)),
        ("get", DEVICE, (200, 200, 200, 200, 200, 404)),
        ("get", "/api/v1/alerts/", (200, 200, 200, 403, 200, 403)),
        ("post", f"{ALERT}acknowledge/", (403, 403, 200, 404, 404, 404)),
        ("post", f"{ALERT}resolve/", (403, 403, 200, 404, 404, 404)),
    ]
}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_each_role_gets_what_the_policy_says(world: World, endpoint: Endpoint) -> None:
    expected = EXPECTED[endpoint.method, endpoint.route]
    refused = [role for role in Role if expected[role] >= 400]
    things = things_of(world.north, world.north.alice)
    found = {role: things.call(world.north.client(role), endpoint) for role in refused}
    found |= {role: things.call(world.north.client(role), endpoint) for role in (Role.PATIENT, Role.CAREGIVER)}
    if endpoint.method == "get":
        found |= {role: things.call(world.north.client(role), endpoint) for role in Role}
    for role, answer in found.items():
        assert answer.status_code == expected[role], (role, answer.content)
        if answer.status_code >= 400:
            is_problem(answer, expected[role])


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.MANAGER])
@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.method != "get"], ids=str)
def test_who_may_write_can(world: World, endpoint: Endpoint, role: Role) -> None:
    things = things_of(world.north, world.north.alice)
    answer = things.call(world.north.client(role), endpoint)
    assert answer.status_code == EXPECTED[endpoint.method, endpoint.route][role], answer.content


@pytest.mark.parametrize("endpoint", OF_PATIENTS, ids=str)
def test_the_neighbours_things_are_not_there_for_anybody(world: World, endpoint: Endpoint) -> None:
    things = things_of(world.south, world.south.alice)
    for role in Role:
        is_problem(things.call(world.north.client(role), endpoint), 404)


@pytest.mark.parametrize("endpoint", [e for e in OF_PATIENTS if e.route != DEVICE], ids=str)
def test_a_patient_of_another_unit_is_not_there_for_a_clinician_until_the_glass_breaks(
    world: World, endpoint: Endpoint
) -> None:
    things = things_of(world.north, world.north.charlie)
    client = world.north.client(Role.CLINICIAN)
    is_problem(things.call(client, endpoint), 404)
    with bind(world.north.id):
        break_glass(
            actor=world.north.actor(Role.CLINICIAN), patient_id=world.north.charlie.pk, reason="collapsed in the hall"
        )
    assert things.call(client, endpoint).status_code in (200, 201)


@pytest.mark.parametrize("endpoint", OF_PATIENTS, ids=str)
def test_another_patient_is_not_there_for_a_patient_or_a_caregiver(world: World, endpoint: Endpoint) -> None:
    things = things_of(world.north, world.north.bob)
    for role in (Role.PATIENT, Role.CAREGIVER):
        is_problem(things.call(world.north.client(role), endpoint), 404)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_nobody_gets_in_without_signing_in(world: World, client: Client, endpoint: Endpoint) -> None:
    things = things_of(world.north, world.north.alice)
    answer = things.call(client, endpoint)
    assert is_problem(answer, 401)["type"] == "urn:bodylink:problem:not-authenticated"
    assert "WWW-Authenticate" in answer


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_a_parameter_that_it_does_not_know_is_refused(world: World, endpoint: Endpoint) -> None:
    things = things_of(world.north, world.north.alice)
    client = world.north.client(Role.CLINICIAN)
    path = things.path(endpoint)
    problem = is_problem(getattr(client, endpoint.method)(f"{path}?nonsense=1", content_type="application/json"), 400)
    assert "nonsense" in {error["field"] for error in problem["errors"]}


def test_looking_at_a_patient_is_written_down_once_in_a_while(world: World) -> None:
    things = things_of(world.north, world.north.alice)
    client = world.north.client(Role.CLINICIAN)
    for endpoint in (e for e in OF_PATIENTS if e.method == "get" and e.route.startswith(PATIENT)):
        things.call(client, endpoint)
    with bind(world.north.id):
        (event,) = AuditEvent.objects.filter(action="read", patient_id=world.north.alice.pk)
    assert (event.user_id, event.role, event.detail) == (
        world.north.people[Role.CLINICIAN].pk,
        "clinician",
        {"door": "api"},
    )
