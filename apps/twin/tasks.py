"""Celery's share of the twin. None of it is part of a tick: alarms do not wait for a body."""

import logging
import random
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from celery import shared_task
from django.db import DatabaseError

from apps.accounts.selectors import organization_ids
from apps.core.watch import watched
from apps.twin import calibration, forecasts, refits, snapshots
from apps.twin.analysis import analyse
from apps.twin.claims import claim_due
from apps.twin.refitting import refit_some

logger = logging.getLogger(__name__)
SHARDS_AT_ONCE: Final = 4
"""A claim is for what can be done soon: another worker may be free before."""
REFIT_FOR_S: Final = 15.0
"""Analyses wait meanwhile where one worker keeps house; they hold for three minutes."""
ANALYSE_FOR_S: Final = 4.0
"""Then this worker takes ticks again, if it takes any; beat sends the next task every five seconds."""


@shared_task(name="twin.analyse")
def analyse_due_shards() -> int:
    """Analyse shards that are due, for a while. One that fails is left to its claim's end and does not stop others."""
    until, done = time.monotonic() + ANALYSE_FOR_S, 0
    while time.monotonic() < until:
        claims = claim_due(SHARDS_AT_ONCE, watched())
        for claim in claims:
            try:
                analyse(claim)
            except Exception:
                logger.exception("the twins of shard %s of %s failed", claim.number, claim.organization_id)
        done += len(claims)
        if len(claims) < SHARDS_AT_ONCE:
            break
    return done


@shared_task(name="twin.refit")
def refit_after_the_night() -> int:
    """Refit those whose night is over, for a while; the rest with the next task. How many were claimed."""
    until, done, ids = time.monotonic() + REFIT_FOR_S, 0, organization_ids()
    for organization_id in random.sample(ids, len(ids)):
        if time.monotonic() > until:
            break
        try:
            done += refit_some(organization_id)
        except Exception:
            logger.exception(
                "refitting organization %s failed; it is tried again when its claims run out", organization_id
            )
    return done


@shared_task(name="twin.score_forecasts")
def score_forecasts() -> None:
    """Note what came of forecasts."""
    _for_each("scoring the forecasts of", forecasts.score)


@shared_task(name="twin.calibrate")
def calibrate() -> None:
    """Count how good forecasts were, and let go of the old ones."""
    _for_each("calibrating", calibration.calibrate)
    _for_each("forgetting forecasts of", forecasts.forget)
    _for_each("forgetting snapshots of", snapshots.forget_old)
    _for_each("forgetting refits of", refits.forget)


def _for_each(what: str, work: Callable[[UUID], Any]) -> None:
    """The trouble of one organization is no other's."""
    ids = organization_ids()
    for organization_id in random.sample(ids, len(ids)):
        try:
            work(organization_id)
        except DatabaseError:
            logger.exception("%s organization %s failed; it is tried again with the next turn", what, organization_id)
