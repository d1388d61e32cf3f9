"""Brain waves: the power of each band, second by second, without the blinks.

    brains = BrainWatch(rate_hz=256)
    brains.push({patient: (start_epoch_s, microvolts)})       # -> {patient: [Bands, ...]}

Powers are of the last four seconds under Hann's window, in the bands that everybody uses (delta 1 to 4, theta 4 to 8,
alpha 8 to 13, beta 13 to 30 Hz). A blink is a slow wave of many times the usual size (Picton et al. 2000,
Psychophysiology 37:127, put them at 100 uV and more; here it is relative, since amplifiers differ): a second with one
is left out, and with it the four that would see it. Alpha grows when the eyes are closed (Berger 1929), which is what
this is tested by; it is no measure of consciousness.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np

from ml.signals.filters import BoolArray, FloatArray
from ml.signals.lanes import Frame, LaneState, Second, Seconds, rolled

Key = TypeVar("Key", bound=Hashable)

BANDS_HZ: Final = {"delta": (1.0, 4.0), "theta": (4.0, 8.0), "alpha": (8.0, 13.0), "beta": (13.0, 30.0)}
WINDOW_S: Final = 4
BLINK: Final = 3.0  # swing of a second against the median of the last
REMEMBERED_S: Final = 30
LEAST_S: Final = 4


@dataclass(frozen=True)
class Bands:
    """Power of each band in the signal's unit squared, not-a-number in seconds of no use; `blink`: one is in them."""

    power: Mapping[str, float]
    blink: bool

    @property
    def alpha_share(self) -> float:
        """Of the power from 1 to 30 Hz."""
        return self.power["alpha"] / sum(self.power.values())


class BrainWatch(Generic[Key]):
    """80 to 4000 Hz (else ValueError), any unit."""

    def __init__(self, rate_hz: float) -> None:
        if not 80.0 <= rate_hz <= 4000.0:
            raise ValueError(f"EEG rate {rate_hz} Hz is outside 80 to 4000 Hz")
        self._seconds: Seconds[Key] = Seconds(rate_hz)
        length = WINDOW_S * self._seconds.length
        hz = np.fft.rfftfreq(length, 1.0 / rate_hz)
        self._inside = np.stack([(hz >= low) & (hz < high) for low, high in BANDS_HZ.values()], axis=1).astype(float)
        self._window = np.hanning(length)
        self._window /= np.sqrt((self._window**2).sum() * length / 2.0)
        self._state = LaneState(
            ring=np.zeros(length), swing=np.full(REMEMBERED_S, np.nan), bad=np.ones(WINDOW_S, dtype=np.bool_)
        )

    def forget(self, key: Key) -> None:
        self._seconds.forget(key)

    def push(self, frames: Mapping[Key, Frame]) -> dict[Key, list[Bands]]:
        """Every second that became whole. Raises ValueError for a frame of another shape."""
        anew, seconds = self._seconds.push(frames)
        self._state.fit(self._seconds.rows.capacity)
        self._state.reset(anew)
        found: dict[Key, list[Bands]] = {}
        for second in seconds:
            for key, bands in zip(second.keys, self._second(second), strict=True):
                found.setdefault(key, []).append(bands)
        return found

    def _second(self, second: Second[Key]) -> list[Bands]:
        wave = second.samples[:, 0]
        ring = rolled(self._state["ring"], second.rows, wave)
        blink = self._blink(second, wave)
        bad = rolled(self._state["bad"], second.rows, (blink | (second.missing > 0.1))[:, None])
        level = ring - ring.mean(axis=1, keepdims=True)
        power = (np.abs(np.fft.rfft(level * self._window, axis=1)) ** 2) @ self._inside
        power = np.where(bad.any(axis=1, keepdims=True), np.nan, power)
        return [
            Bands(dict(zip(BANDS_HZ, row, strict=True)), one)
            for row, one in zip(power.tolist(), blink.tolist(), strict=True)
        ]

    def _blink(self, second: Second[Key], wave: FloatArray) -> BoolArray:
        """By the swing of the slow part of the second: tenths of it, averaged."""
        size = wave.shape[1] // 10
        slow = wave[:, : 10 * size].reshape(len(wave), 10, size).mean(axis=2)
        swing = slow.max(axis=1) - slow.min(axis=1)
        past = rolled(self._state["swing"], second.rows, swing[:, None])
        known = np.isfinite(past).sum(axis=1)
        ordered = np.sort(past, axis=1)
        usual = ordered[np.arange(len(past)), (known - 1) // 2]
        return np.asarray((known >= LEAST_S) & (swing > BLINK * usual))
