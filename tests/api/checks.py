"""What the tests of the API ask again and again."""

from typing import Any

from django.http import HttpResponse

PROBLEM = "application/problem+json"


def is_problem(response: HttpResponse, status: int) -> dict[str, Any]:
    """The body of a problem, whose form is checked."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"].startswith("urn:bodylink:problem:")
    assert body["title"]
    assert body["detail"]
    return body


def fields_of(problem: dict[str, Any]) -> set[str]:
    return {error["field"] for error in problem["errors"]}


def listed(response: HttpResponse) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    body = response.json()
    assert body.keys() >= {"next", "previous", "results"}
    results: list[dict[str, Any]] = body["results"]
    return results
