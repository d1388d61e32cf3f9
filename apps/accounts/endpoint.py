"""What every endpoint of the API has in common: who acts, strict parameters, pages, conditional GET."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from apps.accounts.actor import Actor
from apps.accounts.middleware import ORGANIZATION_HEADER, TOKEN_HEADER, actor_of
from apps.accounts.policy import Reach
from apps.core.errors import NotAllowed
from apps.core.pagination import CursorPagination
from apps.core.serializers import StrictSerializer, checked_query


class NoParameters(StrictSerializer):
    """For endpoints that take none: whoever sends one has misunderstood something."""


@method_decorator(conditional_page, name="dispatch")
class Endpoint(APIView):
    """An ETag goes out with every answer to a GET; sent back in If-None-Match, it saves the body (304)."""

    query_form: ClassVar[type[StrictSerializer]] = NoParameters
    also_in_query: ClassVar[frozenset[str]] = frozenset()
    http_method_names = ["get", "head", "post", "patch"]

    @property
    def actor(self) -> Actor:
        """The permission HasActor has made sure that there is one."""
        actor = actor_of(self.request._request)
        assert actor is not None  # noqa: S101
        return actor

    def query(self) -> Any:
        """The checked query parameters."""
        return checked_query(self.request.query_params, self.query_form, also=self.also_in_query)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods and request.method not in ("GET", "HEAD"):
            checked_query(request.query_params, NoParameters)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Cookie", TOKEN_HEADER, ORGANIZATION_HEADER])
        return response


class ListEndpoint(Endpoint):
    pagination_class: ClassVar[type[BasePagination]] = CursorPagination
    ordering: ClassVar[tuple[str, ...]] = ("id",)
    also_in_query = frozenset({"cursor", "page_size"})

    def page(self, queryset: "QuerySet[Any]", form: type[BaseSerializer[Any]], **context: Any) -> Response:
        """The page that the request's cursor asks for."""
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(queryset, self.request, view=self)
        return paginator.get_paginated_response(form(page, many=True, context=context).data)


def must_reach(reach: Reach) -> None:
    """Refuse a whole collection to a role that may see nothing of its kind."""
    if reach is Reach.NONE:
        raise NotAllowed("Your role does not permit this.")


class ActorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document says who is asking."""

    target_class = "apps.accounts.authentication.ActorAuthentication"
    name = ["sessionToken", "cookie"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {
                "type": "apiKey",
                "in": "header",
                "name": TOKEN_HEADER,
                "description": "For apps: the `meta.session_token` of a sign-in at `/_allauth/app/v1/auth/login`.",
            },
            {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "For pages. Unsafe methods also need the header X-CSRFToken.",
            },
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        return [{name: []} for name in self.name]
