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

from ml.signals import ppg
from ml.signals.beat_stream import Levels
from ml.signals.candidates import LANES_AT_ONCE
from ml.signals.filters import BoolArray, FloatArray, IntArray

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


def contact(samples: FloatArray, still: FloatArray) -> FloatArray:
    """Missing, flat and clipped samples of (rows, n), n about a second. What moves less than `still` is flat."""
    bad = ~np.isfinite(samples.sum(axis=1))
    missing = np.zeros(len(samples))
    if bad.any():
        samples, missing = _without_missing(samples, bad)
    block = max(1, samples.shape[1] // FLAT_BLOCKS)
    parts = samples[:, : block * (samples.shape[1] // block)].reshape(len(samples), -1, block)
    highest, lowest = parts.max(axis=2), parts.min(axis=2)
    flat = ((highest - lowest) < still[:, None]).mean(axis=1)
    top, bottom = highest.max(axis=1), lowest.min(axis=1)
    at_extreme = np.maximum(_how_many(samples == top[:, None]), _how_many(samples == bottom[:, None]))
    moving_clipped = np.where(flat < 1.0, at_extreme / samples.shape[1], 0.0)
    return np.minimum(np.minimum(MISSING(missing), FLAT(flat)), CLIPPED(moving_clipped))


def _how_many(true: BoolArray) -> IntArray:
    """Of each row; quick where there are few."""
    return np.bincount(np.flatnonzero(true) // true.shape[1], minlength=len(true))


def _without_missing(samples: FloatArray, bad: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Samples with the missing ones replaced by their row's middle, and the share that was missing."""
    absent = ~np.isfinite(samples)
    share = absent.mean(axis=1)
    filled = samples.copy()
    for row in np.flatnonzero(bad):
        present = samples[row][~absent[row]]
        filled[row][absent[row]] = np.median(present) if len(present) else 0.0
    return filled, np.asarray(share, dtype=np.float64)


def out_of_band(samples: FloatArray, lag: int) -> FloatArray:
    """Mean size of the second difference over `lag` samples, in the samples' unit; (rows, n) -> (rows,).

    It passes the frequency of period 2 * lag whole, and takes a third of that down to a quarter.
    """
    if samples.shape[1] <= 2 * lag:
        return np.zeros(len(samples))
    bent = samples[:, : -2 * lag] + samples[:, 2 * lag :]
    bent *= 0.5
    bent -= samples[:, lag:-lag]
    np.abs(bent, out=bent)
    return np.asarray(np.nan_to_num(bent.mean(axis=1) / 2.0, nan=0.0), dtype=np.float64)


def _few_at_once(measure: Callable[[FloatArray], FloatArray], samples: FloatArray) -> FloatArray:
    """`measure` of (rows, n) samples, (rows, ...), in portions that stay in the processor's cache."""
    cuts = range(0, max(1, len(samples)), LANES_AT_ONCE)
    return np.concatenate([measure(samples[cut : cut + LANES_AT_ONCE]) for cut in cuts])


def ecg_quality(samples_mv: FloatArray, rate_hz: float, levels: Levels) -> Quality:
    """Quality of the last second of ECG, (rows, about rate_hz) millivolts, of leads whose beats have these `levels`.

    Before a beat was ever seen, noise is judged against the smallest beat that could be detected well, 0.1 mV.
    """
    height_mv = np.where(levels.signal > 0, levels.signal, 0.1)
    lag = max(1, round(ECG_OUT_OF_BAND_LAG_S * rate_hz))
    touching, fast = _few_at_once(
        lambda part: np.stack((contact(part, np.full(len(part), ECG_STILL_MV)), out_of_band(part, lag)), axis=1),
        samples_mv,
    ).T
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
    shake = out_of_band(samples, max(1, round(PPG_OUT_OF_BAND_LAG_S * rate_hz))) / height
    swing = np.nan_to_num(samples.max(axis=1) - samples.min(axis=1), nan=0.0) / height
    noise = np.where(seen, np.minimum(PPG_OUT_OF_BAND(shake), PPG_MOTION(swing)), 1.0)
    known = ~np.isnan(levels.likeness) & ~np.isnan(levels.irregularity)
    beats = np.minimum(PPG_UNLIKENESS(1.0 - levels.likeness), PPG_IRREGULARITY(levels.irregularity))
    return Quality(contact(samples, still), noise, np.where(known, beats, 0.5))


def _slope_gain(pulse_hz: FloatArray) -> FloatArray:
    """How much of a fast pulse the slope wavelet passes (see `ppg`)."""
    beyond = np.maximum(0.0, pulse_hz - ppg.CENTRE_HZ) / ppg.BANDWIDTH_HZ
    return np.maximum(0.1, np.exp(-0.5 * beyond**2))
