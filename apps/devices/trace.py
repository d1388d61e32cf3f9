"""A wave as the points of an SVG line, whole on a fixed canvas."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, MARGIN = 720, 120, 6
# As many columns as points can be told apart; a column keeps its lowest and highest sample, so that no peak is lost.
COLUMNS = 720


@dataclass(frozen=True, slots=True)
class Trace:
    """`points` for <polyline> on a canvas of WIDTH x HEIGHT, `ticks` the x of each whole second, `low` and `high` what
    the lowest and highest point stand for, in the wave's unit."""

    points: str
    ticks: list[float]
    low: float
    high: float
    duration_s: float


def trace(samples: NDArray[np.float64], rate_hz: float) -> Trace:
    """`samples`: shape (n,), n >= 1."""
    low, high = float(samples.min()), float(samples.max())
    duration_s = len(samples) / rate_hz
    x = np.arange(len(samples)) / rate_hz / duration_s * WIDTH
    span = high - low
    share = (samples - low) / span if span else np.full(len(samples), 0.5)
    y = HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)
    kept = _extremes(samples) if len(samples) > 2 * COLUMNS else np.arange(len(samples))
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in zip(x[kept], y[kept], strict=True))
    ticks = [round(second / duration_s * WIDTH, 1) for second in range(1, int(duration_s) + 1) if second < duration_s]
    return Trace(points, ticks, low, high, duration_s)


def _extremes(samples: NDArray[np.float64]) -> NDArray[np.intp]:
    """The places of the lowest and highest sample of each column, in order of time."""
    kept: list[int] = []
    for column in np.array_split(np.arange(len(samples)), COLUMNS):
        part = samples[column]
        kept += sorted({int(column[part.argmin()]), int(column[part.argmax()])})
    return np.array(kept, dtype=np.intp)
