"""`manage.py ingest_mqtt`, noting when it committed each frame. Who looks into the database from outside has to wait
for a processor of a busy machine himself, several times for each look, and sees a commit tens of milliseconds late.

    python -m tests.benchmarks.noting_ingest FILE NAME
"""

import os
import sys
import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

import django
from django.core.management import call_command

from apps.ingest.arrival import Arrival, Reading
from apps.ingest.heartbeat import METER

Take = Callable[[Sequence[Arrival], object], list[Reading]]


def main() -> None:
    path, name = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bodylink.settings")
    django.setup()
    notes = _note_commits()
    try:
        call_command("ingest_mqtt", name=name)
    finally:
        with Path(path).open("wb") as file:
            notes.tofile(file)


def _note_commits() -> "array[float]":
    """Published and committed, in turn. `take` tells its meter right after the commit."""
    from apps.ingest import salvage  # noqa: PLC0415 - Django has to be set up first

    notes, committed_at, count = array("d"), [0.0], METER.note
    take: Take = salvage.take

    def note(frames: int, lag_s: float) -> None:
        committed_at[0] = time.time()
        count(frames, lag_s)

    def noted(batch: Sequence[Arrival], intake: object) -> list[Reading]:
        new = take(batch, intake)
        for reading in new:
            notes.extend((reading.frame.t, committed_at[0]))
        return new

    METER.note = note  # type: ignore[method-assign]
    salvage.take = noted  # type: ignore[assignment]
    return notes


def commits(path: Path) -> list[tuple[float, float]]:
    """What such an ingest left when it ended: (published, committed) of each frame, epoch seconds."""
    notes = array("d", path.read_bytes())
    return list(zip(notes[::2], notes[1::2], strict=True))


if __name__ == "__main__":
    main()
