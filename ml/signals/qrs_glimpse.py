"""The glimpse before the first look: few and cheap inputs, and a small model that settles what is plain.

Most candidates of a quiet lead are plainly beats or plainly none. Only those that the glimpse leaves open are looked at
(`qrs_glance`), so the looks may be thorough without costing much. Read as there: ratios and times, nothing later than
`qrs_glance.LOOKAHEAD_S`.
"""

from typing import Final

import numpy as np

from ml.signals.candidate_table import CandidateTable, where_known
from ml.signals.filters import IntArray
from ml.signals.qrs_glance import FUTURE, LONGEST_S, LOOKAHEAD_S, LOWEST, Columns, above_small, highest_within

PAST: Final = 8


def glimpse(table: CandidateTable, lane: IntArray, number: IntArray) -> Columns:
    """Inputs of the glimpse's model for n candidates, (n,) each, by name."""
    here = table.at(lane, number)
    past = table.past(lane, number, PAST)
    future = table.future(lane, number, FUTURE, LOOKAHEAD_S)
    higher = where_known(past.known, past.higher, LOWEST)
    sharper = where_known(past.known, past.sharper, LOWEST)
    ordered = np.sort(higher, axis=0)
    columns: Columns = {
        "above_small": above_small(table.height[here]),
        "sharp": table.sharpness[here] - table.height[here],
        "future_highest": where_known(future.known, future.higher, LOWEST).max(axis=0),
        "future_sharpest": where_known(future.known, future.sharper, LOWEST).max(axis=0),
        "future_1_s": where_known(future.known[0], future.after_s[0]),
        "last_8_s": np.minimum(past.after_s[-1], LONGEST_S),  # noise brings many
        "lowest_of_8": ordered[0],
        "highest_2_of_8": ordered[-2],
        "highest_4_of_8": ordered[-4],
        "sharpest_of_8": sharper.max(axis=0),
    }
    for k in range(2):
        columns[f"past_{k + 1}_higher"] = higher[k]
        columns[f"past_{k + 1}_sharper"] = sharper[k]
        columns[f"past_{k + 1}_s"] = np.minimum(past.after_s[k], LONGEST_S)
    for within_s in (0.35, 1.0, 2.5):
        columns[f"highest_in_{within_s:g}_s"] = highest_within(higher, past.after_s, within_s)
    return columns
