"""Cursor pagination in the documented form: next, previous, results."""

from base64 import b64decode
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from rest_framework import exceptions, pagination
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core.errors import Invalid


def bad_cursor() -> Invalid:
    return Invalid(
        "The cursor is not one of ours.",
        fields={"cursor": ["Follow `next` and `previous` as they are, or start without a cursor."]},
    )


class CursorPagination(pagination.CursorPagination):
    """The order is the view's `ordering`; its first field should be all but unique."""

    page_size = 50
    page_size_query_param = "page_size"
    page_size_query_description = "How many on a page, 1 to 200."
    max_page_size = 200
    cursor_query_description = "Where the page starts: part of the `next` and `previous` links."

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        ordering: tuple[str, ...] = view.ordering  # type: ignore[attr-defined]
        return ordering

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= self.max_page_size):
            raise Invalid("The page size is not acceptable.", fields={"page_size": ["A number from 1 to 200."]})
        return int(asked)

    def decode_cursor(self, request: Request) -> pagination.Cursor | None:
        """DRF's own overlooks what is no base64 and takes it for the first page."""
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is not None and not b64decode(encoded, validate=True):
            raise bad_cursor()
        return super().decode_cursor(request)

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """One page. Raises Invalid for a cursor that somebody made up."""
        try:
            return list(super().paginate_queryset(queryset, request, view) or [])
        except (ValidationError, ValueError, DataError, exceptions.NotFound) as error:
            raise bad_cursor() from error

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return envelope_schema(schema)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"].update(minimum=1, maximum=self.max_page_size, default=self.page_size)
        return parameters


def envelope_schema(results: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI schema of a list."""
    link = {"type": "string", "nullable": True, "format": "uri", "example": None}
    return {
        "type": "object",
        "required": ["next", "previous", "results"],
        "properties": {"next": link, "previous": link, "results": results},
    }
