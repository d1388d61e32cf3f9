"""Pulse rate from finger PPG against a chest belt, in windows of 30 s, and how many windows quality lets through; and
pulse rate variability of a minute against the belt's heart rate variability."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from ml.evaluate import recordings
from ml.evaluate.intervals import by_person
from ml.evaluate.recordings import PpgRecord
from ml.signals.beat_series import PPG, Beating, BeatSeries
from ml.signals.filters import FloatArray
from ml.signals.heart_rate import usual_interval_s
from ml.signals.live import PpgChannel
from ml.signals.variability import variability

WINDOW_S: Final = 30.0
HOP_S: Final = 5.0
MIN_MEAN_QUALITY: Final = 0.5
MIN_PULSES: Final = 10
CONVENTION: Final = (
    "windows of 30 s every 5 s; a window is accepted if its mean quality is at least 0.5; the pulse rate is 60 over "
    "the median of the means of adjacent intervals, the belt's 60 over its mean interval; belt and PPG begin together; "
    "variability: of one minute, every five seconds, where the wave's mean quality of the last half minute is 0.9 and "
    "nine of ten intervals are normal, by the same rules for both"
)
VARIABILITY_S: Final = 60.0
VARIABILITY_QUALITY: Final = 0.9


@dataclass(frozen=True)
class Window:
    """`pulse_per_min` not-a-number where too few pulses were found."""

    pulse_per_min: float
    belt_per_min: float
    accepted: bool

    @property
    def error(self) -> float:
        return abs(self.pulse_per_min - self.belt_per_min)


@dataclass(frozen=True)
class Variabilities:
    """Of one minute, milliseconds."""

    rmssd_ms: float
    sdnn_ms: float
    belt_rmssd_ms: float
    belt_sdnn_ms: float


def evaluate(data: Path) -> dict[str, Any]:
    """Mean absolute error of accepted windows and share accepted: all, by person with intervals, and each record's."""
    names, persons, windows, minutes = [], [], [], []
    for record in recordings.welltory(data):
        names.append(record.name)
        persons.append(record.person)
        windows.append(windows_of(record))
        minutes.append(list(variability_of(record)))
    return {
        "set": "Welltory PPG, red channel of a camera",
        "convention": CONVENTION,
        "gross": _figures([window for each in windows for window in each]),
        "confidence_95_by_person": {
            name: by_person(persons, windows, partial(_pooled_figure, name))
            for name in ("mean_absolute_error_per_min", "accepted_percent")
        },
        "variability": _variability_figures(minutes),
        "persons": len(set(persons)),
        "records": [
            {"record": name, "person": person, **_figures(each)}
            for name, person, each in zip(names, persons, windows, strict=True)
        ],
    }


def windows_of(record: PpgRecord) -> list[Window]:
    """The record through the live channel, second by second."""
    channel, second = PpgChannel(record.rate_hz), round(record.rate_hz)
    pulses: list[float] = []
    quality: list[float] = []
    for start in range(0, len(record.signal) - second + 1, second):
        update = channel.push(start / record.rate_hz, record.signal[start : start + second])
        pulses.extend(update.peaks_epoch_s)
        quality.append(update.quality)
    beats_s = np.cumsum(record.intervals_s)
    starts = np.arange(0.0, min(beats_s[-1], len(quality)) - WINDOW_S, HOP_S)
    return [_window(start, np.array(pulses), np.array(quality), beats_s) for start in starts]


def variability_of(record: PpgRecord) -> Iterator[Variabilities]:
    """The record through the live channel; every minute of which wave and belt both give a variability."""
    channel, second = PpgChannel(record.rate_hz), round(record.rate_hz)
    series: BeatSeries[int] = BeatSeries(record.rate_hz, PPG)
    beats_s = np.cumsum(record.intervals_s)
    for number, start in enumerate(range(0, len(record.signal) - second + 1, second)):
        samples = record.signal[start : start + second]
        update = channel.push(float(number), samples)
        series.push({0: Beating(float(number), samples, update.peaks_epoch_s, update.quality)})
        known_s = number + 1.0 - PPG.delay_s
        if number % round(HOP_S) or known_s < VARIABILITY_S:
            continue
        now = series.series([0])
        own = variability(np.where(now.time_s > -VARIABILITY_S, now.time_s, np.nan), VARIABILITY_S)
        belt = variability(beats_s[None, (beats_s > known_s - VARIABILITY_S) & (beats_s <= known_s)], VARIABILITY_S)
        row = [float(each[0]) for each in (own.rmssd_ms, own.sdnn_ms, belt.rmssd_ms, belt.sdnn_ms)]
        if now.quality[0] >= VARIABILITY_QUALITY and np.isfinite(row).all():
            yield Variabilities(*row)


def _variability_figures(records: list[list[Variabilities]]) -> dict[str, float]:
    pairs = [pair for record in records for pair in record]
    if not pairs:
        return {"minutes": 0.0}
    rmssd = np.array([pair.rmssd_ms - pair.belt_rmssd_ms for pair in pairs])
    sdnn = np.array([pair.sdnn_ms - pair.belt_sdnn_ms for pair in pairs])
    return {
        "minutes": float(len(pairs)),
        "persons": float(sum(bool(record) for record in records)),
        "rmssd_bias_ms": float(rmssd.mean()),
        "rmssd_mean_absolute_error_ms": float(np.abs(rmssd).mean()),
        "sdnn_bias_ms": float(sdnn.mean()),
        "sdnn_mean_absolute_error_ms": float(np.abs(sdnn).mean()),
    }


def _window(start_s: float, pulses_s: FloatArray, quality: FloatArray, beats_s: FloatArray) -> Window:
    inside = pulses_s[(pulses_s > start_s) & (pulses_s <= start_s + WINDOW_S)]
    beats = beats_s[(beats_s > start_s) & (beats_s <= start_s + WINDOW_S)]
    enough = len(inside) >= MIN_PULSES
    mean_quality = quality[int(start_s) : int(start_s + WINDOW_S)].mean()
    return Window(
        pulse_per_min=60.0 / usual_interval_s(np.diff(inside).tolist()) if enough else float("nan"),
        belt_per_min=60.0 / float(np.diff(beats).mean()),
        accepted=bool(enough and mean_quality >= MIN_MEAN_QUALITY),
    )


def _pooled_figure(name: str, records: list[list[Window]]) -> float:
    return _figures([window for record in records for window in record])[name]


def _figures(windows: list[Window]) -> dict[str, float]:
    accepted = [window.error for window in windows if window.accepted]
    every = [window.error for window in windows if not np.isnan(window.error)]
    return {
        "windows": len(windows),
        "accepted_percent": 100.0 * len(accepted) / len(windows) if windows else float("nan"),
        "mean_absolute_error_per_min": float(np.mean(accepted)) if accepted else float("nan"),
        "mean_absolute_error_of_all_per_min": float(np.mean(every)) if every else float("nan"),
    }
