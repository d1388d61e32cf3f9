"""The second and third look at a candidate: how it fits between its neighbours, whose scores by the look before are
known now, and to this person's last likely beats, as the look before saw them: their times, heights and shapes.

All that is read of the future lies within `LOOKAHEAD_S`. Intervals are in units of the person's own, heights beside
those of the person's beats; see `qrs_glance`.
"""

from typing import Final

import numpy as np

from ml.signals.beat_ring import RIVAL_S, BeatRing, Remembered
from ml.signals.candidate_table import CandidateTable, Near, where_known
from ml.signals.filters import IntArray, WaveArray
from ml.signals.qrs_glance import Columns

LOOKAHEAD_S: Final = (0.5, 0.55)  # of the second look, of the third
PAST: Final = 16
FUTURE: Final = 8
SURE_NOT: Final = -9.0


def context(table: CandidateTable, likely: list[BeatRing], look: int, lane: IntArray, number: IntArray) -> Columns:
    """Inputs of the model of look 1 or 2 for n candidates, (n,) each, by name; `likely`: the beats of look 0 and 1."""
    past = table.past(lane, number, PAST, look - 1)
    future = table.future(lane, number, FUTURE, LOOKAHEAD_S[look - 1], look - 1)
    return context_of(table, likely, look, lane, table.at(lane, number), past=past, future=future)


def context_of(
    table: CandidateTable,
    likely: list[BeatRing],
    look: int,
    lane: IntArray,
    here: IntArray,
    *,
    past: Near,
    future: Near,
) -> Columns:
    """The same of those at `here` in the table, with `PAST` and `FUTURE` candidates beside each."""
    before, ahead_s = look - 1, LOOKAHEAD_S[look - 1]
    seen = likely[before].remembered(lane, table.index[here], table.shape[here], ahead_s - RIVAL_S)
    columns = {
        "score": table.scores[before, here],
        **_neighbours("past", past),
        **_neighbours("future", future),
        **_rhythm(seen, past, future),
        **_resemblance(seen, table.height[here], table.sharpness[here]),
    }
    if look == 1:
        return columns
    further = likely[0].next_after_s(lane, table.index[here], sum(LOOKAHEAD_S) - RIVAL_S)
    return {
        **columns,
        "first_score": table.scores[0, here],
        "further_s": further,
        "further_usual": further / columns["usual_s"],
        "further_around_usual": (further + columns["last_s"]) / columns["usual_s"],
    }


def _neighbours(side: str, near: Near) -> Columns:
    columns: Columns = {}
    two = near.nearest(2)
    said = {"score": two.score, "s": np.minimum(two.after_s, 3.0), "sharper": two.sharper, "higher": two.higher}
    each = {name: where_known(two.known, values) for name, values in said.items()}
    for k in range(2):
        columns.update({f"{side}_{k + 1}_{name}": values[k] for name, values in each.items()})
    score = where_known(near.known, near.score, SURE_NOT)
    for start_s, end_s in ((0.0, RIVAL_S), (RIVAL_S, 0.36), (0.36, 0.6), (0.6, 0.9)):
        inside = (near.after_s >= start_s) & (near.after_s < end_s)
        columns[f"{side}_score_to_{end_s:g}_s"] = np.where(inside, score, np.float32(SURE_NOT)).max(axis=0)
    columns[f"{side}_higher_to_{RIVAL_S:g}_s"] = np.where(
        near.known & (near.after_s < RIVAL_S), near.higher, np.float32(SURE_NOT)
    ).max(axis=0)
    unlikely = near.known & (near.score < 0.0) & (near.after_s < 2.5)
    columns[f"{side}_unlikely"] = unlikely.sum(axis=0, dtype=np.float32)
    columns[f"{side}_unlikely_higher"] = np.where(unlikely, near.higher, np.float32(SURE_NOT)).max(axis=0)
    return columns


def _rhythm(seen: Remembered, past: Near, future: Near) -> Columns:
    """Times to the likely beats on either side, in seconds and in usual intervals."""
    intervals = np.diff(seen.before_s, axis=0)
    valid = seen.known[1:] & (intervals > 0.25) & (intervals < 2.5)
    ordered = np.sort(np.where(valid, intervals, np.float32(np.inf)), axis=0)
    count = valid.sum(axis=0)
    row = np.arange(len(count))
    middle = ordered[np.maximum(count - 1, 0) // 2, row]
    usual = np.where(count >= 2, middle, np.float32(np.nan))
    deviation = np.where(valid, np.abs(intervals - usual), np.float32(0.0)).sum(axis=0)
    last = where_known(seen.known[0], np.minimum(seen.before_s[0], 4.0))
    following = where_known(seen.next_known, seen.next_s)
    previous = where_known(valid[0], intervals[0])
    between = past.known & (past.after_s < seen.before_s[:1])
    later = future.known & (future.after_s < np.where(seen.next_known, seen.next_s, np.float32(9.0)))
    return {
        "usual_s": usual,
        "irregularity": deviation / np.maximum(count, 1) / usual,
        "last_s": last,
        "last_usual": last / usual,
        "previous_usual": previous / usual,
        "last_previous": last / previous,
        "next_s": following,
        "next_usual": following / usual,
        "around_usual": (last + following) / usual,
        "next_last": following / last,
        "best_since_last": np.where(between, past.score, np.float32(SURE_NOT)).max(axis=0),
        "best_until_next": np.where(later, future.score, np.float32(SURE_NOT)).max(axis=0),
        "beats_in_4_s": (seen.known & (seen.before_s < 4.0)).sum(axis=0, dtype=np.float32),
    }


def _resemblance(seen: Remembered, height: WaveArray, sharpness: WaveArray) -> Columns:
    """Shape and height beside those of the last likely beats."""
    likeness = np.sort(where_known(seen.known, seen.likeness, -1.0), axis=0)
    turned = np.sort(where_known(seen.known, seen.turned_likeness, -1.0), axis=0)
    relative = np.sort(where_known(seen.known, height - seen.height, np.inf), axis=0)
    sharper = np.sort(where_known(seen.known, sharpness - seen.sharpness, np.inf), axis=0)
    count = seen.known.sum(axis=0)
    row = np.arange(len(count))
    some = count > 0
    return {
        "likeness_best": where_known(some, likeness[-1]),
        "likeness_second": where_known(count > 1, likeness[-2]),
        "likeness_fourth": where_known(count > 3, likeness[-4]),
        "likeness_last": where_known(some, seen.likeness[0]),
        "likeness_mean": where_known(some, seen.middle_likeness),
        "turned_likeness_best": where_known(some, turned[-1]),
        "turned_likeness_third": where_known(count > 2, turned[-3]),
        "turned_likeness_fifth": where_known(count > 4, turned[-5]),
        "turned_likeness_eighth": where_known(count > 7, turned[0]),
        "likeness_next": where_known(seen.next_known, seen.next_likeness),
        "agreement": where_known(some, seen.agreement),
        "height_over_highest": where_known(some, relative[0]),
        "height_over_middle": where_known(some, relative[np.maximum(count - 1, 0) // 2, row]),
        "height_over_lowest": where_known(some, relative[np.maximum(count - 1, 0), row]),
        "sharpness_over_highest": where_known(some, sharper[0]),
        "sharpness_over_middle": where_known(some, sharper[np.maximum(count - 1, 0) // 2, row]),
        "sharpness_over_lowest": where_known(some, sharper[np.maximum(count - 1, 0), row]),
        "height_over_last": where_known(some, height - seen.height[0]),
        "height_over_next": where_known(seen.next_known, height - seen.next_height),
    }
