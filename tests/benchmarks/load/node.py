"""One device: it numbers its frames, and holds each until it is confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.benchmarks.load.bodies import Body, opening


@dataclass(slots=True)
class Node:
    """`name` is None for a device that speaks for itself. `bodies`: what it sends, round and round. `held`: when each
    unconfirmed frame was measured, by seq."""

    name: str | None
    number: int
    bodies: Sequence[Body] = ()
    opening: bytes = field(init=False)
    next_seq: int = 0
    held: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.opening = opening(self.name)

    def confirm(self, upto: int, also: tuple[int, ...]) -> int:
        """Forget what is safe; how many frames that were."""
        before = len(self.held)
        for seq in also:
            self.held.pop(seq, None)
        while self.held and (seq := next(iter(self.held))) <= upto:
            del self.held[seq]
        return before - len(self.held)
