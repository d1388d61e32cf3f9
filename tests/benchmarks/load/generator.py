"""The load: connects all devices, sends what the gate lets through, and keeps account of what was confirmed."""

import selectors
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Self

from tests.benchmarks.load.bodies import Body, bodies
from tests.benchmarks.load.connection import Connection, Sender, topic_of
from tests.benchmarks.load.gates import Gate
from tests.benchmarks.load.node import Node

BODIES = 1_200
IDLE_S = 0.002
REPEAT_AFTER_S = 10.0


@dataclass(frozen=True, slots=True)
class Report:
    """`confirmed_each_second`: of the measured time, without the warm-up. `unconfirmed`: after the drain."""

    sent: int
    pubacked: int
    unconfirmed: int
    confirmed_each_second: list[int] = field(default_factory=list)


class Generator:
    """A context manager: the connections are open while entered. `different`: how many different seconds are sent."""

    def __init__(self, senders: Sequence[Sender], address: tuple[str, int], *, different: int = BODIES) -> None:
        self.sent = 0
        self._different = different
        starts = accumulate((max(1, len(sender.nodes)) for sender in senders), initial=0)
        self._held = ExitStack()
        self._selector = self._held.enter_context(selectors.DefaultSelector())
        self._stuck: set[Connection] = set()
        self._connections: dict[int, Connection] = {}
        for sender, number in zip(senders, starts, strict=False):
            connection = Connection(sender, address, number)
            self._held.callback(connection.socket.close)
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)
            self._connections |= dict.fromkeys((node.number for node in connection.nodes.values()), connection)
        self.nodes: list[Node] = [n for c in dict.fromkeys(self._connections.values()) for n in c.nodes.values()]
        self._topic = topic_of(senders[0].uid)
        usual = self.bodies()
        for node in self.nodes:
            node.bodies = usual

    def bodies(self, values: dict[str, float] | None = None) -> list[Body]:
        """What these devices could send; `values` replaces some of those measured."""
        return bodies(self._different, topic=self._topic, node=self.nodes[0].name, values=values)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._held.close()

    def run(self, gate: Gate, *, warm_up_s: int, measured_s: int, holding: bool = True) -> list[int]:
        """Send; how many frames were confirmed in each measured second. `holding`: frames are kept until confirmed."""
        begun_at, marks = time.monotonic() + warm_up_s, []
        while len(marks) <= measured_s:
            self._receive(gate)
            self._send(gate, holding)
            if time.monotonic() >= begun_at + len(marks):
                marks.append(gate.confirmed)
        return [after - before for before, after in pairwise(marks)]

    def drain(self, gate: Gate, patience_s: float) -> None:
        """Send nothing new; repeat what is not confirmed until it is, or until patience ends."""
        deadline, repeat_at = time.monotonic() + patience_s, time.monotonic() + REPEAT_AFTER_S
        while any(node.held for node in self.nodes) and time.monotonic() < deadline:
            self._receive(gate)
            self._flush_stuck()
            if time.monotonic() >= repeat_at:
                repeat_at += REPEAT_AFTER_S
                self._repeat()

    def listen(self, gate: Gate, enough: Callable[[], bool]) -> None:
        """Send nothing any more, and only hear what is confirmed."""
        while not enough():
            self._receive(gate)
            self._flush_stuck()

    def report(self, confirmed_each_second: list[int]) -> Report:
        connections = set(self._connections.values())
        return Report(
            self.sent,
            sum(connection.pubacked for connection in connections),
            sum(len(node.held) for node in self.nodes),
            confirmed_each_second,
        )

    def _receive(self, gate: Gate) -> None:
        for key, _ in self._selector.select(IDLE_S):
            for node, count in key.data.receive():
                gate.confirm(node, count)

    def _send(self, gate: Gate, holding: bool) -> None:
        self._flush_stuck()
        if self._stuck:
            return
        touched = set()
        for node, t in gate.ready():
            seq, node.next_seq = node.next_seq, node.next_seq + 1
            if holding:
                node.held[seq] = t
            connection = self._connections[node.number]
            connection.publish(node, seq, t)
            touched.add(connection)
            self.sent += 1
        self._stuck = {connection for connection in touched if not connection.flush()}

    def _flush_stuck(self) -> None:
        self._stuck = {connection for connection in self._stuck if not connection.flush()}

    def _repeat(self) -> None:
        for node in self.nodes:
            connection = self._connections[node.number]
            for seq, t in node.held.items():
                connection.publish(node, seq, t)
            self._stuck.add(connection)
