"""Who asks for a page."""

from django.http import Http404, HttpRequest

from apps.accounts.actor import Actor
from apps.accounts.middleware import actor_of
from apps.accounts.policy import Reach


def acting(request: HttpRequest, *reaches: Reach) -> Actor:
    """The actor of a request whose clinical reach is one of these; to anybody else there is no such page."""
    actor = actor_of(request)
    if actor is None or actor.grant.clinical not in reaches:
        raise Http404
    return actor
