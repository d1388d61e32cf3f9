"""Celery's share of the readings. What may take long is done for a while and goes on with the next turn: the workers
that do it are the ones that tick."""

from celery import shared_task

from apps.readings import housekeeping, partitions

MERGE_FOR_S = 20.0
RETAIN_FOR_S = 60.0


@shared_task(name="readings.roll_up")
def roll_up() -> None:
    """Roll up every organization."""
    housekeeping.roll_up_all()


@shared_task(name="readings.make_partitions")
def make_partitions() -> None:
    """Make the partitions of the next days."""
    partitions.make_partitions()


@shared_task(name="readings.merge_frames")
def merge_frames() -> None:
    """Merge the frames of every organization that are old enough."""
    housekeeping.merge_all(seconds=MERGE_FOR_S)


@shared_task(name="readings.apply_retention")
def apply_retention() -> None:
    """Let go of what nobody wants any more."""
    housekeeping.retain_all(seconds=RETAIN_FOR_S)
