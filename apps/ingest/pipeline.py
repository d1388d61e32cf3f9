"""The way of one reading, in its two halves. Read this file first.

    sensor -> node -> [hub] -> MQTT broker -> take -> readings -> tick: signals -> twin -> alerts -> live -> page

`take` runs in the ingest process (`manage.py ingest_mqtt`): decode, record, commit, acknowledge, publish the waves
that somebody watches. `tick` runs in Celery, every second, for a shard: a share of one organization's patients.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg

from apps.alerts.services import evaluate
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind
from apps.core.watch import watched
from apps.ingest import frames, ledger, quarantine
from apps.ingest.acks import Acks
from apps.ingest.arrival import Arrival, Reading
from apps.ingest.claims import Claim, release, still_due
from apps.ingest.heartbeat import METER
from apps.ingest.overtaken import Overtaken
from apps.ingest.senders import Senders
from apps.ingest.showing import show
from apps.ingest.shown import Shown
from apps.ingest.sorting import sort_out
from apps.ingest.statuses import Statuses
from apps.ingest.timekeeping import Timekeeper
from apps.readings.derive import Derivation, derive
from apps.readings.telling import in_turn, tell_vitals
from apps.scores.telling import tell_scores
from apps.twin.services import advance


@dataclass
class Intake:
    """What `take` works with: the ingest role's connection, a way back to the devices, what it remembers meanwhile."""

    connection: psycopg.Connection
    send: Callable[[str, bytes], None]
    senders: Senders = field(init=False)
    partitions: frames.Partitions = field(default_factory=frames.Partitions)
    boots: ledger.Boots = field(default_factory=ledger.Boots)
    statuses: Statuses = field(default_factory=Statuses)
    overtaken: Overtaken = field(default_factory=Overtaken)
    shown: Shown = field(default_factory=Shown)
    acks: Acks = field(init=False)
    timekeeper: Timekeeper = field(init=False)

    def __post_init__(self) -> None:
        self.senders = Senders(self.connection)
        self.acks = Acks(self.send)
        self.timekeeper = Timekeeper(self.send)


def take(batch: Sequence[Arrival], intake: Intake) -> list[Reading]:
    """Take a batch into the database; returns the readings that were new.

    When this returns the batch is committed and may be acknowledged to the broker; when it raises, nothing of it is
    written, and it may be taken again, whole or in parts.
    """
    found = sort_out(intake.senders, batch)
    intake.partitions.ensure(intake.connection, {reading.t.date() for reading in found.readings})
    with intake.connection.transaction():
        quarantine.keep(intake.connection, found.refusals)
        entries = found.settled
        pages = ledger.open_pages(intake.connection, entries, intake.boots)
        ledger.enter(pages, entries)
        quarantine.mark_stand_ins(intake.connection, found.refusals, found.readings)
        new = [reading for reading in found.readings if reading.is_new]
        frames.insert(intake.connection, new)
        intake.overtaken.note(intake.connection, new)
        ledger.write(intake.connection, pages)
    METER.note(len(batch), (SYSTEM_CLOCK.now() - batch[0].received_at).total_seconds())
    intake.boots.remember(pages)
    intake.acks.note(pages, entries)
    intake.acks.send_due()
    intake.statuses.note(found.readings)
    intake.timekeeper.note(intake.connection, found.doubts, found.readings)
    show(found.readings, intake.shown)
    return new


def tick(claim: Claim, *, clock: Clock = SYSTEM_CLOCK) -> Derivation | None:
    """Advance one claimed shard: derive, advance, evaluate, commit, publish. None: another worker did it meanwhile.

    All of it is one transaction: a worker that is killed half-way leaves the shard as it was, and its claim runs out.
    """
    with bind(claim.organization_id):
        shard = still_due(claim)
        if shard is None:
            return None
        now = clock.now()
        derivation = derive(patient_ids=shard.patient_ids, marks=shard.marks, now=now)
        patient_ids, current = shard.patient_ids, derivation.current
        advance(patient_ids=patient_ids, current=current, clock=clock)
        raised = evaluate(patient_ids=patient_ids, current=current, fresh=derivation.values, clock=clock)
        release(shard, derivation.marks, busy=bool(derivation.patient_ids), lasting=bool(raised), now=now)
        tell_vitals(patient_ids, derivation.shown, now=now)
        tell_scores(in_turn(watched().intersection(patient_ids), now), now=now)
    return derivation
