"""Stepping bodies through what was measured: all that stand at the same moment as one array."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from apps.twin import snapshots
from apps.twin.evidence import MOVEMENT, Windows, evidence
from apps.twin.inputs import GivenOf
from apps.twin.snapshots import Kept
from ml.physiology import Person
from ml.physiology.movement import work_watts
from ml.twin import Twins, UnknownVersion
from ml.twin.given import Given
from ml.twin.refit import Step

logger = logging.getLogger(__name__)

MINUTE: Final = timedelta(minutes=1)
COARSE: Final = timedelta(minutes=5)
FINE_UPTO: Final = timedelta(minutes=30)
"""A gap longer than this is gone through in steps of five minutes."""
LONGEST: Final = timedelta(hours=24)
"""What lies further back is not replayed: the body goes through it at rest, and its spread grows."""
SEED_BYTES: Final = 4


@dataclass(slots=True)
class Body:
    """One patient's. `at`: up to when it has lived; `upto`: up to when it is to live; `state`: packed, None for a new
    one; `former_at`: when it was last written, from which the snapshots since then follow."""

    patient_id: UUID
    person: Person
    at: datetime
    upto: datetime
    state: bytes | None = None
    former_at: datetime | None = None
    clock_hours: float = 12.0


def seed_of(patient_id: UUID) -> int:
    """The same person's chance is the same, whoever else is in the shard."""
    return int.from_bytes(patient_id.bytes[:SEED_BYTES], "big")


def bring_up(bodies: Sequence[Body], *, now: datetime, given_of: GivenOf) -> tuple[list[Body], Twins]:
    """Bring all bodies to where they are to be, in place, keeping snapshots on the way. They come back with their
    ensembles, in one order. Raises ValueError where there are no bodies."""
    groups: dict[tuple[datetime, datetime, bool], list[Body]] = defaultdict(list)
    for body in bodies:
        groups[body.at, body.upto, body.state is None].append(body)
    stepped = [_step(group, now=now, given_of=given_of) for group in groups.values()]
    snapshots.thin([body.patient_id for body in bodies], now=now)
    together = stepped[0] if len(stepped) == 1 else Twins.joined(stepped)
    return [body for group in groups.values() for body in group], together


def _step(group: Sequence[Body], *, now: datetime, given_of: GivenOf) -> Twins:
    """Bodies that stand at one moment and go to one other."""
    start, upto, former = group[0].at, group[0].upto, group[0].former_at
    patient_ids = [body.patient_id for body in group]
    twins, packed = _begin(group, start), None
    if start < upto:
        windows = _windows(start, upto)
        mass_kg = [body.person.mass_kg for body in group]
        steps = steps_through(windows, patient_ids, mass_kg, given_of(patient_ids), now=now)
        for step, end in zip(steps, windows.ends, strict=True):
            twins.advance(step.until_s, step.seen, step.inputs)
            coarse, packed = snapshots.is_coarse(end, former), None
            if coarse or (end == windows.end and snapshots.is_due(end, former)):
                packed, former = twins.packed(), end
                _keep(group, packed, end, coarse=coarse)
    for body, state in zip(group, packed or twins.packed(), strict=True):
        body.at, body.state = max(start, upto), state
    return twins


def steps_through(
    windows: Windows, patient_ids: Sequence[UUID], mass_kg: Sequence[float], given: Given, *, now: datetime
) -> Iterator[Step]:
    """Window by window what was seen of these patients, and what they did and took in meanwhile."""
    found = evidence(patient_ids, windows, now=now)
    watts = work_watts(found.of(MOVEMENT), np.array(mass_kg))
    for window, (begin, end) in enumerate(zip(windows.begins, windows.ends, strict=True)):
        inputs = given.between(begin.timestamp(), end.timestamp(), watts[window])
        yield Step(end.timestamp(), found.seen(window), inputs)


def _begin(group: Sequence[Body], start: datetime) -> Twins:
    """As they were kept. New ones, where there are none, or a former version of the model packed them."""
    kept = [body.state for body in group if body.state is not None]
    if kept:
        try:
            return Twins.unpacked(kept)
        except UnknownVersion as error:
            logger.warning("%d twins begin anew: %s", len(group), error)
    return Twins.begin(
        [body.person for body in group],
        at_s=start.timestamp(),
        seeds=[seed_of(body.patient_id) for body in group],
        clock_hours=group[0].clock_hours,
    )


def _windows(start: datetime, upto: datetime) -> Windows:
    start = max(start, upto - LONGEST)
    return Windows.between(start, upto, MINUTE if upto - start <= FINE_UPTO else COARSE)


def _keep(group: Sequence[Body], packed: Sequence[bytes], at: datetime, *, coarse: bool) -> None:
    snapshots.keep((body.patient_id, Kept(at, state), coarse) for body, state in zip(group, packed, strict=True))
