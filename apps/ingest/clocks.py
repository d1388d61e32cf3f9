"""What a device's clock is worth, and by how much it is off. Pure; times are epoch seconds.

A device that knows the time is believed: its frames may come hours late, and their times are true. A clock that cannot
be true (years before now, or a moment that has not come yet) is off by an offset, constant within a boot until somebody
sets it. Three things tell the offset, and nothing else is believed:

- *live pace*: frames that arrive as fast as they are measured were sent at once, so that the least difference between
  arrival and the frame's end is the offset (and the least delay of the network, which is well under a second);
- *the clock was set*: a frame whose time is true follows one whose time is not, with the next seq, so that the one
  began when the other ended;
- *the same frame again*, under a clock that is true.

Until one of them is seen the frames wait. What was learned is a `Setting`; an offset is added to the device's time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

# No clock runs for longer than this while its frames are kept.
OLDEST_S: Final = 400 * 86_400.0
# Network, broker and queue never make a frame arrive before it was measured; a clock may be ahead by this unnoticed.
AHEAD_S: Final = 5.0
# Live pace: so many frames in a row, arriving over so many seconds, whose delays differ by no more than the spread.
LIVE_FRAMES: Final = 4
LIVE_LEAST_S: Final = 2.0
LIVE_SPREAD_S: Final = 1.5
# By how much a clock may have been set beyond where the frame before ended: frames may be a little apart.
SET_SPREAD_S: Final = 1.0


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


@dataclass(frozen=True, slots=True)
class Setting:
    """The clock of a boot, from a seq on. `spread_s`: by how much the corrected time may still be off."""

    from_seq: int
    offset_s: float
    spread_s: float


AS_IT_IS: Final = Setting(0, 0.0, 0.0)


def is_possible(sighting: Sighting, offset_s: float) -> bool:
    """Whether a frame can have been measured at the device's time plus an offset."""
    return -AHEAD_S <= sighting.delay_s - offset_s <= OLDEST_S


def setting_of(sighting: Sighting, settings: Sequence[Setting]) -> Setting | None:
    """How to read the clock of this frame, None as long as nobody can say. `settings`: the boot's, by seq.

    What was learned for this seq, else the clock as it is; else, since a clock starts wrong with its boot, the first
    that was learned of the boot.
    """
    applying = [setting for setting in settings if setting.from_seq <= sighting.seq]
    tried = [*applying[-1:], AS_IT_IS, *settings[:1]]
    return next((setting for setting in tried if is_possible(sighting, setting.offset_s)), None)


def learned(waiting: Sequence[Sighting], recent: Sequence[Sighting], settings: Sequence[Setting]) -> Sequence[Setting]:
    """What the sightings of a boot tell beyond the settings known so far. `waiting`: those that no setting explains;
    `recent`: the latest others. Both in the order of their arrival."""
    if not waiting:
        return _right_again(recent, settings)
    return _from_true_frames(waiting, recent) or _from_live_pace(waiting)


def _from_true_frames(waiting: Sequence[Sighting], recent: Sequence[Sighting]) -> Sequence[Setting]:
    """The clock was set, or the same frame came again under a true one."""
    by_seq, first = {each.seq: each for each in waiting}, min(each.seq for each in waiting)
    for true in (each for each in recent if is_possible(each, 0.0)):
        if same := by_seq.get(true.seq):
            return Setting(first, true.start_s - same.start_s, 0.0), Setting(max(by_seq) + 1, 0.0, 0.0)
        if before := by_seq.get(true.seq - 1):
            return Setting(first, true.start_s - before.end_s, SET_SPREAD_S), Setting(true.seq, 0.0, 0.0)
    return ()


def _from_live_pace(waiting: Sequence[Sighting]) -> Sequence[Setting]:
    """From the last frames that arrived one after another as they were measured."""
    run, first = _live(waiting), min(each.seq for each in waiting)
    return [Setting(first, min(each.delay_s for each in run), LIVE_SPREAD_S)] if run else ()


def _right_again(recent: Sequence[Sighting], settings: Sequence[Setting]) -> Sequence[Setting]:
    """A clock that was off and has been set: it goes on where the corrected one was, or live frames need no offset."""
    offset_s = {each: (setting_of(each, settings) or AS_IT_IS).offset_s for each in recent}
    for before, now in pairwise(recent):
        set_by_s = offset_s[before]
        goes_on = now.seq == before.seq + 1 and abs(now.start_s - before.end_s - set_by_s) <= SET_SPREAD_S
        if goes_on and offset_s[now] and abs(set_by_s) > SET_SPREAD_S and is_possible(now, 0.0):
            return [Setting(now.seq, 0.0, 0.0)]
    run = _live(recent)
    if any(offset_s[each] for each in run) and all(abs(each.delay_s) <= AHEAD_S for each in run):
        return [Setting(run[0].seq, 0.0, 0.0)]
    return ()


def _live(sightings: Sequence[Sighting]) -> Sequence[Sighting]:
    """The latest run of live pace, empty if there is none."""
    for last in range(len(sightings), LIVE_FRAMES - 1, -1):
        run = sightings[last - LIVE_FRAMES : last]
        delays = [each.delay_s for each in run]
        follow = all(later.seq == earlier.seq + 1 for earlier, later in pairwise(run))
        # A burst from a full memory takes no time to arrive: where its frames are of values only, of no duration, their
        # delays could yet be alike.
        lasted_s = run[-1].arrived_s - run[0].arrived_s
        if follow and max(delays) - min(delays) <= LIVE_SPREAD_S and lasted_s >= LIVE_LEAST_S:
            return run
    return ()
