"""How the API knows its caller: the page's session cookie (with CSRF), or an app's session token."""

from typing import TYPE_CHECKING, Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.middleware import ORGANIZATION_HEADER, TOKEN_HEADER
from apps.core.errors import Invalid, NotFound

if TYPE_CHECKING:
    from rest_framework.views import APIView  # at run time DRF's views import this module


class ActorAuthentication(SessionAuthentication):
    """The middleware has verified the caller already, in order to bind the tenant; a cookie also needs CSRF."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        token_user = getattr(request._request, "token_user", None)
        if token_user is not None:
            return token_user, None
        if TOKEN_HEADER in request.headers:
            raise AuthenticationFailed("The session token is not one of ours, or no longer.")
        return super().authenticate(request)

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class HasActor(BasePermission):
    """Signed in, and acting for one organization."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if request._request.actor is not None:  # type: ignore[attr-defined]
            return True
        if ORGANIZATION_HEADER in request.headers:
            raise NotFound("You have no membership in that organization.")
        raise Invalid(f"Name the organization you act for in the header {ORGANIZATION_HEADER}.")
