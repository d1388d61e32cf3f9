"""The policy table, tried at every page: what each role gets of its own, of a stranger, the neighbour; and nobody."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.dashboard.urls import urlpatterns
from apps.patients.models import BreakGlass, Patient
from apps.readings.models import Observation, ObservationEntry
from apps.scores.models import ScoringDecision
from tests.factories import an_observation
from tests.personas import Hospital, World


@dataclass(frozen=True)
class Page:
    """`name` of its address; `sent`: a good form, without which it is asked for; `written_by`: whose form is kept."""

    name: str
    statuses: tuple[int, ...]
    of_patient: bool = True
    sent: tuple[tuple[str, str], ...] | None = None
    written_by: tuple[Role, ...] = (Role.CLINICIAN,)

    def __str__(self) -> str:
        return f"{'get' if self.sent is None else 'post'} {self.name}"

    @property
    def expected(self) -> dict[Role, int]:
        return dict(zip(Role, self.statuses, strict=True))


# What each role gets of Alice, who lies in the clinician's ward, has the patient's account, and shared with the
# caregiver. 302 goes on to where their work is, or back to the page after what was sent.
PAGES = [
    # patient, caregiver, clinician, manager, technician, privacy officer
    Page("landing", (302, 302, 302, 200, 200, 200), of_patient=False),
    Page("organizations", (200, 200, 200, 200, 200, 200), of_patient=False),
    Page("wards", (404, 404, 302, 404, 404, 404), of_patient=False),
    Page("ward", (404, 404, 200, 404, 404, 404), of_patient=False),
    Page("me", (200, 200, 404, 404, 404, 404), of_patient=False),
    Page("person", (200, 200, 404, 404, 404, 404)),
    Page("patient", (302, 302, 200, 404, 404, 404)),
    Page("break_glass", (404, 404, 200, 404, 404, 404)),
    Page("break_glass", (404, 404, 302, 404, 404, 404), sent=(("reason", "Called to them at night"),)),
    Page("observations", (200, 404, 200, 404, 404, 404)),
    Page(
        "observations",
        (302, 404, 302, 404, 404, 404),
        sent=(("key", "one"), ("weight", "71")),
        written_by=(Role.PATIENT, Role.CLINICIAN),
    ),
    # A patient may correct what they entered themselves; this was somebody else's, and they are told so.
    Page("in_error", (302, 404, 302, 404, 404, 404), sent=(("reason", "read from the wrong bed"),)),
    Page("scoring", (404, 404, 302, 404, 404, 404), sent=(("choice", "spo2_scale 2"), ("why", "hypercapnic failure"))),
]
OF_PATIENTS = [page for page in PAGES if page.of_patient]
WARD = next(page for page in PAGES if page.name == "ward")
ELSEWHERE = {"accounts/", "_allauth/", "admin/", "api/v1/"}
"""allauth's own, which know no patient; tests/admin; tests/api. With pages and the papers' addresses under no name."""
OPEN = {"api/schema/", "api/docs/", "^api/"}
"""For everybody: what the API is, and that there is nothing else beneath it."""


def call(client: Client, page: Page, hospital: Hospital, patient: Patient) -> Any:
    """The page of this patient, or of this hospital's ward."""
    taken = {"ward": {"unit_id": hospital.ward.pk}}.get(
        page.name, {"patient_id": patient.pk} if page.of_patient else {}
    )
    if page.name == "in_error":
        taken["observation_id"] = an_observation(patient)
    path = reverse(f"dashboard:{page.name}", kwargs=taken)
    return client.get(path) if page.sent is None else client.post(path, dict(page.sent))


def written(hospital: Hospital) -> list[int]:
    """How much there is of all that pages write of a hospital's patients."""
    with bind(hospital.id):
        return [
            BreakGlass.objects.count(),
            ScoringDecision.objects.count(),
            ObservationEntry.objects.exclude(digest="").count(),
            Observation.objects.exclude(in_error_at=None).count(),
        ]


def test_every_page_is_tried_here_and_every_other_address_elsewhere() -> None:
    """One that is new has to say who may see it."""
    assert {pattern.name for pattern in urlpatterns} == {page.name for page in PAGES}
    assert {str(entry.pattern) for entry in get_resolver().url_patterns} == {*ELSEWHERE, *OPEN, ""}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_each_role_gets_what_the_policy_says(world: World, page: Page) -> None:
    for role in Role:
        before = written(world.north)
        answer = call(world.north.client(role), page, world.north, world.north.alice)
        assert answer.status_code == page.expected[role], role
        changed = written(world.north) != before
        assert changed == (page.sent is not None and role in page.written_by), role


@pytest.mark.parametrize("page", [*OF_PATIENTS, WARD], ids=str)
def test_the_neighbours_things_are_not_there_for_anybody(world: World, page: Page) -> None:
    before = written(world.south)
    for role in Role:
        answer = call(world.north.client(role), page, world.south, world.south.alice)
        while answer.status_code == 302:
            answer = world.north.client(role).get(answer["Location"])
        assert answer.status_code == 404, role
        assert "Southbank" not in answer.content.decode()
    assert written(world.south) == before


def test_nobody_chooses_an_organization_that_is_not_theirs(world: World) -> None:
    for role in Role:
        client = world.north.client(role)
        assert client.post(reverse("dashboard:organizations"), {"organization": "southbank"}).status_code == 404
        assert client.session.get("organization") != "southbank"


@pytest.mark.parametrize("page", OF_PATIENTS, ids=str)
def test_another_patient_is_not_there_for_a_patient_or_a_caregiver(world: World, page: Page) -> None:
    before = written(world.north)
    for role in (Role.PATIENT, Role.CAREGIVER):
        client = world.north.client(role)
        answer = call(client, page, world.north, world.north.bob)
        if answer.status_code == 302:
            answer = client.get(answer["Location"])
        assert answer.status_code == 404, role
    assert written(world.north) == before


@pytest.mark.parametrize("page", [page for page in OF_PATIENTS if page.name != "break_glass"], ids=str)
def test_beyond_ones_units_a_patient_is_not_there_for_a_clinician(world: World, page: Page) -> None:
    before = written(world.north)
    answer = call(world.north.client(Role.CLINICIAN), page, world.north, world.north.charlie)
    asked_why = reverse("dashboard:break_glass", kwargs={"patient_id": world.north.charlie.pk})
    assert answer.status_code == (302 if page.name == "patient" else 404)
    assert answer.headers.get("Location", asked_why) == asked_why
    assert written(world.north) == before


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_nobody_gets_in_without_signing_in(world: World, client: Client, page: Page) -> None:
    before = written(world.north)
    answer = call(client, page, world.north, world.north.alice)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert written(world.north) == before


@pytest.mark.parametrize("name", ["in_error", "scoring"])
def test_what_writes_is_not_done_by_following_a_link(world: World, name: str) -> None:
    page = next(page for page in PAGES if page.name == name)
    answer = call(world.north.client(Role.CLINICIAN), replace(page, sent=None), world.north, world.north.alice)
    assert answer.status_code == 405
