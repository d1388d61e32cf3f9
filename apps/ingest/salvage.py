"""Taking a batch in which something cannot be stored at all: halved, until that one stands alone."""

import logging
from collections.abc import Sequence
from typing import Final

import psycopg

from apps.ingest import quarantine
from apps.ingest.arrival import Arrival, Refusal
from apps.ingest.pipeline import Intake, take

logger = logging.getLogger(__name__)

PASSING: Final = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)
"""What passes by itself (connection lost, disk full, deadlock, read-only standby): try again, whole."""


def take_salvaging(batch: Sequence[Arrival], intake: Intake) -> int:
    """`take`, and where it fails for a reason that will not pass, the good part of the batch all the same; the frame at
    fault goes to quarantine with the reason `storage`. How many were new. Raises one of PASSING, with some part of the
    batch taken: repeating the whole is safe."""
    try:
        return len(take(batch, intake))
    except PASSING:
        raise
    except Exception as error:
        if len(batch) > 1:
            middle = len(batch) // 2
            return take_salvaging(batch[:middle], intake) + take_salvaging(batch[middle:], intake)
        logger.exception("a frame of %s could not be stored", batch[0].uid)
        with intake.connection.transaction():
            quarantine.keep(intake.connection, [Refusal(batch[0], "storage", f"{type(error).__name__}: {error}")])
        return 0
