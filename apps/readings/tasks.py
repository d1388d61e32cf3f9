"""Celery's share of the readings."""

import logging

from celery import shared_task
from django.db import DatabaseError

from apps.accounts.selectors import organization_ids
from apps.readings import rollups

logger = logging.getLogger(__name__)


@shared_task(name="readings.roll_up")
def roll_up() -> None:
    """Roll up every organization. The trouble of one is no other's."""
    for organization_id in organization_ids():
        try:
            rollups.roll_up(organization_id)
        except DatabaseError:
            logger.exception("rolling up organization %s failed; it is tried again with the next turn", organization_id)
