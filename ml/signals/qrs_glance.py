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
        **shape_of(table.shape[here]),
    }


def _around(past: Near, future: Near) -> Columns:
    columns: Columns = {}
    for k in range(3):
        columns[f"past_{k + 1}_higher"] = where_known(past.known[:, k], past.higher[:, k])
        columns[f"past_{k + 1}_s"] = where_known(past.known[:, k], np.minimum(past.after_s[:, k], LONGEST_S))
    for k in range(2):
        columns[f"future_{k + 1}_higher"] = where_known(future.known[:, k], future.higher[:, k])
        columns[f"future_{k + 1}_s"] = where_known(future.known[:, k], future.after_s[:, k])
    columns["future_highest"] = where_known(future.known, future.higher, -9.0).max(axis=1)
    higher = where_known(past.known, past.higher, -9.0)
    for within_s in (0.35, 1.0, 2.5):
        inside = past.after_s < within_s
        columns[f"highest_in_{within_s:g}_s"] = np.where(inside, higher, np.float32(-9.0)).max(axis=1)
    columns["in_1_s"] = (past.known & (past.after_s < 1.0)).sum(axis=1, dtype=np.float32)
    for least in (-1.0, 0.0):
        since = np.where(higher > least, past.after_s, np.float32(LONGEST_S)).min(axis=1)
        columns[f"since_{2**least:g}_as_high_s"] = np.minimum(since, np.float32(LONGEST_S))
    ordered = np.sort(np.where(past.after_s < 6.0, higher, np.float32(-9.0)), axis=1)
    for rank in (1, 2, 4, 6, 9):
        columns[f"highest_{rank}_in_6_s"] = ordered[:, -rank]
    columns["spread_in_6_s"] = ordered[:, -2] - ordered[:, -7]
    return columns


def _sharpness(past: Near, future: Near) -> Columns:
    columns: Columns = {}
    for k in range(2):
        columns[f"past_{k + 1}_sharper"] = where_known(past.known[:, k], past.sharper[:, k])
        columns[f"future_{k + 1}_sharper"] = where_known(future.known[:, k], future.sharper[:, k])
    sharper = where_known(past.known, past.sharper, -9.0)
    for within_s in (0.35, 1.0):
        inside = past.after_s < within_s
        columns[f"sharpest_in_{within_s:g}_s"] = np.where(inside, sharper, np.float32(-9.0)).max(axis=1)
    ordered = np.sort(np.where(past.after_s < 6.0, sharper, np.float32(-9.0)), axis=1)
    for rank in (1, 2, 4, 6, 9):
        columns[f"sharpest_{rank}_in_6_s"] = ordered[:, -rank]
    return columns


def shape_of(shape: WaveArray) -> Columns:
    """Of (n, 2m) unit vectors, the analytic wave about the candidate: how long, how skew, how fast, how even."""
    m = shape.shape[1] // 2
    wave = shape[:, :m] + 1j * shape[:, m:]
    power = (wave.real**2 + wave.imag**2).astype(np.float32)
    total = np.maximum(power.sum(axis=1), np.float32(1e-9))
    place = np.linspace(-1.0, 1.0, m, dtype=np.float32)
    centre = (power * place).sum(axis=1) / total
    turns = wave[:, 1:] * np.conj(wave[:, :-1])
    half = m // 2
    middle = np.sqrt(np.maximum(power[:, half], np.float32(1e-9)))
    columns: Columns = {
        "shape_skew": centre,
        "shape_width": np.sqrt((power * (place - centre[:, None]) ** 2).sum(axis=1) / total),
        "turn_first_half": np.angle(turns[:, :half].sum(axis=1)).astype(np.float32),
        "turn_second_half": np.angle(turns[:, half:].sum(axis=1)).astype(np.float32),
        "turn_middle": np.angle(turns[:, half - 1 : half + 1].sum(axis=1)).astype(np.float32),
        "turn_steadiness": (np.abs(turns.sum(axis=1)) / np.maximum(np.abs(turns).sum(axis=1), 1e-9)).astype(np.float32),
        "phase": np.abs(np.angle(wave[:, half] ** 2)).astype(np.float32),
    }
    for k in (0, 2, half - 2, half + 2, m - 3, m - 1):
        columns[f"envelope_{k}_of_{m}"] = np.sqrt(power[:, k]) / middle
    return columns


def rows_of(columns: Columns) -> WaveArray:
    """(n, inputs) for the model."""
    return np.stack(list(columns.values()), axis=1).astype(np.float32, copy=False)
