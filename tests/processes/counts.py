"""What harm did, counted; the table is printed when the tests are through."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tests.processes.load import Frame

_HEAD = f"{'harm':44} {'sent':>8} {'confirmed':>9} {'stored':>8} {'doubled':>7} {'lost':>5}  recovered after"
_TOLD: list[str] = []


@dataclass(frozen=True, slots=True)
class Counts:
    """Of frames. `stored`: different ones; `doubled`: rows beyond them; `lost`: confirmed by `down/ack` and not stored;
    `strange`: stored and never sent."""

    sent: int
    confirmed: int
    stored: int
    doubled: int
    lost: int
    strange: int

    @property
    def whole(self) -> bool:
        """All that was sent is confirmed and stored, once."""
        return (self.sent, self.doubled, self.lost, self.strange) == (self.stored, 0, 0, 0) == (self.confirmed, 0, 0, 0)


def count(sent: Collection[Frame], confirmed: Iterable[Frame], rows: Iterable[Frame]) -> Counts:
    of_each, safe = Counter(rows), set(confirmed)
    return Counts(
        sent=len(sent),
        confirmed=len(safe),
        stored=len(of_each),
        doubled=of_each.total() - len(of_each),
        lost=len(safe - of_each.keys()),
        strange=len(of_each.keys() - set(sent)),
    )


def tell(harm: str, counts: Counts, recovered_s: float | None = None) -> None:
    """Keep a line for the table. `recovered_s`: from the end of the harm until all that was sent before was safe."""
    took = "" if recovered_s is None else f"{recovered_s:6.1f} s"
    _TOLD.append(
        f"{harm:44} {counts.sent:8} {counts.confirmed:9} {counts.stored:8} {counts.doubled:7} {counts.lost:5}  {took}"
    )


def say(line: str) -> None:
    """Any other line that belongs to it."""
    _TOLD.append(line)


def told() -> list[str]:
    return [_HEAD, *_TOLD] if _TOLD else []
