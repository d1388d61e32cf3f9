"""Beat-by-beat comparison as ANSI/AAMI EC57 lays down: window, one to one, ventricular flutter left out."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

WINDOW_MS: Final = 150.0
CONVENTION: Final = (
    "ANSI/AAMI EC57: a detection within 150 ms of an annotated beat finds it, one to one, nearest pairs first; "
    "whole record from its first second, no learning period; ventricular flutter left out"
)

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Counts:
    """Of one record. `errors_ms`: detection minus annotation of each beat found."""

    found: int
    missed: int
    false: int
    errors_ms: npt.NDArray[np.float64]

    @property
    def bias_ms(self) -> float:
        return float(np.median(self.errors_ms)) if len(self.errors_ms) else float("nan")

    @property
    def jitter_ms(self) -> float:
        """Root mean square about the bias."""
        return float(np.sqrt(np.mean((self.errors_ms - self.bias_ms) ** 2))) if len(self.errors_ms) else float("nan")


def match(annotated: IntArray, detected: IntArray, window: float) -> IntArray:
    """Pairs (k, 2) of positions in two ascending arrays no further apart than `window`, one to one, nearest first."""
    first = np.searchsorted(detected, annotated - window, side="left")
    last = np.searchsorted(detected, annotated + window, side="right")
    near = [
        (abs(int(detected[j]) - int(annotated[i])), i, j)
        for i in range(len(annotated))
        for j in range(first[i], last[i])
    ]
    taken_i: set[int] = set()
    taken_j: set[int] = set()
    pairs = []
    for _, i, j in sorted(near):
        if i not in taken_i and j not in taken_j:
            taken_i.add(i)
            taken_j.add(j)
            pairs.append((i, j))
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def compare(
    annotated: IntArray,
    detected: IntArray,
    rate_hz: float,
    flutter: list[tuple[int, int]] | None = None,
    window_ms: float = WINDOW_MS,
) -> Counts:
    """Both ascending sample indices; `flutter`: (first, last) samples of stretches that are not counted."""
    window = window_ms * rate_hz / 1000.0
    pairs = match(annotated, detected, window)
    counted = _outside(annotated, flutter or [], window)
    counted_detected = _outside(detected, flutter or [], window)
    hit = np.zeros(len(annotated), dtype=np.bool_)
    used = np.zeros(len(detected), dtype=np.bool_)
    hit[pairs[:, 0]], used[pairs[:, 1]] = True, True
    errors = (detected[pairs[:, 1]] - annotated[pairs[:, 0]])[counted[pairs[:, 0]]] * 1000.0 / rate_hz
    return Counts(
        found=int((hit & counted).sum()),
        missed=int((~hit & counted).sum()),
        false=int((~used & counted_detected).sum()),
        errors_ms=np.asarray(errors, dtype=np.float64),
    )


def _outside(samples: IntArray, stretches: list[tuple[int, int]], window: float) -> npt.NDArray[np.bool_]:
    outside = np.ones(len(samples), dtype=np.bool_)
    for first, last in stretches:
        outside &= (samples < first - window) | (samples > last + window)
    return outside


def rates(found: int, missed: int, false: int) -> dict[str, float]:
    """Sensitivity, positive predictive value and F1 in percent; not-a-number where nothing can be said."""

    def percent(part: int, whole: int) -> float:
        return 100.0 * part / whole if whole else float("nan")

    return {
        "sensitivity": percent(found, found + missed),
        "ppv": percent(found, found + false),
        "f1": percent(2 * found, 2 * found + missed + false),
    }
