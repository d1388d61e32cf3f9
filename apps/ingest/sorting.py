"""Deciding what each arrival is: a reading, or a refusal with its reason. Reads devices, writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apps.ingest.arrival import Arrival, Entry, Reading, Refusal, Sender
from apps.ingest.senders import Senders
from apps.ingest.wire import Frame, WireError, decode, identify

# A device's clock is believed within these; what lies outside waits in quarantine with its raw time.
OLDEST_BELIEVED = timedelta(days=400)
AHEAD_BELIEVED = timedelta(minutes=2)


@dataclass(slots=True)
class Sorted:
    """`readings` go to the database, `refusals` to quarantine; one arrival can give both (a bad channel)."""

    readings: list[Reading] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def settled(self) -> list[Entry]:
        """The frames that their devices may forget once the batch is committed: stored, or kept in quarantine."""
        return [*self.readings, *(refusal.entry for refusal in self.refusals if refusal.entry and refusal.kept)]


def sort_out(senders: Senders, batch: Sequence[Arrival]) -> Sorted:
    """Decode a batch, find who sent each frame and on whom the device was."""
    decoded = [_decoded(arrival) for arrival in batch]
    uids = {arrival.uid for arrival in batch}
    uids |= {frame.node for frame in decoded if isinstance(frame, Frame) and frame.node}
    known = senders.of(uids)
    result = Sorted()
    for arrival, frame in zip(batch, decoded, strict=True):
        _sort_one(arrival, frame, known, result)
    return result


def _decoded(arrival: Arrival) -> Frame | WireError:
    try:
        return decode(arrival.payload)
    except WireError as error:
        return error


def _sort_one(arrival: Arrival, frame: Frame | WireError, senders: Mapping[str, Sender], result: Sorted) -> None:
    owner = senders.get(arrival.uid)
    if owner is None:
        result.refusals.append(Refusal(arrival, "unknown-device", f"no device in service is called {arrival.uid[:64]}"))
        return
    if isinstance(frame, WireError):
        entry = _entry_of_unreadable(arrival, owner)
        result.refusals.append(Refusal(arrival, frame.reason, frame.detail, owner, entry))
        return
    sender = _speaker(frame.node, owner, senders)
    if sender is None:
        result.refusals.append(Refusal(arrival, "unknown-node", f"{frame.node} is not on hub {owner.uid}", owner))
        return
    t = _believable_time(frame.t, arrival.received_at)
    if t is None:
        entry = Entry(arrival, sender, frame.boot, frame.seq, frame.oldest or 0)
        result.refusals.append(Refusal(arrival, "clock", f"t is {frame.t!r} by the device's clock", sender, entry))
        return
    result.readings.append(
        Reading(arrival, sender, frame.boot, frame.seq, frame.oldest or 0, frame, t, sender.patient_at(t))
    )
    result.refusals += [
        Refusal(arrival, f"channel-{fault.reason}", f"{fault.code}: {fault.detail}", sender) for fault in frame.faults
    ]


def _entry_of_unreadable(arrival: Arrival, owner: Sender) -> Entry | None:
    """The ledger's line for a frame that can be told but not taken, so that the device does not repeat it for ever."""
    identity = identify(arrival.payload)
    if identity is None or identity.node is not None:
        return None
    return Entry(arrival, owner, identity.boot, identity.seq, 0)


def _speaker(node: str | None, owner: Sender, senders: Mapping[str, Sender]) -> Sender | None:
    """Whose frame it is: the topic's owner's, or that of a node which is allowed on this hub."""
    if node is None or node == owner.uid:
        return owner
    sender = senders.get(node)
    allowed = sender is not None and sender.hub_id == owner.device_id
    return sender if allowed else None


def _believable_time(t: float, received_at: datetime) -> datetime | None:
    try:
        moment = datetime.fromtimestamp(t, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    if received_at - OLDEST_BELIEVED <= moment <= received_at + AHEAD_BELIEVED:
        return moment
    return None
