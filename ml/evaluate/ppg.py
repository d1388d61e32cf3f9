"""Pulse rate from finger PPG against a chest belt, in windows of 30 s, and how many windows quality lets through."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from ml.evaluate import recordings
from ml.evaluate.intervals import by_person
from ml.evaluate.recordings import PpgRecord
from ml.signals.filters import FloatArray
from ml.signals.heart_rate import usual_interval_s
from ml.signals.live import PpgChannel

WINDOW_S: Final = 30.0
HOP_S: Final = 5.0
MIN_MEAN_QUALITY: Final = 0.5
MIN_PULSES: Final = 10
CONVENTION: Final = (
    "windows of 30 s every 5 s; a window is accepted if its mean quality is at least 0.5; the pulse rate is 60 over "
    "the median of the means of adjacent intervals, the belt's 60 over its mean interval; belt and PPG begin together"
)


@dataclass(frozen=True)
class Window:
    """`pulse_per_min` not-a-number where too few pulses were found."""

    pulse_per_min: float
    belt_per_min: float
    accepted: bool

    @property
    def error(self) -> float:
        return abs(self.pulse_per_min - self.belt_per_min)


def evaluate(data: Path) -> dict[str, Any]:
    """Mean absolute error of accepted windows and share accepted: all, by person with intervals, and each record's."""
    names, persons, windows = [], [], []
    for record in recordings.welltory(data):
        names.append(record.name)
        persons.append(record.person)
        windows.append(windows_of(record))
    return {
        "set": "Welltory PPG, red channel of a camera",
        "convention": CONVENTION,
        "gross": _figures([window for each in windows for window in each]),
        "confidence_95_by_person": {
            name: by_person(persons, windows, partial(_pooled_figure, name))
            for name in ("mean_absolute_error_per_min", "accepted_percent")
        },
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
