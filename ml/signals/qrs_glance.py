"""The first look at a candidate that a glimpse left open: its own shape, its height beside those around it.

Everything is a ratio or a time: gain and polarity leave no trace, and there is nothing in it of one person's usual
levels for trees to learn by heart. `LOOKAHEAD_S` after a candidate, all that this look reads is known.
"""

from typing import Final

import numpy as np

from ml.signals.candidate_table import CandidateTable, Near, where_known
from ml.signals.filters import IntArray, WaveArray, column_sums

LOOKAHEAD_S: Final = 0.2
PAST: Final = 20
FUTURE: Final = 3
SMALL_MV: Final = 0.02  # an envelope as low as amplifier noise
LONGEST_S: Final = np.float32(3.0)
LOWEST: Final = -9.0  # octaves: of what is not there

Columns = dict[str, WaveArray]


def glance(table: CandidateTable, lane: IntArray, number: IntArray) -> Columns:
    """Inputs of the first look's model for n candidates, (n,) each, by name."""
    past = table.past(lane, number, PAST)
    future = table.future(lane, number, FUTURE, LOOKAHEAD_S)
    return glance_of(table, table.at(lane, number), past, future)


def glance_of(table: CandidateTable, here: IntArray, past: Near, future: Near) -> Columns:
    """The same of those at `here` in the table, with `PAST` and `FUTURE` candidates beside each."""
    return {
        "above_small": above_small(table.height[here]),
        "sharp": table.sharpness[here] - table.height[here],
        **_around(past, future),
        **_sharpness(past, future),
        **shape_of(np.ascontiguousarray(table.shape[here].T)),
    }


def above_small(height: WaveArray) -> WaveArray:
    """Octaves, no more than two."""
    return np.asarray(np.minimum(height - np.float32(np.log2(SMALL_MV)), np.float32(2.0)))


def highest_within(higher: WaveArray, after_s: WaveArray, within_s: float) -> WaveArray:
    """Of (k, n) octaves the highest of those so near, (n,). By sums: a choice in each place would cost much more."""
    out_of_reach = (after_s >= within_s) * np.float32(2.0 * LOWEST)
    return np.asarray(np.maximum((higher + out_of_reach).max(axis=0), np.float32(LOWEST)))


def _around(past: Near, future: Near) -> Columns:
    columns: Columns = {}
    for side, near in (("past", past.nearest(3)), ("future", future.nearest(2))):
        beside = where_known(near.known, near.higher), where_known(near.known, np.minimum(near.after_s, LONGEST_S))
        for k, (octaves, away_s) in enumerate(zip(*beside, strict=True), start=1):
            columns[f"{side}_{k}_higher"], columns[f"{side}_{k}_s"] = octaves, away_s
    columns["future_highest"] = where_known(future.known, future.higher, LOWEST).max(axis=0)
    higher = where_known(past.known, past.higher, LOWEST)
    for within_s in (0.35, 1.0, 2.5):
        columns[f"highest_in_{within_s:g}_s"] = highest_within(higher, past.after_s, within_s)
    columns["in_1_s"] = (past.known & (past.after_s < 1.0)).sum(axis=0, dtype=np.float32)
    for least in (-1.0, 0.0):
        lower = (higher <= least) * LONGEST_S
        columns[f"since_{2**least:g}_as_high_s"] = np.minimum((past.after_s + lower).min(axis=0), LONGEST_S)
    ordered = _ordered(higher, past)
    for rank in (1, 2, 4, 6, 9):
        columns[f"highest_{rank}_in_6_s"] = ordered[-rank]
    columns["spread_in_6_s"] = ordered[-2] - ordered[-7]
    return columns


def _sharpness(past: Near, future: Near) -> Columns:
    columns: Columns = {}
    beside = (where_known(near.known[:2], near.sharper[:2]) for near in (past, future))
    for k, (before, after) in enumerate(zip(*beside, strict=True), start=1):
        columns[f"past_{k}_sharper"], columns[f"future_{k}_sharper"] = before, after
    sharper = where_known(past.known, past.sharper, LOWEST)
    for within_s in (0.35, 1.0):
        columns[f"sharpest_in_{within_s:g}_s"] = highest_within(sharper, past.after_s, within_s)
    ordered = _ordered(sharper, past)
    for rank in (1, 2, 4, 6, 9):
        columns[f"sharpest_{rank}_in_6_s"] = ordered[-rank]
    return columns


def _ordered(octaves: WaveArray, past: Near) -> WaveArray:
    return np.sort(np.where(past.after_s < 6.0, octaves, np.float32(LOWEST)), axis=0)


def shape_of(shape: WaveArray) -> Columns:
    """Of (2m, n) unit vectors, the analytic wave about the candidate: how long, how skew, how fast, how even."""
    m = len(shape) // 2
    half = m // 2
    even, odd = shape[:m], shape[m:]
    power = even * even + odd * odd
    total = np.maximum(column_sums(power), np.float32(1e-9))
    place = np.linspace(-1.0, 1.0, m, dtype=np.float32)[:, None]
    centre = column_sums(power * place) / total
    along = even[1:] * even[:-1] + odd[1:] * odd[:-1]  # each point times the conjugate of the one before
    across = odd[1:] * even[:-1] - even[1:] * odd[:-1]
    size = column_sums(np.sqrt(along * along + across * across))
    middle = np.sqrt(np.maximum(power[half], np.float32(1e-9)))

    def turn(part: slice) -> WaveArray:
        return np.asarray(np.arctan2(column_sums(across[part]), column_sums(along[part])))

    columns: Columns = {
        "shape_skew": centre,
        "shape_width": np.sqrt(column_sums(power * (place - centre) ** 2) / total),
        "turn_first_half": turn(np.s_[:half]),
        "turn_second_half": turn(np.s_[half:]),
        "turn_middle": turn(np.s_[half - 1 : half + 1]),
        "turn_steadiness": np.hypot(column_sums(along), column_sums(across)) / np.maximum(size, np.float32(1e-9)),
        "phase": np.abs(np.arctan2(2.0 * even[half] * odd[half], even[half] ** 2 - odd[half] ** 2)),
    }
    for k in (0, 2, half - 2, half + 2, m - 3, m - 1):
        columns[f"envelope_{k}_of_{m}"] = np.sqrt(power[k]) / middle
    return columns


def rows_of(columns: Columns) -> WaveArray:
    """(n, inputs) for the model."""
    together = np.empty((len(columns), len(next(iter(columns.values())))), dtype=np.float32)
    for row, column in zip(together, columns.values(), strict=True):
        row[:] = column
    return np.ascontiguousarray(together.T)
