"""The sensors of many simulated people, second by second, as one array."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Final

import numpy as np
from scipy.signal import lfilter

from ml.physiology.waveforms.constants import Shown, WardFaults
from ml.physiology.waveforms.rhythm import Breathing, Heart
from ml.physiology.waveforms.sampled import Counts, SampledWave, counts_of
from ml.physiology.waveforms.sensors import CODES, SensorSet
from ml.physiology.waveforms.shapes import ECG_REACH_S, REACH_AFTER_S, REACH_BEFORE_S, Build, ecg_mv, pulse
from ml.signals.filters import FloatArray

ECG_HZ: Final = 250
PPG_HZ: Final = 100
RESPIRATION_HZ: Final = 25
DRIFT_HZ: Final = 25
MICROVOLTS_PER_STEP: Final = 2.5
RAIL_UV: Final = 5000.0  # where an amplifier goes whose electrode is off
AMPLIFIER_NOISE_MV: Final = 0.006
BASELINE_MV: Final = 0.08  # swing of the baseline with breathing
DRIFT_MV: Final = 0.03
RED_LIGHT: Final = 60_000.0
INFRARED_LIGHT: Final = 80_000.0
STRAY_LIGHT: Final = 400.0
LIGHT_NOISE: Final = 6.0
MOTION_MV: Final = 0.6
MOTION_LIGHT: Final = 0.04  # of the light
ATRIAL_MV: Final = 0.045  # height of fibrillation's waves
ATRIAL_HZ: Final = 6.2
BREATHS_AHEAD_S: Final = 3.0
BEAT_DRAWS: Final = 24
BREATH_DRAWS: Final = 12
FORMS: Final = {
    "ecg": (ECG_HZ, MICROVOLTS_PER_STEP, 0.0, "uV"),
    "ppg_red": (PPG_HZ, 2.0, RED_LIGHT / 2, "1"),
    "ppg_infrared": (PPG_HZ, 2.0, INFRARED_LIGHT / 2, "1"),
    "respiration_wave": (RESPIRATION_HZ, 0.001, 0.0, "1"),
}
"""Rate in Hz, scale, offset and unit of each wave."""

_ECG_TIMES_S = np.arange(ECG_HZ) / ECG_HZ
_PPG_TIMES_S = np.arange(PPG_HZ) / PPG_HZ
_RESPIRATION_TIMES_S = np.arange(RESPIRATION_HZ) / RESPIRATION_HZ
_LAYOUT = {
    "ecg": ECG_HZ,
    "shake_ecg": ECG_HZ,
    "drift": DRIFT_HZ,
    "shake_ppg": PPG_HZ,
    "ppg_red": PPG_HZ,
    "ppg_infrared": PPG_HZ,
    "respiration": RESPIRATION_HZ,
    "beats": 2 * BEAT_DRAWS,
    "breaths": BREATH_DRAWS,
    "atria": 2,
    "sensors": SensorSet.DRAWS,
}
_ENDS = np.cumsum(list(_LAYOUT.values()))
_PARTS = {name: slice(end - size, end) for (name, size), end in zip(_LAYOUT.items(), _ENDS, strict=True)}
_DRAWS = int(_ENDS[-1])


def ratio_of_ratios(spo2_percent: FloatArray) -> FloatArray:
    """Red over infrared modulation at a saturation, by the usual empirical line SpO2 = 110 - 25 R (Webster 1997)."""
    return (110.0 - spo2_percent) / 25.0


class Wander:
    """Noise with a memory, one continuous series a person cut into seconds."""

    def __init__(self, people: int, rate_hz: int, memory_s: float) -> None:
        self._keep = float(np.exp(-1.0 / (memory_s * rate_hz)))
        self._state = np.zeros((people, 1))

    def second(self, draws: FloatArray) -> FloatArray:
        """(people, n) of standard normals (people, n); standard deviation 1."""
        fresh = draws * np.sqrt(1.0 - self._keep**2)
        series, self._state = lfilter([1.0], [1.0, -self._keep], fresh, axis=1, zi=self._state)
        return np.asarray(series, dtype=np.float64)


@dataclass(frozen=True)
class WardSecond:
    """One second of everybody: counts of each wave (people, n) by code, and values (people, sensors) by `CODES`."""

    waves: dict[str, Counts]
    values: FloatArray

    def waves_of(self, person: int) -> dict[str, SampledWave]:
        return {
            code: SampledWave(FORMS[code][0], counts[person], *FORMS[code][1:]) for code, counts in self.waves.items()
        }

    def values_of(self, person: int) -> dict[str, float]:
        """What their sensors gave, by quantity code."""
        given = self.values[person].tolist()
        return {code: value for code, value in zip(CODES, given, strict=True) if not isnan(value)}


class WardWaves:
    """Call `second` for one second after another. Each person is their seed's, whoever else is there."""

    def __init__(self, seeds: Sequence[int], shown: Shown) -> None:
        people = len(seeds)
        self._generators = [np.random.default_rng(seed) for seed in seeds]
        self._build = Build.drawn(self._generators)
        begin = np.array([each.uniform(0.0, (4.0, 1.0, 2 * np.pi, 2 * np.pi)) for each in self._generators])
        self._breathing, self._heart = Breathing(begin[:, 0]), Heart(begin[:, 1], begin[:, 2])
        self._atrial_phase = begin[:, 3]
        self._sensors = SensorSet(self._generators)
        self._shake_ecg = Wander(people, ECG_HZ, memory_s=0.03)
        self._shake_ppg = Wander(people, PPG_HZ, memory_s=0.5)
        self._drift = Wander(people, DRIFT_HZ, memory_s=4.0)
        self._drifted = np.zeros((people, 1))
        self._shown = shown  # light and depth of breath move from these to the new ones within a second
        self._draws = np.zeros((people, _DRAWS))

    def second(self, shown: Shown, faults: WardFaults) -> WardSecond:
        """The next second of everybody, under what their bodies show in it."""
        for row, generator in enumerate(self._generators):
            generator.standard_normal(out=self._draws[row])
        drawn = {name: self._draws[:, part] for name, part in _PARTS.items()}
        self._breathing.schedule(
            1.0 + BREATHS_AHEAD_S + REACH_BEFORE_S, shown["respiratory_rate_per_min"], drawn["breaths"]
        )
        beats = drawn["beats"].reshape(len(self._generators), BEAT_DRAWS, 2)
        self._heart.schedule(1.0 + REACH_BEFORE_S, shown, self._breathing, beats)
        physical = {
            "ecg": self._ecg(shown, faults, drawn),
            **self._ppg(shown, faults, drawn),
            "respiration_wave": self._respiration(shown, faults, drawn["respiration"]),
        }
        values = self._sensors.read(shown, faults, drawn["sensors"])
        self._breathing.pass_second()
        self._heart.pass_second()
        self._shown = shown
        return WardSecond({code: counts_of(wave, *FORMS[code][1:3]) for code, wave in physical.items()}, values)

    def _ecg(self, shown: Shown, faults: WardFaults, drawn: dict[str, FloatArray]) -> FloatArray:
        """Microvolts."""
        beats = self._heart.beats(-ECG_REACH_S, 1.0 + REACH_BEFORE_S)
        height = 1.0 - 0.08 * (self._breathing.volume(beats.time_s) - 0.5)
        mv = ecg_mv(_ECG_TIMES_S, beats, height, self._build)
        mv += BASELINE_MV * (self._breathing.volume(np.broadcast_to(_ECG_TIMES_S, mv.shape)) - 0.5)
        mv += self._wandering(drawn["drift"])
        mv += AMPLIFIER_NOISE_MV * drawn["ecg"]
        mv += self._atria(shown, drawn["atria"])
        mv += (MOTION_MV * faults.motion)[:, None] * self._shake_ecg.second(drawn["shake_ecg"])
        return np.where(faults.lead_off[:, None], RAIL_UV, 1000.0 * mv)

    def _wandering(self, draws: FloatArray) -> FloatArray:
        """The slow drift of the baseline, mV: made at a tenth of the rate, and joined from second to second."""
        knots = np.concatenate((self._drifted, self._drift.second(draws)), axis=1)
        self._drifted = knots[:, -1:]
        at = np.arange(ECG_HZ) * (DRIFT_HZ / ECG_HZ)
        below = at.astype(np.int64)
        return DRIFT_MV * (knots[:, below] + (at - below) * (knots[:, below + 1] - knots[:, below]))

    def _atria(self, shown: Shown, draws: FloatArray) -> FloatArray:
        """The waves of fibrillating atria, mV: no frequency of theirs lasts."""
        share = self._moving("fibrillation", shown, _ECG_TIMES_S)
        hertz = ATRIAL_HZ + 0.5 * draws[:, 0]
        phase = self._atrial_phase[:, None] + 2 * np.pi * hertz[:, None] * _ECG_TIMES_S
        self._atrial_phase = (self._atrial_phase + 2 * np.pi * hertz) % (2 * np.pi)
        if not share.any():
            return np.zeros(1)
        return ATRIAL_MV * share * (np.sin(phase) + 0.4 * np.sin(2.0 * phase + 0.7))

    def _ppg(self, shown: Shown, faults: WardFaults, drawn: dict[str, FloatArray]) -> dict[str, FloatArray]:
        beats = self._heart.beats(-REACH_AFTER_S, 1.0)
        height = beats.filling * (1.0 + 0.1 * (self._breathing.volume(beats.time_s) - 0.5))
        volume = self._breathing.volume(np.broadcast_to(_PPG_TIMES_S, (len(height), PPG_HZ)))
        blood = pulse(_PPG_TIMES_S, beats, height, self._build) + 0.2 * (0.5 - volume)
        shaken = 1.0 + (MOTION_LIGHT * faults.motion)[:, None] * self._shake_ppg.second(drawn["shake_ppg"])
        before, now = _modulation(self._shown), _modulation(shown)
        waves = {}
        for code, light in (("ppg_red", RED_LIGHT), ("ppg_infrared", INFRARED_LIGHT)):
            modulation = before[code][:, None] + _PPG_TIMES_S * (now[code] - before[code])[:, None]
            noise = LIGHT_NOISE * drawn[code]
            seen = light * shaken * (1.0 - modulation * blood)
            waves[code] = np.where(faults.probe_off[:, None], STRAY_LIGHT, seen) + noise
        return waves

    def _respiration(self, shown: Shown, faults: WardFaults, draws: FloatArray) -> FloatArray:
        volume = self._breathing.volume(np.broadcast_to(_RESPIRATION_TIMES_S, draws.shape))
        volume = self._moving("breath_depth", shown, _RESPIRATION_TIMES_S) * volume + 0.01 * draws
        return np.where(faults.lead_off[:, None], 0.0, volume)

    def _moving(self, name: str, shown: Shown, times_s: FloatArray) -> FloatArray:
        """(people, n) from what was shown to what is."""
        before = self._shown[name][:, None]
        return np.asarray(before + times_s * (shown[name][:, None] - before))


def _modulation(shown: Shown) -> dict[str, FloatArray]:
    """How much of each light a full pulse takes away."""
    infrared = shown["perfusion_index_percent"] / 100.0
    return {"ppg_infrared": infrared, "ppg_red": infrared * ratio_of_ratios(shown["spo2_percent"])}
