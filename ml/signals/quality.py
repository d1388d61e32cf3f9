"""How far a second of signal can be trusted, 0 to 1: the least of several components, each of which can spoil it alone.

After the signal quality indices of Li, Mark and Clifford (2008, Physiol Meas 29:15) and Behar et al. (2013, IEEE Trans
Biomed Eng 60:1660), with these deviations: instead of spectra, cheap running measures in proportion to this person's
own beat (so that they hold for any gain); instead of agreement of two detectors, the likeness of each beat to those
before it (for PPG as in Orphanidou et al. 2015, IEEE J Biomed Health Inform 19:832). Ramps set on recordings: MIT-BIH
clean and with the stress test's electrode and muscle noise, CinC 2017's noisy class against the others, Welltory's PPG.

A straight line is no signal; a quiet baseline without beats is a good signal of something bad, and stays good here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.signals import ppg
from ml.signals.beat_stream import Levels
from ml.signals.candidates import LANES_AT_ONCE
from ml.signals.filters import BoolArray, FloatArray, Real, WaveArray, column_sums

FLAT_BLOCKS: Final = 4


@dataclass(frozen=True)
class Ramp:
    """1 at `good` and beyond, 0 at `bad` and beyond, straight between."""

    good: float
    bad: float

    def __call__(self, value: FloatArray) -> FloatArray:
        return np.clip((self.bad - value) / (self.bad - self.good), 0.0, 1.0)


MISSING: Final = Ramp(good=0.02, bad=0.5)  # share of samples that are not there
FLAT: Final = Ramp(good=0.5, bad=1.0)  # share of quarter seconds in which nothing moves
CLIPPED: Final = Ramp(good=0.1, bad=0.3)  # share of samples that sit exactly at the second's extreme
ECG_BACKGROUND: Final = Ramp(good=0.15, bad=0.33)  # in-band activity between the beats, of the beat's height, ...
ECG_BACKGROUND_PER_FAST_BEAT: Final = 0.045  # ... to which each beat a second beyond 72 /min itself adds this
ECG_OUT_OF_BAND: Final = Ramp(good=0.1, bad=0.5)  # activity about 50 Hz, of the beat's height
ECG_UNLIKENESS: Final = Ramp(good=0.12, bad=0.4)  # 1 - mean resemblance of a beat to recent ones
ECG_DOUBT: Final = Ramp(good=0.06, bad=0.45)  # of the judge of R peaks, for each beat
ECG_STILL_MV: Final = 0.006  # amplifier noise alone moves more than this
ECG_OUT_OF_BAND_LAG_S: Final = 0.01  # most sensitive at 50 Hz
PPG_OUT_OF_BAND: Final = Ramp(good=0.25, bad=0.6)  # activity about 8 Hz, of the pulse's slope
PPG_MOTION: Final = Ramp(good=4.5, bad=9.0)  # swing within the second, of the pulse's slope
PPG_UNLIKENESS: Final = Ramp(good=0.06, bad=0.25)
PPG_IRREGULARITY: Final = Ramp(good=0.12, bad=0.3)  # atrial fibrillation is at about 0.2
PPG_STILL: Final = 1e-5  # of the light level
PPG_OUT_OF_BAND_LAG_S: Final = 0.06


@dataclass(frozen=True)
class Quality:
    """Components of (rows,), 0 to 1. `total` is their minimum; `contact` alone tells a loose sensor from noise."""

    contact: FloatArray
    noise: FloatArray
    beats: FloatArray

    @property
    def total(self) -> FloatArray:
        return np.minimum(np.minimum(self.contact, self.noise), self.beats)


def contact(samples: npt.NDArray[Real], still: FloatArray) -> FloatArray:
    """Missing, flat and clipped samples of (n, rows), n about a second. What moves less than `still` is flat."""
    n, rows = samples.shape
    bad = ~np.isfinite(samples.sum(axis=0))
    missing = np.zeros(rows)
    if bad.any():
        samples, missing = _without_missing(samples, bad)
    block = max(1, n // FLAT_BLOCKS)
    parts = samples[: block * (n // block)].reshape(-1, block, rows)
    highest, lowest = parts.max(axis=1), parts.min(axis=1)
    flat = ((highest - lowest) < still).mean(axis=0)
    at_extreme = np.maximum(_how_many(samples == highest.max(axis=0)), _how_many(samples == lowest.min(axis=0)))
    moving_clipped = np.where(flat < 1.0, at_extreme / n, 0.0)
    return np.minimum(np.minimum(MISSING(missing), FLAT(flat)), CLIPPED(moving_clipped))


def _how_many(true: BoolArray) -> npt.NDArray[np.uint16]:
    """Of each column."""
    return np.asarray(np.add.reduce(true.view(np.uint8), axis=0, dtype=np.uint16))


def _without_missing(samples: npt.NDArray[Real], bad: BoolArray) -> tuple[npt.NDArray[Real], FloatArray]:
    """Samples with the missing ones replaced by their column's middle, and the share that was missing."""
    absent = ~np.isfinite(samples)
    share = absent.mean(axis=0)
    filled = samples.copy()
    for column in np.flatnonzero(bad):
        present = samples[~absent[:, column], column]
        filled[absent[:, column], column] = np.median(present) if len(present) else 0.0
    return filled, np.asarray(share, dtype=np.float64)


def out_of_band(samples: npt.NDArray[Real], lag: int) -> FloatArray:
    """Mean size of the second difference over `lag` samples, in the samples' unit; (n, rows) -> (rows,).

    It passes the frequency of period 2 * lag whole, and takes a third of that down to a quarter.
    """
    n, rows = samples.shape
    if n <= 2 * lag:
        return np.zeros(rows)
    bent = samples[: -2 * lag] + samples[2 * lag :]
    bent *= 0.5
    bent -= samples[lag:-lag]
    np.abs(bent, out=bent)
    return np.asarray(np.nan_to_num(column_sums(bent) / (2.0 * len(bent)), nan=0.0), dtype=np.float64)


def _few_at_once(measure: Callable[[WaveArray], FloatArray], samples: FloatArray) -> FloatArray:
    """(measures, rows) that `measure` finds in (rows, n) samples, which it is given as (n, rows): along the rows numpy
    works at once, and a portion of them stays in the processor's cache. Singly precise: a lead whose electrodes differ
    by half a volt is known to 0.03 uV then."""
    cuts = range(0, max(1, len(samples)), LANES_AT_ONCE)
    with np.errstate(over="ignore"):
        parts = [np.ascontiguousarray(samples[cut : cut + LANES_AT_ONCE].astype(np.float32).T) for cut in cuts]
    return np.concatenate([measure(part) for part in parts], axis=1)


def ecg_quality(samples_mv: FloatArray, rate_hz: float, levels: Levels) -> Quality:
    """Quality of the last second of ECG, (rows, about rate_hz) millivolts, of leads whose beats have these `levels`.

    Before a beat was ever seen, noise is judged against the smallest beat that could be detected well, 0.1 mV.
    """
    height_mv = np.where(levels.signal > 0, levels.signal, 0.1)
    lag = max(1, round(ECG_OUT_OF_BAND_LAG_S * rate_hz))
    touching, fast = _few_at_once(
        lambda part: np.stack((contact(part, np.full(part.shape[1], ECG_STILL_MV)), out_of_band(part, lag))), samples_mv
    )
    hum = fast / height_mv
    own = ECG_BACKGROUND_PER_FAST_BEAT * np.maximum(0.0, 1.0 / levels.usual_s - 1.2)
    noise = np.minimum(ECG_BACKGROUND(levels.background - own), ECG_OUT_OF_BAND(hum))
    beats = np.where(np.isnan(levels.likeness), 1.0, ECG_UNLIKENESS(1.0 - levels.likeness))
    beats = np.minimum(beats, ECG_DOUBT(levels.doubt))
    return Quality(touching, noise, beats)


def ppg_quality(samples: FloatArray, rate_hz: float, levels: Levels) -> Quality:
    """Quality of the last second of PPG, (rows, about rate_hz) in any unit, whose pulses have these `levels`.

    Slow waves are hard to tell from wandering by shape alone: here irregular intervals count against the signal too,
    and before five pulses the beats are worth half.
    """
    still = PPG_STILL * np.abs(np.nan_to_num(samples.mean(axis=1), nan=0.0))
    seen = levels.signal > 0
    height = np.where(seen, levels.signal, 1.0) / _slope_gain(1.0 / levels.usual_s)
    lag = max(1, round(PPG_OUT_OF_BAND_LAG_S * rate_hz))
    upright = np.ascontiguousarray(samples.T)
    shake = out_of_band(upright, lag) / height
    swing = np.nan_to_num(samples.max(axis=1) - samples.min(axis=1), nan=0.0) / height
    noise = np.where(seen, np.minimum(PPG_OUT_OF_BAND(shake), PPG_MOTION(swing)), 1.0)
    known = ~np.isnan(levels.likeness) & ~np.isnan(levels.irregularity)
    beats = np.minimum(PPG_UNLIKENESS(1.0 - levels.likeness), PPG_IRREGULARITY(levels.irregularity))
    return Quality(contact(upright, still), noise, np.where(known, beats, 0.5))


def _slope_gain(pulse_hz: FloatArray) -> FloatArray:
    """How much of a fast pulse the slope wavelet passes (see `ppg`)."""
    beyond = np.maximum(0.0, pulse_hz - ppg.CENTRE_HZ) / ppg.BANDWIDTH_HZ
    return np.maximum(0.1, np.exp(-0.5 * beyond**2))
