"""One simulated person's sensors, second by second."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.signal import lfilter

from ml.physiology.waveforms.constants import NO_FAULTS, BodyConstants, Faults
from ml.physiology.waveforms.rhythm import Breathing, Heart
from ml.physiology.waveforms.sampled import SampledWave
from ml.physiology.waveforms.sensors import WITHOUT_LEADS, WITHOUT_PROBE, SensorSet
from ml.physiology.waveforms.shapes import REACH_AFTER_S, REACH_BEFORE_S, Build, ecg_mv, pulse
from ml.signals.filters import FloatArray

ECG_HZ: Final = 250
PPG_HZ: Final = 100
RESPIRATION_HZ: Final = 25
MICROVOLTS_PER_STEP: Final = 2.5
RAIL_UV: Final = 5000.0  # where an amplifier goes whose electrode is off
AMPLIFIER_NOISE_MV: Final = 0.006
BASELINE_MV: Final = 0.08  # swing of the baseline with breathing
RED_LIGHT: Final = 60_000.0
INFRARED_LIGHT: Final = 80_000.0
STRAY_LIGHT: Final = 400.0
LIGHT_NOISE: Final = 6.0
MOTION_MV: Final = 0.6
MOTION_LIGHT: Final = 0.04  # of the light


@dataclass(frozen=True)
class PersonSecond:
    """What a device would send of one second that began at `start_epoch_s`: waves and values by quantity code."""

    start_epoch_s: float
    waves: dict[str, SampledWave]
    values: dict[str, float]


def ratio_of_ratios(spo2_percent: float) -> float:
    """Red over infrared modulation at a saturation, by the usual empirical line SpO2 = 110 - 25 R (Webster 1997)."""
    return (110.0 - spo2_percent) / 25.0


class Wander:
    """Noise with a memory, one continuous series cut into seconds."""

    def __init__(self, generator: np.random.Generator, rate_hz: int, memory_s: float) -> None:
        self._generator = generator
        self._rate_hz = rate_hz
        self._keep = float(np.exp(-1.0 / (memory_s * rate_hz)))
        self._state = np.zeros(1)

    def second(self) -> FloatArray:
        """(rate_hz,), standard deviation 1."""
        fresh = self._generator.standard_normal(self._rate_hz) * np.sqrt(1.0 - self._keep**2)
        series, self._state = lfilter([1.0], [1.0, -self._keep], fresh, zi=self._state)
        return np.asarray(series, dtype=np.float64)


class PersonWaves:
    """Call `second` for one second after another; `constants` may be replaced between. Deterministic by `seed`."""

    def __init__(self, constants: BodyConstants, seed: int) -> None:
        self.constants = constants
        self.seed = seed
        self._shown = constants  # the modulation of the light moves from these to the new ones within a second
        self._elapsed_s = 0
        self._generator = np.random.default_rng(seed)
        self._build = Build.drawn(self._generator)
        self._breathing = Breathing(self._generator)
        self._heart = Heart(self._generator)
        self._sensors = SensorSet(self._generator)
        self._shake_ecg = Wander(self._generator, ECG_HZ, memory_s=0.03)
        self._shake_ppg = Wander(self._generator, PPG_HZ, memory_s=0.5)
        self._drift = Wander(self._generator, ECG_HZ, memory_s=4.0)

    def second(self, t_epoch_s: float, faults: Faults = NO_FAULTS) -> PersonSecond:
        """The next second of this person. `t_epoch_s` only dates it: bodies go on where they stopped."""
        start_s = float(self._elapsed_s)
        end_s = start_s + 1.0
        self._breathing.schedule(end_s + 3.0 + REACH_BEFORE_S, self.constants.respiratory_rate_per_min)
        self._heart.schedule(end_s + REACH_BEFORE_S, self.constants.heart_rate_per_min, self._breathing)
        waves = {
            "ecg": self._ecg(start_s, faults),
            **self._ppg(start_s, faults),
            "respiration_wave": self._respiration(start_s, faults),
        }
        values = self._sensors.read(self.constants)
        for code in (*(WITHOUT_LEADS if faults.lead_off else ()), *(WITHOUT_PROBE if faults.probe_off else ())):
            del values[code]
        self._elapsed_s += 1
        self._shown = self.constants
        return PersonSecond(t_epoch_s, waves, values)

    def _ecg(self, start_s: float, faults: Faults) -> SampledWave:
        times_s = start_s + np.arange(ECG_HZ) / ECG_HZ
        beats = self._heart.beats(start_s - REACH_AFTER_S, start_s + 1.0 + REACH_BEFORE_S)
        height = 1.0 - 0.08 * (self._breathing.volume(beats.time_s) - 0.5)
        baseline_mv = BASELINE_MV * (self._breathing.volume(times_s) - 0.5) + 0.03 * self._drift.second()
        noise_mv = AMPLIFIER_NOISE_MV * self._generator.standard_normal(ECG_HZ)
        noise_mv = noise_mv + faults.motion * MOTION_MV * self._shake_ecg.second()
        microvolts = 1000.0 * (ecg_mv(times_s, beats, height, self._build) + baseline_mv + noise_mv)
        if faults.lead_off:
            microvolts = np.full(ECG_HZ, RAIL_UV)
        return SampledWave.of(microvolts, ECG_HZ, MICROVOLTS_PER_STEP, 0.0, "uV")

    def _ppg(self, start_s: float, faults: Faults) -> dict[str, SampledWave]:
        times_s = start_s + np.arange(PPG_HZ) / PPG_HZ
        beats = self._heart.beats(start_s - REACH_AFTER_S, start_s + 1.0)
        height = 1.0 + 0.1 * (self._breathing.volume(beats.time_s) - 0.5)
        blood = pulse(times_s, beats, height, self._build) + 0.2 * (0.5 - self._breathing.volume(times_s))
        shaken = 1.0 + faults.motion * MOTION_LIGHT * self._shake_ppg.second()
        share = np.linspace(0.0, 1.0, PPG_HZ, endpoint=False)
        before, now = _modulation(self._shown), _modulation(self.constants)
        waves = {}
        for code, light in (("ppg_red", RED_LIGHT), ("ppg_infrared", INFRARED_LIGHT)):
            modulation = before[code] + share * (now[code] - before[code])
            noise = LIGHT_NOISE * self._generator.standard_normal(PPG_HZ)
            counts = STRAY_LIGHT + noise if faults.probe_off else light * shaken * (1.0 - modulation * blood) + noise
            waves[code] = SampledWave.of(counts, PPG_HZ, 2.0, light / 2, "1")
        return waves

    def _respiration(self, start_s: float, faults: Faults) -> SampledWave:
        volume = self._breathing.volume(start_s + np.arange(RESPIRATION_HZ) / RESPIRATION_HZ)
        volume = volume + 0.01 * self._generator.standard_normal(RESPIRATION_HZ)
        if faults.lead_off:
            volume = np.zeros(RESPIRATION_HZ)
        return SampledWave.of(volume, RESPIRATION_HZ, 0.001, 0.0, "1")


def _modulation(constants: BodyConstants) -> dict[str, float]:
    """How much of each light a full pulse takes away."""
    infrared = constants.perfusion_index_percent / 100.0
    return {"ppg_infrared": infrared, "ppg_red": infrared * ratio_of_ratios(constants.spo2_percent)}
