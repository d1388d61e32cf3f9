"""Devices by the thousand in one light process: frames encoded beforehand, MQTT over plain sockets."""

import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.load.connection import Sender
from tests.benchmarks.load.gates import Clock, Committed, Falling, Gate, Window
from tests.benchmarks.load.generator import Generator, Report
from tests.benchmarks.progress import Progress

__all__ = ["Report", "Sender", "falling_oxygen", "flood", "once_a_second"]

Address = tuple[str, int]


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
