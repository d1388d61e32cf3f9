"""Atrial fibrillation: how likely it is in each window of sixty beats, and how much of the time it lasts.

    atrial_fibrillation(r_peaks, rate_hz)               # from the intervals alone
    atrial_fibrillation(r_peaks, rate_hz, signal_mv)    # and from what stands before each QRS

One model serves both: it was fitted on every window with its waves and without. Its card says what it reaches on
persons it never saw: `ml/artifacts/atrial_fibrillation.json`, and `python -m ml.evaluate rhythm`.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from ml import artifacts
from ml.signals.beat_neighbours import LONGEST_RR_S, SHORTEST_RR_S
from ml.signals.beat_waves import LENGTH, BeatPainter, Floats
from ml.signals.filters import BoolArray, FloatArray, IntArray
from ml.signals.leads import leads_of
from ml.signals.rhythm_features import interval_features, wave_features

WINDOW_BEATS: Final = 60
MODEL: Final = "atrial_fibrillation"
LIKELY: Final = 0.5  # from here on a window counts as fibrillation
INTERVAL_NAMES: Final = tuple(interval_features(np.full((1, WINDOW_BEATS - 1), np.nan)))
WAVE_NAMES: Final = tuple(
    wave_features(np.zeros((1, WINDOW_BEATS, LENGTH), np.float32), np.zeros((1, WINDOW_BEATS), np.bool_))
)
NAMES: Final = INTERVAL_NAMES + WAVE_NAMES


def atrial_fibrillation(r_peaks: npt.ArrayLike, rate_hz: float, signal_mv: npt.ArrayLike | None = None) -> FloatArray:
    """Probability of atrial fibrillation in each window of sixty successive beats (windows,), 0 to 1.

    `r_peaks` (k,) ascending samples; beats left over after the last whole window belong to none, but fewer than sixty
    are one window. `signal_mv` (n,) or (n, leads) mV, the leads' probabilities are averaged.
    """
    peaks = np.asarray(r_peaks, dtype=np.int64)
    if signal_mv is None:
        return probabilities(rows(peaks, rate_hz))
    return np.asarray(np.mean([probabilities(rows(peaks, rate_hz, lead)) for lead in leads_of(signal_mv)], axis=0))


def probabilities(windows: Floats) -> FloatArray:
    """Of rows as `rows` makes them."""
    return artifacts.load(MODEL).probabilities(windows)[:, 1].astype(np.float64)


def burden(windows: npt.ArrayLike) -> float:
    """Share of windows that are likely fibrillation; not-a-number of none."""
    known = np.asarray(windows, dtype=np.float64)
    return float(np.mean(known >= LIKELY)) if len(known) else float("nan")


def rows(
    r_peaks: IntArray, rate_hz: float, lead_mv: FloatArray | None = None, starts: IntArray | None = None
) -> Floats:
    """(windows, len(NAMES)) features of the windows that begin at beats `starts`, the usual ones if None."""
    starts = _starts(len(r_peaks)) if starts is None else starts
    number = starts[:, None] + np.arange(WINDOW_BEATS)
    present = number < len(r_peaks)
    if not len(r_peaks):
        return np.full((len(starts), len(NAMES)), np.nan, dtype=np.float32)
    beat = np.minimum(number, len(r_peaks) - 1)
    positions, wave = r_peaks.astype(np.float64), None
    if lead_mv is not None:
        positions, every = _painted(r_peaks, rate_hz, lead_mv)
        wave = every[beat]
    return window_rows(positions[beat] / rate_hz, present, wave)


def window_rows(seconds: FloatArray, present: BoolArray, wave: Floats | None = None) -> Floats:
    """Features of windows: times of beats (k, WINDOW_BEATS) and their waves (k, WINDOW_BEATS, LENGTH)."""
    between = np.clip(np.diff(seconds, axis=1), SHORTEST_RR_S, LONGEST_RR_S)
    named = interval_features(np.where(present[:, 1:] & present[:, :-1], between, np.nan))
    if wave is not None:
        named |= wave_features(wave, present)
    missing = np.full(len(seconds), np.nan)
    columns = np.column_stack([named.get(name, missing) for name in NAMES])
    return np.where(np.isfinite(columns), columns, np.nan).astype(np.float32)


def _starts(count: int) -> IntArray:
    return np.arange(max(1, count // WINDOW_BEATS), dtype=np.int64) * WINDOW_BEATS


def _painted(r_peaks: IntArray, rate_hz: float, lead_mv: FloatArray) -> tuple[FloatArray, Floats]:
    painter = BeatPainter(rate_hz)
    at = r_peaks[:, None] + np.arange(painter.first, painter.last + 1)
    inside = (at >= 0) & (at < len(lead_mv))
    stretches = np.where(inside, lead_mv[np.clip(at, 0, len(lead_mv) - 1)], np.nan)
    waves = painter.paint(stretches, r_peaks)
    return waves.position, waves.wave
