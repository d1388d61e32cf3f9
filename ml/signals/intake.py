"""Makes any frame digestible: not-a-number is held and remembered, values go to the sample grid.

Every streaming front end begins here. A sample that is missing or not finite takes the last good value of its lane, so
that the filters see no step, and is remembered as bad, so that nothing is detected from it.
"""

import numpy as np

from ml.signals.filters import BoolArray, FloatArray, Grid, IntArray


class Intake:
    """State per lane: the anchor (first good sample, subtracted), the last good sample, which recent samples were bad.

    `memory` is how many past samples' badness is kept, in samples of the input rate.
    """

    def __init__(self, grid: Grid, lanes: int, memory: int) -> None:
        self._grid = grid
        self._memory = memory
        self._anchor: FloatArray = np.full(lanes, np.nan)
        self._held: FloatArray = np.zeros(lanes)
        self._bad: BoolArray = np.zeros((lanes, memory), dtype=np.bool_)
        self._any_bad: BoolArray = np.zeros(lanes, dtype=np.bool_)

    def reset(self, rows: IntArray) -> None:
        self._anchor[rows] = np.nan
        self._held[rows] = 0.0
        self._bad[rows] = False
        self._any_bad[rows] = False

    def push(self, rows: IntArray, samples: FloatArray) -> tuple[FloatArray, BoolArray | None]:
        """Grid steps relative to the anchor, and the badness of [memory | samples], or None where all of it is good."""
        if not self._any_bad[rows].any():
            with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs, or absurdly large values
                steps = self._grid.nearest(samples - self._anchor[rows, None])
            if self._grid.holds(steps):
                self._held[rows] = steps[:, -1]
                return steps, None
        return self._push_with_faults(rows, samples)

    def _push_with_faults(self, rows: IntArray, samples: FloatArray) -> tuple[FloatArray, BoolArray | None]:
        bad = ~np.isfinite(samples)
        first_good = np.argmin(bad, axis=1)
        first = samples[np.arange(len(rows)), first_good]
        anchor = self._anchor[rows]
        anchor = np.where(np.isnan(anchor) & np.isfinite(first), first, anchor)
        self._anchor[rows] = anchor
        steps = self._grid.round(np.where(bad, 0.0, samples) - np.where(np.isnan(anchor), 0.0, anchor)[:, None])
        source = np.where(bad, -1, np.arange(samples.shape[1]))
        np.maximum.accumulate(source, axis=1, out=source)
        held = np.take_along_axis(steps, np.maximum(source, 0), axis=1)
        steps = np.where(source < 0, self._held[rows, None], held)
        self._held[rows] = steps[:, -1]
        history = np.concatenate((self._bad[rows], bad), axis=1)
        self._bad[rows] = history[:, history.shape[1] - self._memory :]
        self._any_bad[rows] = self._bad[rows].any(axis=1)
        return steps, history if history.any() else None
