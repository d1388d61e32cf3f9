"""How much of the light pulses: perfusion index, and the ratio of ratios of two colours, second by second.

    light = PulseLight(rate_hz=100, channels=2)            # red, infrared
    for found in light.push({patient: (start_epoch_s, samples)}).values(): ...

The perfusion index is the pulse's swing in percent of the steady light (Lima and Bakker 2005, Intensive Care Med
31:1316); here the median of the swings within two seconds, over the last eight. The ratio of ratios is
(AC red / DC red) / (AC infrared / DC infrared) (Webster 1997). Here it is the slope of the orthogonal regression of one
colour's pulse on the other's, each as a share of its steady light, in the band of the pulse, instead of from peaks and
troughs: every sample counts, equal noise in both does not bias it, and the correlation tells how far the two pulse
together. Seconds that swing many times as much as the others, or in which the colours do not go together, are motion:
they are left out, and with too few left there is no ratio.

Motion shakes both colours alike and draws the ratio towards 1, that is to 85 %: whoever publishes a saturation has to
ask the quality of the pulse wave too (`oximetry`).
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
from scipy.signal import butter, sosfilt

from ml.signals.filters import BoolArray, FloatArray
from ml.signals.lanes import Frame, LaneState, Second, Seconds, rolled

Key = TypeVar("Key", bound=Hashable)

LOWEST_HZ, HIGHEST_HZ = 0.5, 5.0  # 30 /min, and the third harmonic of 100
WINDOW_S: Final = 8
SETTLING_S: Final = 3  # of the filter, from a lane's first sample
NEEDED_S: Final = 6  # seconds of the window that must be of use
TOGETHER: Final = 0.8  # least correlation of the two colours in a second
MOTION_FACTOR: Final = 3.0  # energy of a second against the window's median
STEADY_LIGHT: Final = 2.0  # least steady light, in swings: less is no light but a wave without its constant part


@dataclass(frozen=True)
class Light:
    """What a second brought, not-a-number where nothing can be said. `perfusion_percent` is of the last channel.

    `together`: correlation of the two colours over the seconds of use; `scatter`: the mean deviation of their single
    ratios from the whole, as a share of it; `used`: how many of the window's they were.
    """

    end_epoch_s: float
    perfusion_percent: float
    ratio: float = float("nan")
    together: float = float("nan")
    scatter: float = float("nan")
    used: int = 0


class PulseLight(Generic[Key]):
    """`channels` 1 (perfusion only) or 2 (red, infrared), 25 to 1000 Hz (else ValueError), counts of light."""

    def __init__(self, rate_hz: float, channels: int = 2) -> None:
        if not 25.0 <= rate_hz <= 1000.0:
            raise ValueError(f"PPG rate {rate_hz} Hz is outside 25 to 1000 Hz")
        self._seconds: Seconds[Key] = Seconds(rate_hz, channels)
        self._band = butter(2, (LOWEST_HZ, HIGHEST_HZ), btype="bandpass", fs=rate_hz, output="sos")
        nothing = np.full((WINDOW_S, channels), np.nan)
        self._state = LaneState(
            filter=np.zeros((len(self._band), channels, 2)),
            anchor=np.zeros(channels),
            steady=nothing,
            energy=nothing,
            product=np.full(WINDOW_S, np.nan),
            swing=np.full(WINDOW_S, np.nan),
            edge=np.full((1, 2), np.nan),  # highest and lowest of the second before
        )

    def forget(self, key: Key) -> None:
        self._seconds.forget(key)

    def push(self, frames: Mapping[Key, Frame]) -> dict[Key, Light]:
        """The last whole second of each lane that got one. Raises ValueError for a frame of another shape."""
        anew, seconds = self._seconds.push(frames)
        self._state.fit(self._seconds.rows.capacity)
        self._state.reset(anew)
        return {key: light for second in seconds for key, light in zip(second.keys, self._second(second), strict=True)}

    def _second(self, second: Second[Key]) -> list[Light]:
        waves = self._filtered(second)
        steady = rolled(self._state["steady"], second.rows, second.samples.mean(axis=2)[:, None])
        energy = rolled(self._state["energy"], second.rows, (waves**2).mean(axis=2)[:, None])
        product = rolled(self._state["product"], second.rows, (waves[:, 0] * waves[:, -1]).mean(axis=1)[:, None])
        swing = rolled(self._state["swing"], second.rows, self._swing(second, waves[:, -1])[:, None])
        settled = np.arange(WINDOW_S) + second.number[:, None] - WINDOW_S + 1 >= SETTLING_S
        still = settled & _still(energy)
        perfusion = _perfusion_percent(np.where(still, swing, np.nan), steady[:, :, -1])
        columns = [second.end_epoch_s, perfusion]
        if self._seconds.channels == 2:
            columns += _ratio(steady, energy, product, still)
        return [Light(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]

    def _filtered(self, second: Second[Key]) -> FloatArray:
        """The band of the pulse, (k, channels, n). A lane begins at its first sample, so that there is no step."""
        first = second.number == 0
        self._state["anchor"][second.rows[first]] = second.samples[first, :, 0]
        samples = second.samples - self._state["anchor"][second.rows][:, :, None]
        before = np.moveaxis(self._state["filter"][second.rows], 1, 0)
        waves, after = sosfilt(self._band, samples, axis=2, zi=before)
        self._state["filter"][second.rows] = np.moveaxis(after, 0, 1)
        return np.asarray(waves, dtype=np.float64)

    def _swing(self, second: Second[Key], wave: FloatArray) -> FloatArray:
        """Highest less lowest of this second and the one before: at 30 /min it holds a whole pulse."""
        now = np.stack((wave.max(axis=1), wave.min(axis=1)), axis=1)
        before = self._state["edge"][second.rows, 0]
        self._state["edge"][second.rows, 0] = now
        return np.asarray(np.maximum(now[:, 0], before[:, 0]) - np.minimum(now[:, 1], before[:, 1]))


def _still(energy: FloatArray) -> BoolArray:
    """Seconds (k, w) in which no channel swings many times as much as usual."""
    usual = np.nan_to_num(np.median(np.nan_to_num(energy, nan=np.inf), axis=1, keepdims=True), posinf=np.inf)
    return np.asarray((energy <= MOTION_FACTOR * usual).all(axis=2) & np.isfinite(energy).all(axis=2))


def _perfusion_percent(swing: FloatArray, steady: FloatArray) -> FloatArray:
    """From swings (k, w), not-a-number in seconds of no use, and the steady light (k, w)."""
    known = np.isfinite(swing)
    share = np.where(known, swing / np.where(known & (steady > 0), steady, np.nan), np.nan)
    enough = (known.sum(axis=1) >= NEEDED_S) & ~(known & (steady <= STEADY_LIGHT * swing)).any(axis=1)
    middle = np.full(len(swing), np.nan)
    if enough.any():
        middle[enough] = np.nanmedian(share[enough], axis=1)
    return 100.0 * middle


def _ratio(
    steady: FloatArray, energy: FloatArray, product: FloatArray, still: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Ratio of ratios, correlation, scatter and number of seconds used, each (k,)."""
    red, infrared = energy[:, :, 0], energy[:, :, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        of_use = still & (product > TOGETHER * np.sqrt(red * infrared)) & (steady > 0).all(axis=2)
        shares = (red / steady[:, :, 0] ** 2, infrared / steady[:, :, -1] ** 2, product / steady.prod(axis=2))
        single = _slope(*shares)
        red, infrared, product = (np.where(of_use, share, 0.0).sum(axis=1) for share in shares)
        together = product / np.sqrt(red * infrared)
        ratio, used = _slope(red, infrared, product), of_use.sum(axis=1)
        scatter = np.where(of_use, np.abs(single / ratio[:, None] - 1.0), 0.0).sum(axis=1) / used
    enough = used >= NEEDED_S
    ratio, together, scatter = (np.where(enough, each, np.nan) for each in (ratio, together, scatter))
    return ratio, together, scatter, used


def _slope(red: FloatArray, infrared: FloatArray, product: FloatArray) -> FloatArray:
    """Of the orthogonal regression of red on infrared, from their mean squares and the mean of their product."""
    return np.asarray(np.tan(0.5 * np.arctan2(2.0 * product, infrared - red)))
