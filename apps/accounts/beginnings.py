"""What a new organization starts with. The apps that own such things lie above this one and register themselves."""

from collections.abc import Callable

from apps.accounts.models import Organization

Beginning = Callable[[Organization], object]
_beginnings: list[Beginning] = []


def begins_with(beginning: Beginning) -> Beginning:
    """Have `beginning` called for each new organization, within its binding and transaction."""
    _beginnings.append(beginning)
    return beginning


def begin(organization: Organization) -> None:
    for beginning in _beginnings:
        beginning(organization)
