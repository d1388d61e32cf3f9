"""Saturation by ratio of ratios: against simulated truth with noise, and against the ratio of a recording measured in
another way. No recording at hand comes with the saturation of the person's blood, so of that nothing is claimed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.signal import butter, sosfiltfilt

from ml.evaluate.bedside import OximetryRecord, oximetry
from ml.evaluate.intervals import by_person
from ml.physiology.waveforms import BodyConstants, Faults, PersonWaves
from ml.signals.filters import FloatArray
from ml.signals.live import PpgChannel
from ml.signals.oximeters import DEFAULT, SIMULATED, Oximeter
from ml.signals.oximetry import Saturation, saturation
from ml.signals.pulse_light import HIGHEST_HZ, LOWEST_HZ, WINDOW_S, Light, PulseLight

SATURATIONS: Final = (99.0, 96.0, 92.0, 88.0, 82.0, 75.0)
PERFUSIONS: Final = (0.15, 0.3, 1.0, 3.0)
EXTRA_NOISE: Final = (0.0, 40.0)  # counts of light on top of the sensor's own 6
MOTIONS: Final = (0.0, 0.3, 1.0)
PERSON_S: Final = 40
CONVENTION: Final = (
    "simulated: 40 s each of people of six saturations, four perfusions, noise of 6 and 46 counts on 60,000 and "
    "80,000, still and in motion; given: seconds from the tenth on with a saturation of quality 0.5; the curve is the "
    "one by which the light was made, so the figures are of the method and not of any sensor. Recording: the ratio of "
    "ratios, streaming, less that of the median of pulses from trough to crest in the same eight seconds, filtered "
    "without delay"
)


@dataclass(frozen=True)
class Reading:
    """One second of one person: `percent` not-a-number where none was given."""

    percent: float
    truth: float
    perfusion: float
    motion: float


def evaluate(data: Path) -> dict[str, Any]:
    """Of the recording and of the simulated people, with intervals by (simulated) person."""
    record = oximetry(data)
    people = list(_people())
    readings = [reading for _, each in people for reading in each]
    still = [reading for reading in readings if reading.motion == 0.0]
    names = [name for name, each in people if each[0].motion == 0.0]
    return {
        "set": "simulated people, labelled so; and a raw recording of red and infrared light",
        "convention": CONVENTION,
        "simulated_still": _figures(still),
        "simulated_by_perfusion": {
            f"{perfusion:g} %": _figures([one for one in still if one.perfusion == perfusion])
            for perfusion in PERFUSIONS
        },
        "simulated_by_motion": {
            f"{motion:g}": _figures([one for one in readings if one.motion == motion]) for motion in MOTIONS
        },
        "confidence_95_by_simulated_person": {
            "mean_absolute_error_percent": by_person(
                names, [each for _, each in people if each[0].motion == 0.0], partial(_pooled, "mean_absolute_error")
            )
        },
        "simulated_persons": len(names),
        "recording": recorded(record),
    }


def simulated(person: PersonWaves, motion: float, extra_noise: float, oximeter: Oximeter) -> Iterator[Saturation]:
    """Every second of a simulated person through the live path."""
    light: PulseLight[int] = PulseLight(100.0)
    channel = PpgChannel(100.0)
    generator = np.random.default_rng(person.seed)
    qualities: list[float] = []
    for second in range(PERSON_S):
        waves = person.second(float(second), Faults(motion=motion)).waves
        colours = np.stack([waves[code].physical() for code in ("ppg_red", "ppg_infrared")])
        colours += extra_noise * generator.standard_normal(colours.shape)
        qualities.append(channel.push(float(second), colours[1]).quality)
        found = light.push({0: (float(second), colours)})[0]
        yield saturation(found, oximeter, min(qualities[-1], float(np.mean(qualities[-WINDOW_S:]))))


def _people() -> Iterator[tuple[str, list[Reading]]]:
    cases = [(p, m, n) for p in PERFUSIONS for m in MOTIONS for n in EXTRA_NOISE if m == 0.0 or n == 0.0]
    for seed, truth in enumerate(SATURATIONS):
        for perfusion, motion, extra_noise in cases:
            body = BodyConstants(spo2_percent=truth, perfusion_index_percent=perfusion)
            found = list(simulated(PersonWaves(body, seed), motion, extra_noise, SIMULATED))[10:]
            percents = [one.percent if one.percent is not None and one.quality >= 0.5 else np.nan for one in found]
            name = f"{truth:g} {perfusion:g} {motion:g} {extra_noise:g}"
            yield name, [Reading(percent, truth, perfusion, motion) for percent in percents]


def recorded(record: OximetryRecord) -> dict[str, float]:
    """The recording through the live path, and its ratio against that of single pulses."""
    second = round(record.rate_hz)
    light: PulseLight[int] = PulseLight(record.rate_hz)
    channel = PpgChannel(record.rate_hz)
    pulses: list[float] = []
    found: list[tuple[float, Light, Saturation]] = []
    qualities: list[float] = []
    for number, start in enumerate(range(0, len(record.red) - second + 1, second)):
        colours = np.stack([wave[start : start + second] for wave in (record.red, record.infrared)])
        update = channel.push(float(number), colours[1])
        pulses.extend(update.peaks_epoch_s)
        qualities.append(update.quality)
        seen = light.push({0: (float(number), colours)})[0]
        quality = min(update.quality, float(np.mean(qualities[-WINDOW_S:])))
        found.append((number + 1.0, seen, saturation(seen, DEFAULT, quality)))
    each = np.array([(end_s, seen.ratio, seen.perfusion_percent) for end_s, seen, _ in found])
    given = np.array([one.percent is not None for _, _, one in found])
    apart = each[:, 1] - _ratio_of_pulses(record, np.array(pulses), each[:, 0])
    known = np.isfinite(apart) & given
    return {
        "seconds": float(len(found)),
        "given_percent": 100.0 * float(given.mean()),
        "median_perfusion_percent": float(np.nanmedian(each[:, 2])),
        "median_ratio_given": float(np.median(each[given, 1])),
        "median_difference_of_ratio": float(np.median(apart[known])),
        "median_absolute_difference_of_ratio": float(np.median(np.abs(apart[known]))),
    }


def _ratio_of_pulses(record: OximetryRecord, pulses_s: FloatArray, ends_s: FloatArray) -> FloatArray:
    """Of the pulses of the eight seconds before each end, the median of relative red swing over infrared."""
    band = butter(2, (LOWEST_HZ, HIGHEST_HZ), btype="bandpass", fs=record.rate_hz, output="sos")
    swings = []
    for wave in (record.red, record.infrared):
        moving = sosfiltfilt(band, wave)
        around = [
            slice(max(0, round((at - 0.25) * record.rate_hz)), round((at + 0.35) * record.rate_hz)) for at in pulses_s
        ]
        swings.append([np.ptp(moving[part]) / wave[part].mean() for part in around])
    ratio = np.array(swings[0]) / np.array(swings[1])
    within = [(pulses_s > end - WINDOW_S) & (pulses_s <= end) for end in ends_s]
    return np.array([np.median(ratio[inside]) if inside.sum() >= 3 else np.nan for inside in within])


def _figures(readings: list[Reading]) -> dict[str, float]:
    errors = np.array([one.percent - one.truth for one in readings])
    given = errors[np.isfinite(errors)]
    figures = {"seconds": float(len(readings)), "given_percent": 100.0 * len(given) / max(1, len(readings))}
    if not len(given):
        return figures
    return {
        **figures,
        "mean_absolute_error": float(np.abs(given).mean()),
        "bias": float(given.mean()),
        "root_mean_square_error": float(np.sqrt(np.mean(given**2))),
        "p95": float(np.quantile(np.abs(given), 0.95)),
    }


def _pooled(name: str, people: list[list[Reading]]) -> float:
    return _figures([reading for each in people for reading in each]).get(name, float("nan"))
