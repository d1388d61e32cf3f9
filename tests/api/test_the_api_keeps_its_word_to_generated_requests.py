"""Schemathesis makes requests out of the OpenAPI document, good and bad ones, and holds each answer against it."""

import os
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from apps.accounts.roles import Role
from tests.api.by_http import FRAMES, http_device
from tests.api.every_endpoint import things_of
from tests.factories import a_current_value, now
from tests.personas import PASSWORD, World

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "10"))
# A request that keeps to the document can still be refused for what the document cannot say: the start after the end,
# a unit that is not there.
NOT_ASKED = [positive_data_acceptance]
# A frame that is not as it should be is no bad request: it goes to quarantine, and the answer says so.
NOT_ASKED_OF = {FRAMES: [negative_data_rejection]}


api = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
api.app = get_wsgi_application()


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    """Things that are there, so that not every request ends in a 404."""
    things = things_of(world.north, world.north.alice)
    a_current_value(world.north.alice, "spo2", 97.0, now())
    return {
        "patient_id": str(world.north.alice.pk),
        "device_id": str(things.device_id),
        "alert_id": str(things.alert_id),
        "observation_id": str(things.observation_id),
    }


@pytest.fixture
def token(world: World) -> str:
    body = {"email": world.north.people[Role.CLINICIAN].email, "password": PASSWORD}
    answer = Client().post("/_allauth/app/v1/auth/login", body, "application/json")
    token: str = answer.json()["meta"]["session_token"]
    return token


@pytest.fixture
def device(world: World) -> dict[str, str]:
    """The header of a device on Alice. Addresses of devices look at nothing else, and no other address looks at it."""
    return http_device(world.north, world.north.alice).headers


@api.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_every_answer_is_as_documented(case: Any, token: str, ids: dict[str, str], device: dict[str, str]) -> None:
    for name, value in (case.path_parameters or {}).items():
        if _is_uuid(value):
            case.path_parameters[name] = ids[name]
    headers = {"X-Session-Token": token, "X-BodyLink-Organization": "northgate", **device}
    case.call_and_validate(headers=headers, excluded_checks=[*NOT_ASKED, *NOT_ASKED_OF.get(case.path, [])])


def _is_uuid(value: Any) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False
