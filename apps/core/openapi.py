"""What every operation of the API has in common, added to the OpenAPI document in one place."""

from typing import Any

from apps.core.openapi_guide import GUIDE, TAGS
from apps.core.problems import MEDIA_TYPE, TYPE_PREFIX, problem

ORGANIZATION_PARAMETER: dict[str, Any] = {
    "name": "X-BodyLink-Organization",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The slug of the organization you act for. Needed only by who belongs to several.",
}
# A device belongs to one organization for ever: it is asked for none.
OF_DEVICES: list[dict[str, list[str]]] = [{"device": []}]
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": f"`{TYPE_PREFIX}<slug>`: the kind of problem, for programs."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, for people."},
        "errors": {
            "type": "array",
            "description": "Which field of the body, or which parameter, is at fault and why.",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_PROBLEMS: dict[str, tuple[str, dict[str, Any]]] = {
    "400": (
        "The request is malformed, or names no organization where there are several.",
        problem(400, "invalid", "Some fields are not acceptable.", fields={"start": ["Datetime has wrong format."]}),
    ),
    "401": (
        "Nobody is signed in, or no longer.",
        problem(401, "not-authenticated", "Authentication credentials were not provided."),
    ),
    "403": (
        "The role does not permit it, or a cookie came without its CSRF token.",
        problem(403, "not-allowed", "Your role does not permit this."),
    ),
    "404": (
        "It does not exist, or is not yours to see: the two are never told apart.",
        problem(404, "not-found", "There is no such patient here."),
    ),
    "409": (
        "The present state does not permit it.",
        problem(409, "conflict", "There is a patient with this number already."),
    ),
    "default": (
        "Any other failure, in the same form.",
        problem(405, "method-not-allowed", 'Method "PUT" not allowed.'),
    ),
}
_OF_EVERY_OPERATION = ("400", "401", "403", "404", "default")
_OF_WRITES = ("409",)
_METHODS = ("get", "post", "put", "patch", "delete")


def add_common_parts(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular: guide, problems, and the header that chooses an organization."""
    result["info"]["description"], result["tags"] = GUIDE, TAGS
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    for operations in result["paths"].values():
        for method in _METHODS:
            if method in operations:
                _complete(operations[method], writes=method != "get")
    return result


def _complete(operation: dict[str, Any], *, writes: bool) -> None:
    parameters = operation.setdefault("parameters", [])
    if operation.get("security") != OF_DEVICES:
        parameters.append(ORGANIZATION_PARAMETER)
    for code in (*_OF_EVERY_OPERATION, *(_OF_WRITES if writes else ())):
        operation["responses"].setdefault(code, _problem_response(code))


def _problem_response(code: str) -> dict[str, Any]:
    description, example = _PROBLEMS[code]
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {"description": description, "content": {MEDIA_TYPE: content}}
