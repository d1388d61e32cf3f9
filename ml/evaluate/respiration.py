"""Respiratory rate against breaths counted in the breathing wave of bedside records; and what ECG and pulse of records
without one say of each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.signal import butter, find_peaks, sosfiltfilt

from ml.evaluate.bedside import BedsideRecord, bedside
from ml.evaluate.cost import us_per_patient_second
from ml.evaluate.intervals import by_person
from ml.signals.beat_series import ECG, PPG, Beating, BeatSeries
from ml.signals.breath_wave import EVERY_S, BreathWave
from ml.signals.breathing import WINDOW_S
from ml.signals.filters import FloatArray
from ml.signals.live import EcgChannel, PpgChannel
from ml.signals.modulation import Modulation, fused, modulations

SOURCES: Final = ("wave", "ecg", "pulse", "ecg_and_pulse")
MIN_QUALITY: Final = 0.5
CONVENTION: Final = (
    "windows of 32 s every 5 s; the reference is 60 over the mean interval of the crests of the breathing wave, "
    "filtered to 0.08 to 1 Hz without delay, of at least 0.6 standard deviations; wave: that very wave, streaming; a "
    "rate counts as given at a quality of 0.5; without a breathing wave the ECG's rate is compared with the pulse's; "
    "of fewer than two persons no interval can be stated"
)


@dataclass(frozen=True)
class Window:
    """Rates at one moment by source, not-a-number where none was given; `reference` too, for each has its own delay."""

    rates: dict[str, float]
    reference: dict[str, float]

    def error(self, source: str) -> float:
        return self.rates[source] - self.reference[source]


def evaluate(data: Path) -> dict[str, Any]:
    """Figures of all records, intervals by person, each record's own, and the cost."""
    records = [(record, list(windows_of(record))) for record in bedside(data)]
    with_wave = [(record.name, windows) for record, windows in records if record.breath is not None]
    persons = [name for name, _ in with_wave]
    each = [windows for _, windows in with_wave]
    return {
        "set": "bedside records with ECG, pulse and breathing wave",
        "convention": CONVENTION,
        **{source: _figures([window for windows in each for window in windows], source) for source in SOURCES},
        "confidence_95_by_person": {
            source: by_person(persons, each, partial(_pooled_error, source)) if len(persons) > 1 else None
            for source in SOURCES
        },
        "persons": len(persons),
        "ecg_against_pulse": {record.name: _apart(windows) for record, windows in records},
        "cost": us_per_patient_second(),
        "records": [
            {"record": name, "source": source, **_figures(windows, source)}
            for name, windows in with_wave
            for source in SOURCES
        ],
    }


def windows_of(record: BedsideRecord) -> Iterator[Window]:
    """The record through the live channels, second by second."""
    if record.ecg_mv is None or record.pulse is None:
        return
    second = round(record.rate_hz)
    ecg, pulse = _Beats(record.rate_hz, "ecg"), _Beats(record.rate_hz, "ppg")
    wave: BreathWave[int] = BreathWave(record.rate_hz)
    breaths = None if record.breath is None else _smooth(np.nan_to_num(record.breath), record.rate_hz)
    for number, start in enumerate(range(0, len(record.ecg_mv) - second + 1, second)):
        part, end_s = slice(start, start + second), number + 1.0
        due = ecg.push(number, record.ecg_mv[part]), pulse.push(number, record.pulse[part])
        direct = None if record.breath is None else wave.push({0: (float(number), record.breath[part])}).get(0)
        if (number + 1) % EVERY_S or number + 1 < WINDOW_S + EVERY_S:
            continue
        rates = {
            "wave": _good(None if direct is None else direct.per_min, 0.0 if direct is None else direct.quality),
            "ecg": _fused(*due[0]),
            "pulse": _fused(*due[1]),
            "ecg_and_pulse": _fused([*due[0][0], *due[1][0]], max(due[0][1], due[1][1])),
        }
        delay_s = {"wave": 0.0, "ecg": ECG.delay_s, "pulse": PPG.delay_s, "ecg_and_pulse": ECG.delay_s}
        yield Window(rates, {name: _counted(breaths, record.rate_hz, end_s - delay_s[name]) for name in SOURCES})


class _Beats:
    """One wave with its detector and its series of beats."""

    def __init__(self, rate_hz: float, kind: str) -> None:
        self._kind = kind
        self._channel = EcgChannel(rate_hz) if kind == "ecg" else PpgChannel(rate_hz)
        self._series: BeatSeries[int] = BeatSeries(rate_hz, ECG if kind == "ecg" else PPG)

    def push(self, number: int, samples: FloatArray) -> tuple[list[Modulation], float]:
        """Its modulations at every fifth second, and the quality of the wave."""
        update = self._channel.push(float(number), samples)
        self._series.push({0: Beating(float(number), samples, update.peaks_epoch_s, update.quality)})
        if (number + 1) % EVERY_S:
            return [], 0.0
        series = self._series.series([0])
        return modulations(self._kind, series)[0], float(series.quality[0])


def _fused(found: list[Modulation], quality: float) -> float:
    breath = fused(found, quality)
    return _good(breath.per_min, breath.quality)


def _good(per_min: float | None, quality: float) -> float:
    return per_min if per_min is not None and quality >= MIN_QUALITY else float("nan")


def _smooth(breath: FloatArray, rate_hz: float) -> FloatArray:
    return np.asarray(sosfiltfilt(butter(2, (0.08, 1.0), btype="bandpass", fs=rate_hz, output="sos"), breath))


def _counted(breaths: FloatArray | None, rate_hz: float, end_s: float) -> float:
    """Breaths a minute of the 32 s up to `end_s`; not-a-number for fewer than four."""
    if breaths is None:
        return float("nan")
    part = breaths[max(0, round((end_s - WINDOW_S) * rate_hz)) : round(end_s * rate_hz)]
    crests, _ = find_peaks(part, prominence=0.6 * part.std())
    return 60.0 * rate_hz * (len(crests) - 1) / (crests[-1] - crests[0]) if len(crests) >= 4 else float("nan")


def _figures(windows: list[Window], source: str) -> dict[str, float]:
    errors = np.array([window.error(source) for window in windows])
    given = errors[np.isfinite(errors)]
    figures = {"windows": float(len(windows)), "given_percent": 100.0 * len(given) / max(1, len(windows))}
    if not len(given):
        return figures
    return {
        **figures,
        "mean_absolute_error_per_min": float(np.abs(given).mean()),
        "bias_per_min": float(given.mean()),
        "within_2_percent": 100.0 * float((np.abs(given) <= 2.0).mean()),
        "p95_per_min": float(np.quantile(np.abs(given), 0.95)),
    }


def _pooled_error(source: str, records: list[list[Window]]) -> float:
    return _figures([window for record in records for window in record], source).get(
        "mean_absolute_error_per_min", float("nan")
    )


def _apart(windows: list[Window]) -> dict[str, float]:
    apart = np.array([window.rates["ecg"] - window.rates["pulse"] for window in windows])
    both = apart[np.isfinite(apart)]
    return {
        "windows": float(len(windows)),
        "both_given_percent": 100.0 * len(both) / max(1, len(windows)),
        "median_absolute_difference_per_min": float(np.median(np.abs(both))) if len(both) else float("nan"),
        "within_2_percent": 100.0 * float((np.abs(both) <= 2.0).mean()) if len(both) else float("nan"),
    }
