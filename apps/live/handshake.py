"""What a client brings when it opens a connection: cookie or token, origin, organization."""

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from apps.accounts.middleware import ORGANIZATION_HEADER
from apps.live.authorise import Credentials
from apps.live.protocol import SUBPROTOCOL, TOKEN_PREFIX

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

# Ours are shorter. What was cut is no key of any session, and a store is not asked for a key of any length.
MAX_KEY_CHARACTERS = 128
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def credentials_of(scope: Scope) -> Credentials:
    """The token among the subprotocols, else the session cookie; the organization from the header, or from
    `?organization=`, because a browser's WebSocket can send no header of its own."""
    query = parse_qs(scope.get("query_string", b"").decode("latin1"))
    organization = header(scope, ORGANIZATION_HEADER) or next(iter(query.get("organization", [])), None)
    token = _token(scope)
    return Credentials(None if token is not None else _session_key(scope), token, organization)


def chosen_subprotocol(scope: Scope) -> str | None:
    """What the server answers: never the token."""
    return SUBPROTOCOL if SUBPROTOCOL in scope.get("subprotocols", []) else None


def _token(scope: Scope) -> str | None:
    offered = scope.get("subprotocols", [])
    token = next((each.removeprefix(TOKEN_PREFIX) for each in offered if each.startswith(TOKEN_PREFIX)), None)
    return token[:MAX_KEY_CHARACTERS] if token is not None else None


def _session_key(scope: Scope) -> str | None:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(header(scope, "cookie") or "")
    except CookieError:
        return None
    cookie = cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value[:MAX_KEY_CHARACTERS] if cookie else None


def header(scope: Scope, name: str) -> str | None:
    wanted = name.lower().encode()
    return next((value.decode("latin1") for key, value in scope.get("headers", []) if key == wanted), None)


class OriginChecked:
    """Refuses a connection by cookie from a page that is not ours, before it is accepted: a browser sends the cookie
    along whoever opens the socket. A token is sent on purpose only, so an app needs no Origin."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = _token(scope) is not None or is_own_origin(header(scope, "origin"), header(scope, "host"))
        await (self._application if allowed else WebsocketDenier())(scope, receive, send)


def is_own_origin(origin: str | None, host: str | None) -> bool:
    """Whether a page of `origin` is one of ours, served at `host`: an allowed host at the same port, or an origin that
    CSRF_TRUSTED_ORIGINS names. Behind TLS only https pages are ours."""
    if not origin or not host:
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    if parts.scheme not in _DEFAULT_PORTS or (settings.SESSION_COOKIE_SECURE and parts.scheme != "https"):
        return False
    default = _DEFAULT_PORTS[parts.scheme]
    origin_name, origin_port = split_domain_port(parts.netloc)
    host_name, host_port = split_domain_port(host)
    known = validate_host(origin_name, settings.ALLOWED_HOSTS) and validate_host(host_name, settings.ALLOWED_HOSTS)
    return known and (origin_port or default) == (host_port or default)
