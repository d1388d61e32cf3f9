"""`GET patients/{id}/twin/`, and that its form says what the answer is."""

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.readings.current import current_values
from apps.twin.forms import EXAMPLE, TwinForm
from apps.twin.organs import ORGANS
from apps.twin.services import advance
from tests.alerts.rows import show
from tests.held_clock import HeldClock
from tests.personas import World


def test_the_answer_has_the_form_of_the_contract(world: World) -> None:
    alice, clock = world.north.alice, HeldClock()
    show(alice, "heart_rate", 72, clock.now())
    with bind(world.north.id):
        advance(patient_ids=[alice.pk], current=current_values([alice.pk]), clock=clock)
    answer = world.north.client(Role.PATIENT).get(f"/api/v1/patients/{alice.pk}/twin/")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"patient", "at", "simulated", "organs", "states", "hypotheses", "refit"}
    assert (body["patient"], body["simulated"]) == (str(alice.pk), False)
    assert tuple(organ["organ"] for organ in body["organs"]) == ORGANS
    heart = body["organs"][0]
    assert heart["reasons"][0].items() >= {"code": "heart_rate", "value": 72.0, "unit": "/min"}.items()
    assert set(heart) == set(EXAMPLE["organs"][0])  # type: ignore[index]


def test_the_form_accepts_what_is_shown(world: World) -> None:
    answer = world.north.client(Role.CLINICIAN).get(f"/api/v1/patients/{world.north.bob.pk}/twin/")
    form = TwinForm(data=answer.json())
    assert form.is_valid(), form.errors
