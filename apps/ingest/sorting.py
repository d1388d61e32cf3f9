"""Deciding what each arrival is: a reading, or a refusal with its reason. Reads devices, writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from apps.ingest.arrival import Arrival, Doubt, Entry, Reading, Refusal, Sender
from apps.ingest.clocks import Setting, Sighting, setting_of
from apps.ingest.senders import Senders
from apps.ingest.wire import Frame, WireError, decode, identify


@dataclass(slots=True)
class Sorted:
    """`readings` go to the database, `refusals` to quarantine; one arrival can give both (a bad channel). `doubts`: the
    frames whose clocks are off."""

    readings: list[Reading] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

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
    sighting = sighting_of(frame, arrival)
    setting = setting_of(sighting, sender.clocks.get(frame.boot, ()))
    if setting is None or setting.offset_s:
        result.doubts.append(Doubt(arrival, sender, frame.boot, sighting))
    t = None if setting is None else _corrected(frame.t, setting, sender)
    if t is None:
        entry = Entry(arrival, sender, frame.boot, frame.seq, frame.oldest or 0)
        result.refusals.append(Refusal(arrival, "clock", _why_not(frame, setting), sender, entry))
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


def sighting_of(frame: Frame, arrival: Arrival) -> Sighting:
    return Sighting(frame.seq, frame.t, frame.t + frame.duration_s, arrival.received_at.timestamp())


def _corrected(t: float, setting: Setting, sender: Sender) -> datetime | None:
    """When the frame began. None where the correction cannot say on whom the device was."""
    moment = datetime.fromtimestamp(t + setting.offset_s, UTC)
    return None if setting.spread_s and sender.changes_near(moment, setting.spread_s) else moment


def _why_not(frame: Frame, setting: Setting | None) -> str:
    if setting is None:
        return f"t is {frame.t!r} by the device's clock"
    return f"t is {frame.t!r} by the device's clock, too near a change of who wears it to be corrected"
