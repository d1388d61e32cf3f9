"""The first look at a candidate: its own shape, and its height beside those of the candidates around it.

Everything is a ratio or a time: gain and polarity leave no trace, and there is nothing in it of one person's usual
levels for trees to learn by heart. `LOOKAHEAD_S` after a candidate, all that this look reads is known.
"""

from typing import Final

import numpy as np

from ml.signals.candidate_table import CandidateTable, Near, where_known
from ml.signals.filters import IntArray, WaveArray

LOOKAHEAD_S: Final = 0.2
PAST: Final = 20
FUTURE: Final = 3
SMALL_MV: Final = 0.02  # an envelope as low as amplifier noise
LONGEST_S: Final = 3.0

Columns = dict[str, WaveArray]


def glance(table: CandidateTable, lane: IntArray, number: IntArray) -> Columns:
    """Inputs of the first look's model for n candidates, (n,) each, by name."""
    here = table.at(lane, number)
    past = table.past(lane, number, PAST)
    future = table.future(lane, number, FUTURE, LOOKAHEAD_S)
    above = table.height[here] - np.float32(np.log2(SMALL_MV))
    return {
        "above_small": np.minimum(above, np.float32(2.0)),
        "sharp": table.sharpness[here] - table.height[here],
        **_around(past, future),
        **_sharpness(past, future),
        **shape_of(np.ascontiguousarray(table.shape[here].T)),
    }


def _around(past: Near, future: Near) -> Columns:
    columns: Columns = {}
    for k in range(3):
        columns[f"past_{k + 1}_higher"] = where_known(past.known[k], past.higher[k])
        columns[f"past_{k + 1}_s"] = where_known(past.known[k], np.minimum(past.after_s[k], LONGEST_S))
    for k in range(2):
        columns[f"future_{k + 1}_higher"] = where_known(future.known[k], future.higher[k])
        columns[f"future_{k + 1}_s"] = where_known(future.known[k], future.after_s[k])
    columns["future_highest"] = where_known(future.known, future.higher, -9.0).max(axis=0)
    higher = where_known(past.known, past.higher, -9.0)
    for within_s in (0.35, 1.0, 2.5):
        inside = past.after_s < within_s
        columns[f"highest_in_{within_s:g}_s"] = np.where(inside, higher, np.float32(-9.0)).max(axis=0)
    columns["in_1_s"] = (past.known & (past.after_s < 1.0)).sum(axis=0, dtype=np.float32)
    for least in (-1.0, 0.0):
        since = np.where(higher > least, past.after_s, np.float32(LONGEST_S)).min(axis=0)
        columns[f"since_{2**least:g}_as_high_s"] = np.minimum(since, np.float32(LONGEST_S))
    ordered = np.sort(np.where(past.after_s < 6.0, higher, np.float32(-9.0)), axis=0)
    for rank in (1, 2, 4, 6, 9):
        columns[f"highest_{rank}_in_6_s"] = ordered[-rank]
    columns["spread_in_6_s"] = ordered[-2] - ordered[-7]
    return columns


def _sharpness(past: Near, future: Near) -> Columns:
    columns: Columns = {}
    for k in range(2):
        columns[f"past_{k + 1}_sharper"] = where_known(past.known[k], past.sharper[k])
        columns[f"future_{k + 1}_sharper"] = where_known(future.known[k], future.sharper[k])
    sharper = where_known(past.known, past.sharper, -9.0)
    for within_s in (0.35, 1.0):
        inside = past.after_s < within_s
        columns[f"sharpest_in_{within_s:g}_s"] = np.where(inside, sharper, np.float32(-9.0)).max(axis=0)
    ordered = np.sort(np.where(past.after_s < 6.0, sharper, np.float32(-9.0)), axis=0)
    for rank in (1, 2, 4, 6, 9):
        columns[f"sharpest_{rank}_in_6_s"] = ordered[-rank]
    return columns


def shape_of(shape: WaveArray) -> Columns:
    """Of (2m, n) unit vectors, the analytic wave about the candidate: how long, how skew, how fast, how even."""
    m = len(shape) // 2
    half = m // 2
    even, odd = shape[:m], shape[m:]
    power = even * even + odd * odd
    total = np.maximum(power.sum(axis=0), np.float32(1e-9))
    place = np.linspace(-1.0, 1.0, m, dtype=np.float32)[:, None]
    centre = (power * place).sum(axis=0) / total
    along = even[1:] * even[:-1] + odd[1:] * odd[:-1]  # each point times the conjugate of the one before
    across = odd[1:] * even[:-1] - even[1:] * odd[:-1]
    size = np.sqrt(along * along + across * across).sum(axis=0)
    middle = np.sqrt(np.maximum(power[half], np.float32(1e-9)))

    def turn(part: slice) -> WaveArray:
        return np.asarray(np.arctan2(across[part].sum(axis=0), along[part].sum(axis=0)))

    columns: Columns = {
        "shape_skew": centre,
        "shape_width": np.sqrt((power * (place - centre) ** 2).sum(axis=0) / total),
        "turn_first_half": turn(np.s_[:half]),
        "turn_second_half": turn(np.s_[half:]),
        "turn_middle": turn(np.s_[half - 1 : half + 1]),
        "turn_steadiness": np.hypot(along.sum(axis=0), across.sum(axis=0)) / np.maximum(size, np.float32(1e-9)),
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
