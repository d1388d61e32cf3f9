"""The one translator of everything that can go wrong to HTTP: RFC 9457 problem details.

A problem's `type` is `urn:bodylink:problem:<slug>`; the slug is for programs, `detail` for people. Where single fields
are at fault, `errors` names each with what is wrong. What was not foreseen is a 500 that says nothing of its cause;
the cause is in the log.
"""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:bodylink:problem:"
NOT_FOUND_DETAIL = "There is no such thing here. Addresses of the API end with a slash."

# One title for one type; those of plain HTTP failures are HTTP's own.
TITLES = {error.slug: error.title for error in (Invalid, NotAllowed, NotFound, Conflict)}

Fields = dict[str, list[str]]


def handle(exc: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: whatever a view raised, as a problem. What it had written is rolled back."""
    set_rollback()
    exc = _as_api_exception(exc)
    if isinstance(exc, DomainError):
        return _response(problem(exc.status, exc.slug, exc.detail, fields=exc.fields))
    if isinstance(exc, exceptions.ValidationError):
        return _response(
            problem(400, "invalid", "Some fields are not acceptable.", fields=dict(_flat_fields(exc.detail)))
        )
    if isinstance(exc, exceptions.APIException):
        slug = str(exc.default_code).replace("_", "-")
        return _response(problem(exc.status_code, slug, str(exc.detail)), headers=_headers(exc))
    logger.error("unhandled exception in %s", type(context.get("view")).__name__, exc_info=exc)
    return _response(unexpected_problem())


def problem(status: int, slug: str, detail: str, *, fields: Fields | None = None) -> dict[str, Any]:
    """The body of a problem. `fields`: what is wrong, by dotted name of the body's field or of the parameter."""
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + slug,
        "title": TITLES.get(slug) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if fields:
        body["errors"] = [{"field": name, "detail": text} for name, texts in fields.items() for text in texts]
    return body


def unexpected_problem() -> dict[str, Any]:
    return problem(500, "unexpected", "Something went wrong on our side. It has been written down.")


@csrf_exempt
def unknown_address(request: HttpRequest, path: str = "", exception: Exception | None = None) -> HttpResponse:
    """What no route of the API answers, whatever the method."""
    return _plain(problem(404, "not-found", NOT_FOUND_DETAIL))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: refused before any view saw it (host, size, form of the request)."""
    if _is_api(request):
        return _plain(problem(400, "bad-request", "The request is malformed."))
    return defaults.bad_request(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return unknown_address(request) if _is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: an error outside of the API's views, which `handle` guards."""
    return _plain(unexpected_problem()) if _is_api(request) else defaults.server_error(request)


def _as_api_exception(exc: Exception) -> Exception:
    """Django's own exceptions as DRF knows them."""
    if isinstance(exc, Http404):
        return exceptions.NotFound(NOT_FOUND_DETAIL)
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exc, RequestDataTooBig):
        return TooLarge()
    if isinstance(exc, SuspiciousOperation | UnreadablePostError):
        return exceptions.ParseError()
    return exc


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too-large"
    default_detail = "The request's body is too large."


def _flat_fields(detail: Any, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """DRF's nested error details as dotted names; what concerns the whole body is named `body`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _flat_fields(inner, ".".join(filter(None, (prefix, own))))
    elif any(isinstance(item, Mapping) for item in detail):
        for index, inner in enumerate(detail):
            yield from _flat_fields(inner, ".".join(filter(None, (prefix, str(index)))))
    else:
        yield prefix or "body", [str(item) for item in detail]


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if (wait_s := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait_s))
    return headers


def _response(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _plain(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), status=body["status"], content_type=MEDIA_TYPE)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
