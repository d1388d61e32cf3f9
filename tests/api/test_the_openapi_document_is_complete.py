from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from tests.api.every_endpoint import ENDPOINTS, OF_DEVICES

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    found: dict[str, Any] = yaml.safe_load(out.getvalue())
    return found


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_it_names_every_operation_and_no_other(operations: dict[tuple[str, str], Any]) -> None:
    assert set(operations) == {(endpoint.method, endpoint.route) for endpoint in (*ENDPOINTS, *OF_DEVICES)}


def test_each_has_a_summary_a_tag_and_a_documented_success(operations: dict[tuple[str, str], Any]) -> None:
    for name, operation in operations.items():
        assert operation.get("summary"), name
        assert operation["tags"], name
        (success,) = [code for code in operation["responses"] if code.startswith("2")]
        assert operation["responses"][success]["content"]["application/json"]["schema"], name


def test_each_success_and_each_body_has_an_example(operations: dict[tuple[str, str], Any]) -> None:
    for name, operation in operations.items():
        for code, answer in operation["responses"].items():
            for content in answer["content"].values():
                assert content.get("examples") or content.get("example"), (name, code)
        if "requestBody" in operation and name[1].endswith("/patients/"):
            assert operation["requestBody"]["content"]["application/json"]["examples"], name


def test_each_says_how_it_fails(operations: dict[tuple[str, str], Any]) -> None:
    for (method, path), operation in operations.items():
        wanted = {"400", "401", "403", "404", "default"} | ({"409"} if method != "get" else set())
        assert set(operation["responses"]) >= wanted, path
        for code in wanted:
            content = operation["responses"][code]["content"]
            assert content["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_each_says_who_may_ask_and_for_which_organization(operations: dict[tuple[str, str], Any]) -> None:
    of_devices = {(endpoint.method, endpoint.route) for endpoint in OF_DEVICES}
    for name, operation in operations.items():
        by_device = name in of_devices
        wanted: list[Any] = [{"device": []}] if by_device else [{"sessionToken": []}, {"cookie": []}]
        assert operation["security"] == wanted, name
        headers = {parameter["name"] for parameter in operation["parameters"]}
        assert ("X-BodyLink-Organization" in headers) is not by_device, name


def test_each_parameter_of_a_query_is_described_or_named_by_its_values(operations: dict[tuple[str, str], Any]) -> None:
    for name, operation in operations.items():
        for parameter in operation["parameters"]:
            if parameter["in"] == "query":
                assert parameter.get("description"), (name, parameter["name"])


def test_it_can_be_had_without_signing_in(database: None, client: Client) -> None:
    answer = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.json()["info"]["title"] == "BodyLink"
