"""What a device's clock is worth, and by how much it is off. Pure.

A device that knows the time is believed: its frames may come hours late, and their times are true. A clock that cannot
be true (a moment before BodyLink was, or one that has not come yet) is off by an offset, constant within a boot as
long as nobody sets it. Two things tell the offset:

- *live pace*: frames that arrive as fast as they are measured were sent at once, so that the least difference between
  arrival and the frame's end is the offset (and the least delay of the network, which is well under a second);
- *the clock was set*: a frame whose time is true follows one whose time is not, with the next seq, so that the one
  began when the other ended.

Until one of them is seen the frames wait. Times are epoch seconds; an offset is added to the device's time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

# No frame is older than the first of its kind: 2020-01-01T00:00Z.
EARLIEST_S: Final = 1_577_836_800.0
# Network, broker and queue never make a frame arrive before it was measured; a clock may be ahead by this unnoticed.
AHEAD_S: Final = 2.0
# Live pace: so many frames in a row, over so many seconds, whose delays differ by no more than this.
LIVE_FRAMES: Final = 4
LIVE_SPAN_S: Final = 3.0
LIVE_SPREAD_S: Final = 1.5
# A sample a second is lost now and then; a clock that was set moves by far more.
CONTIGUOUS_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Sighting:
    """One frame of a boot as it came in: its span by the device's clock, and when it arrived by ours."""

    seq: int
    start_s: float
    end_s: float
    arrived_s: float

    @property
    def delay_s(self) -> float:
        """Arrival less the frame's end: the offset plus however long the frame was on its way."""
        return self.arrived_s - self.end_s


def is_true(sighting: Sighting) -> bool:
    """Whether the device's time can be what it says."""
    return sighting.start_s >= EARLIEST_S and sighting.delay_s >= -AHEAD_S


def offset_s(doubtful: Sequence[Sighting], following: Sighting | None = None) -> float | None:
    """The offset of a boot whose clock cannot be true, None as long as nothing tells it.

    doubtful: its frames so far, in the order of their arrival. following: a frame of the same boot whose time is true.
    """
    if following is not None:
        before = next((each for each in doubtful if each.seq == following.seq - 1), None)
        if before is not None:
            return following.start_s - before.end_s
    return _by_live_pace(doubtful)


def _by_live_pace(doubtful: Sequence[Sighting]) -> float | None:
    """From the last frames that arrived one after another as they were measured."""
    for last in range(len(doubtful), LIVE_FRAMES - 1, -1):
        run = doubtful[last - LIVE_FRAMES : last]
        delays = [each.delay_s for each in run]
        consecutive = all(later.seq == earlier.seq + 1 for earlier, later in pairwise(run))
        steady = all(abs(later.start_s - earlier.end_s) < CONTIGUOUS_S for earlier, later in pairwise(run))
        if consecutive and steady and max(delays) - min(delays) <= LIVE_SPREAD_S and _lasted(run) >= LIVE_SPAN_S:
            return min(delays)
    return None


def _lasted(run: Sequence[Sighting]) -> float:
    """How long the run took by our clock: a burst from a full memory is contiguous too, but takes no time."""
    return run[-1].arrived_s - run[0].arrived_s
