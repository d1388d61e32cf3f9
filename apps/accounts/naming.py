"""What the ids of the audit trail stand for, in the words that a reader's role may read.

The trail refers by id and lies below everything it refers to, so each app that owns such a thing registers how it is
named and found: `user` here, `patient` and `device` by their apps.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from apps.accounts.actor import Actor
from apps.accounts.models import User

MOST_FOUND = 200


@dataclass(frozen=True, slots=True)
class Naming:
    """`name` gives the words for those ids that are still there. `find` gives the ids that a search text means to
    this reader; it must not find by what `name` would not show them."""

    name: Callable[[Actor, Collection[UUID]], Mapping[UUID, str]]
    find: Callable[[Actor, str], Collection[UUID]]


_namings: dict[str, Naming] = {}


def register(kind: str, naming: Naming) -> None:
    _namings[kind] = naming


def names_of(actor: Actor, kind: str, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Words for ids of one kind; what has none any more is missing."""
    return _namings[kind].name(actor, ids) if ids else {}


def found_by(actor: Actor, kind: str, text: str) -> Collection[UUID]:
    return _namings[kind].find(actor, text)


def _people(_actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Members of the organization in force: row-level security shows no other account."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}


def _people_by(_actor: Actor, text: str) -> Collection[UUID]:
    found = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


register("user", Naming(_people, _people_by))
