"""Taking the selected payloads of the quarantine once more."""

import logging
from typing import Any

import psycopg
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.connection import ConnectionDoesNotExist

from apps.accounts.middleware import actor_of
from apps.audit.services import record
from apps.ingest.connection import connect
from apps.ingest.models import Quarantined
from apps.ingest.replaying import Replayed, replay

logger = logging.getLogger(__name__)
AT_ONCE = 1000


@admin.action(description="Take once more", permissions=["replay"])
def take_once_more(model_admin: Any, request: HttpRequest, queryset: "QuerySet[Quarantined]") -> None:
    """The rows that were selected among those that the sender of the request may see."""
    ids = list(queryset.order_by("first_at", "pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(ids) > AT_ONCE:
        text = f"At most {AT_ONCE} at once; `manage.py replay_quarantine` takes any number."
        model_admin.message_user(request, text, messages.ERROR)
        return
    try:
        with connect() as connection:
            replayed = replay(connection, ids)
    except (ConnectionDoesNotExist, psycopg.OperationalError) as error:
        logger.warning("the quarantine was not replayed: %s", error)
        text = "That was not possible: ingest's database connection is not there. Some may have been taken."
        model_admin.message_user(request, text, messages.ERROR)
        return
    _note(request, len(ids), replayed)
    level = messages.WARNING if replayed.kept else messages.SUCCESS
    model_admin.message_user(request, f"{str(replayed)[:1].upper()}{str(replayed)[1:]}.", level)


def _note(request: HttpRequest, rows: int, replayed: Replayed) -> None:
    """In the organization's trail; what belongs to no organization has none."""
    actor = actor_of(request)
    if actor is None:
        logger.info("the operator replayed %d of the quarantine: %s", rows, replayed)
        return
    record(
        action="quarantine.replayed",
        user_id=actor.user_id,
        role=actor.role,
        detail={"payloads": rows, "result": str(replayed)},
    )
