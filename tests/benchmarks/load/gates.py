"""Which devices may send their next frame: as many are under way as the platform can be asked to hold, no more."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Protocol

from tests.benchmarks.load.bodies import Body
from tests.benchmarks.load.node import Node
from tests.benchmarks.progress import Progress

AT_ONCE = 400


class Gate(Protocol):
    def ready(self) -> Iterator[tuple[Node, float]]:
        """A few devices that may send one frame each, now, and what the time of the frame is."""

    def confirm(self, node: Node, count: int) -> None:
        """So many frames of a device were confirmed by `down/ack`."""

    @property
    def confirmed(self) -> int:
        """How many frames are known to be safe."""


class Window:
    """Each device sends until `window` of its frames are unconfirmed, then waits for `down/ack`."""

    def __init__(self, nodes: Sequence[Node], window: int) -> None:
        self.confirmed = 0
        self._window = window
        self._ready = deque(nodes)

    def ready(self) -> Iterator[tuple[Node, float]]:
        now = time.time()
        for _ in range(min(AT_ONCE, len(self._ready))):
            node = self._ready.popleft()
            yield node, now
            if len(node.held) < self._window:
                self._ready.append(node)

    def confirm(self, node: Node, count: int) -> None:
        self.confirmed += count
        if len(node.held) < self._window <= len(node.held) + count:
            self._ready.append(node)


class Committed:
    """For a consumer that sends no `down/ack`: so many frames may be under way in all, by its own count of commits."""

    def __init__(self, nodes: Sequence[Node], limit: int, progress: Progress) -> None:
        self._turns = cycle(nodes)
        self._limit = limit
        self._progress = progress
        self._sent = 0

    @property
    def confirmed(self) -> int:
        return self._progress.count

    def ready(self) -> Iterator[tuple[Node, float]]:
        now = time.time()
        free = min(AT_ONCE, self._limit - (self._sent - self._progress.count))
        for node in islice(self._turns, max(0, free)):
            self._sent += 1
            yield node, now

    def confirm(self, node: Node, count: int) -> None:
        raise RuntimeError(f"{count} frames of {node.name} were confirmed by a consumer that confirms nothing")


class Clock:
    """Every device once a second, evenly spread, whatever happens to the frames. A frame's time is when it is due, so
    that one follows another without a gap; if the load is late, that counts against the platform."""

    def __init__(self, nodes: Sequence[Node], started_at: float) -> None:
        self.confirmed = 0
        self._nodes = nodes
        self._started_at = started_at
        self._sent = 0

    def ready(self) -> Iterator[tuple[Node, float]]:
        while (due_at := self._started_at + self._sent / len(self._nodes)) <= time.time():
            yield self._nodes[self._sent % len(self._nodes)], due_at
            self._sent += 1

    def confirm(self, node: Node, count: int) -> None:
        self.confirmed += count


class Falling(Clock):
    """The same, and after a while one device after another sends other bodies. `began`: when each did, by number."""

    def __init__(
        self, nodes: Sequence[Node], started_at: float, bodies: Sequence[Body], *, after_s: float, within_s: float
    ) -> None:
        super().__init__(nodes, started_at)
        self.began: dict[int, float] = {}
        self._bodies = bodies
        self._first_at = started_at + after_s
        self._step_s = within_s / len(nodes)

    def ready(self) -> Iterator[tuple[Node, float]]:
        for node, t in super().ready():
            if node.number not in self.began and t >= self._first_at + node.number * self._step_s:
                node.bodies = self._bodies
                self.began[node.number] = t
            yield node, t
