"""What every template may need: who acts, and where."""

from typing import Any

from django.http import HttpRequest


def organization(request: HttpRequest) -> dict[str, Any]:
    """Asks the database nothing: under ASGI an error page is rendered in another thread, whose connection is bound to
    no organization."""
    return {
        "actor": getattr(request, "actor", None),
        "memberships": getattr(request, "memberships", []),
        "organization": getattr(request, "membership", None),
    }
