"""Devices by the thousand in one light process: frames encoded beforehand, MQTT over plain sockets."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

from tests.benchmarks.load.connection import Sender
from tests.benchmarks.load.gates import Clock, Committed, Falling, Gate, Window
from tests.benchmarks.load.generator import Generator, Report
from tests.benchmarks.progress import Progress

__all__ = ["Poured", "Report", "Sender", "falling_oxygen", "flood", "once_a_second", "pour"]

Address = tuple[str, int]
NO_BOUND = 2**53
POURED_BODIES = 120


def flood(
    senders: Sequence[Sender],
    address: Address,
    *,
    window: int,
    warm_up_s: int,
    measured_s: int,
    patience_s: float,
    committed: Path | None = None,
) -> Report:
    """As many frames as are confirmed: `window` of each device are under way. `committed`: the count of a consumer
    that confirms nothing to devices; then as many are under way in all."""
    with Generator(senders, address) as generator:
        nodes = generator.nodes
        gate: Gate = Window(nodes, window)
        if committed is not None:
            gate = Committed(nodes, window * len(nodes), Progress(committed))
        confirmed = generator.run(gate, warm_up_s=warm_up_s, measured_s=measured_s, holding=committed is None)
        generator.drain(gate, patience_s)
        return generator.report(confirmed)


@dataclass(frozen=True, slots=True)
class Poured:
    """What a device sent, seqs from 0 to `sent`, and which of them were not confirmed in the end."""

    uid: str
    sent: int
    unconfirmed: frozenset[int]


def pour(senders: Sequence[Sender], address: Address, together: Barrier, over: Event, *, seconds: int) -> list[Poured]:
    """As fast as the broker takes it, whatever is confirmed, from when all are `together`. Then each device only hears
    what is confirmed, until it is `over`."""
    with Generator(senders, address, different=POURED_BODIES) as generator:
        gate = Window(generator.nodes, NO_BOUND)
        together.wait()
        generator.run(gate, warm_up_s=0, measured_s=seconds)
        generator.listen(gate, over.is_set)
        return [
            Poured(sender.uid, node.next_seq, frozenset(node.held))
            for sender, node in zip(senders, generator.nodes, strict=True)
        ]


def once_a_second(senders: Sequence[Sender], address: Address, *, measured_s: int, patience_s: float) -> Report:
    """Each device at 1 Hz, as in life."""
    with Generator(senders, address) as generator:
        gate = Clock(generator.nodes, time.time())
        confirmed = generator.run(gate, warm_up_s=0, measured_s=measured_s)
        generator.drain(gate, patience_s)
        return generator.report(confirmed)


def falling_oxygen(
    senders: Sequence[Sender],
    address: Address,
    *,
    spo2_percent: float,
    after_s: float,
    within_s: float,
    lasts_s: int,
) -> dict[int, float]:
    """Each device at 1 Hz; from `after_s` on, within so many seconds, one after another measures this saturation and
    goes on so. Returns when each sent the first such frame, epoch seconds, by its place among the senders."""
    with Generator(senders, address) as generator:
        low = generator.bodies({"spo2": spo2_percent})
        gate = Falling(generator.nodes, time.time(), low, after_s=after_s, within_s=within_s)
        generator.run(gate, warm_up_s=0, measured_s=lasts_s)
        return gate.began
