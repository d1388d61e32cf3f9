"""What every template may need: who acts, and where."""

from typing import Any

from django.http import HttpRequest

from apps.accounts.selectors import current_organization


def organization(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "memberships": getattr(request, "memberships", []),
        "organization": current_organization(actor) if actor else None,
    }
