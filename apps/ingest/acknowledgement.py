"""What a device may forget: arithmetic on the ledger of one boot. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MAX_ALSO = 512


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """`upto`: every seq up to and with it is stored or given up; -1 if there is none. `also`: stored ones beyond it,
    ascending, at most 512. `given_up`: how many seqs the device no longer holds and the ledger never saw."""

    upto: int
    also: tuple[int, ...]
    given_up: int


def acknowledge(
    received: Sequence[tuple[int, int]], *, oldest: int = 0, answering: Iterable[int] = ()
) -> Acknowledgement:
    """The acknowledgement for a boot.

    received: half-open ranges [lower, upper) of stored seqs, ascending, disjoint, none empty (as PostgreSQL keeps an
        int8multirange). Raises ValueError if they are not.
    oldest: the highest `oldest` that the device has stated: what lies below it is gone for good.
    answering: the seqs to which this is the answer. They come first where more than 512 lie beyond a gap, then the
        newest: a frame that was repeated must be confirmed at once, or the device repeats it for ever.
    """
    _check(received)
    end = _contiguous_end(received, oldest)
    return Acknowledgement(
        upto=end - 1, also=_beyond(received, end, answering), given_up=oldest - _stored_below(received, oldest)
    )


def _check(received: Sequence[tuple[int, int]]) -> None:
    last_upper = 0
    for lower, upper in received:
        if not last_upper <= lower < upper:
            raise ValueError(f"ranges are not ascending, disjoint and filled at [{lower}, {upper})")
        last_upper = upper


def _contiguous_end(received: Sequence[tuple[int, int]], oldest: int) -> int:
    end = oldest
    for lower, upper in received:
        if lower > end:
            break
        end = max(end, upper)
    return end


def _stored_below(received: Sequence[tuple[int, int]], seq: int) -> int:
    return sum(min(upper, seq) - lower for lower, upper in received if lower < seq)


def _beyond(received: Sequence[tuple[int, int]], end: int, answering: Iterable[int]) -> tuple[int, ...]:
    if not received or received[-1][1] <= end:
        return ()
    chosen = {seq for seq in sorted(answering, reverse=True)[:MAX_ALSO] if seq >= end and _holds(received, seq)}
    for seq in _newest_first(received, end):
        if len(chosen) == MAX_ALSO:
            break
        chosen.add(seq)
    return tuple(sorted(chosen))


def _holds(received: Sequence[tuple[int, int]], seq: int) -> bool:
    index = bisect_right(received, seq, key=lambda bounds: bounds[0]) - 1
    return index >= 0 and seq < received[index][1]


def _newest_first(received: Sequence[tuple[int, int]], end: int) -> Iterator[int]:
    """Every range lies wholly below `end` or wholly beyond it: one that reached it has moved it."""
    for lower, upper in reversed(received):
        if upper <= end:
            return
        yield from range(upper - 1, lower - 1, -1)
