"""Binds the whole of a request, rendering included, to the organization its sender belongs to."""

from collections.abc import Callable
from uuid import UUID

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from apps.accounts.actor import Actor, Operator
from apps.accounts.policy import NOTHING, Grant
from apps.accounts.selectors import OwnMembership, actor_for, own_memberships
from apps.core.tenancy import OPERATOR, SIGN_IN, bind

ORGANIZATION_HEADER = "X-BodyLink-Organization"
TOKEN_HEADER = "X-Session-Token"  # noqa: S105 - the name of a header
# Here accounts are looked up before anybody is known; everywhere else the door stays shut.
SIGN_IN_PATHS = ("/accounts/", "/_allauth/")
# The one place of the operator, who has a page session and no app's token.
OPERATOR_PATH = "/admin/"
# Devices come here by their own credentials: no person is looked up, and no transaction is open while a frame is
# committed by ingest's role. What these views read they bind to the device's organization themselves.
DEVICE_PATHS = frozenset({"/api/v1/frames/", "/data", "/data/ingest", "/data/analyze", "/alert/send"})


class TenancyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        request.operator = None  # type: ignore[attr-defined]
        request.memberships = []  # type: ignore[attr-defined]
        request.membership = None  # type: ignore[attr-defined]
        if request.path in DEVICE_PATHS:
            return self.get_response(request)
        door = SIGN_IN if request.path.startswith(SIGN_IN_PATHS) else ""
        user_id = _user_id(request)
        with bind(None, user_id=user_id, door=door):
            membership = _chosen_membership(request) if user_id else None
            if user_id and not membership and _is_operator(request):
                request.operator = Operator(user_id)  # type: ignore[attr-defined]
                door = OPERATOR
            with bind(membership.organization_id if membership else None, user_id=user_id, door=door):
                if user_id and membership:
                    request.actor = actor_for(user_id, membership)  # type: ignore[attr-defined]
                    request.membership = membership  # type: ignore[attr-defined]
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
            return response


def _user_id(request: HttpRequest) -> UUID | None:
    """Whose request it is, by the cookie's session or an app's session token; verified, not merely claimed."""
    if token := request.headers.get(TOKEN_HEADER):
        with bind(None, door=SIGN_IN):
            found = authenticate_by_x_session_token(token)
        if found is None:
            return None
        request.token_user = found[0]  # type: ignore[attr-defined]
        return UUID(str(found[0].pk))
    if SESSION_KEY not in request.session:
        return None
    user = request.user
    return UUID(str(user.pk)) if user.is_authenticated else None


def _chosen_membership(request: HttpRequest) -> OwnMembership | None:
    """The membership named by the header or the session, else the only one. None where it stays open."""
    memberships = own_memberships()
    request.memberships = memberships  # type: ignore[attr-defined]
    wanted = request.headers.get(ORGANIZATION_HEADER) or request.session.get("organization")
    if wanted:
        return next((m for m in memberships if m.slug == wanted), None)
    return memberships[0] if len(memberships) == 1 else None


def _is_operator(request: HttpRequest) -> bool:
    """Whether an operator comes to the admin, acting for no organization."""
    return (
        request.path.startswith(OPERATOR_PATH)
        and TOKEN_HEADER not in request.headers
        and getattr(request.user, "is_operator", False)
    )


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor of a request, None where nobody signed in or no organization is chosen."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    return actor


def operator_of(request: HttpRequest) -> Operator | None:
    """The platform's operator, None where somebody else sends the request, or another place is asked for."""
    operator: Operator | None = request.operator  # type: ignore[attr-defined]
    return operator


def grant_in(request: HttpRequest) -> Grant:
    """What the sender of a request is granted: by their role, or as the platform's operator, or nothing."""
    who = actor_of(request) or operator_of(request)
    return who.grant if who else NOTHING
