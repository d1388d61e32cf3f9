"""What the body network costs beside the R peaks it stands on, in processor time of one run: 256 patients, a minute."""

import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ml.physiology.waveforms import BodyConstants, PersonWaves
from ml.signals.beat_series import ECG, PPG, Beating, BeatSeries
from ml.signals.breath_wave import BreathWave
from ml.signals.filters import FloatArray
from ml.signals.live import ChannelUpdate, EcgShard, PpgShard
from ml.signals.modulation import Breath, fused, modulations
from ml.signals.pulse_light import PulseLight
from ml.signals.variability import variability

PATIENTS: Final = 256
PEOPLE: Final = 8
SECONDS: Final = 60
WARM_S: Final = 36
RATES_HZ: Final = {"ecg": 250.0, "ppg_red": 100.0, "ppg_infrared": 100.0, "respiration_wave": 25.0}

Frames = dict[int, tuple[float, FloatArray]]


class _Clock:
    def __init__(self) -> None:
        self.spent_s: dict[str, float] = {}

    def time(self, name: str, work: Callable[[], Any]) -> Any:
        begun = time.process_time()
        result = work()
        self.spent_s[name] = self.spent_s.get(name, 0.0) + time.process_time() - begun
        return result


class _Network:
    """Everything that a shard of patients with ECG, red, infrared and breathing goes through."""

    def __init__(self) -> None:
        self.ecg: EcgShard[int] = EcgShard(RATES_HZ["ecg"])
        self.pulse: PpgShard[int] = PpgShard(RATES_HZ["ppg_infrared"])
        self.light: PulseLight[int] = PulseLight(RATES_HZ["ppg_red"])
        self.breath: BreathWave[int] = BreathWave(RATES_HZ["respiration_wave"])
        self.beats: BeatSeries[int] = BeatSeries(RATES_HZ["ecg"], ECG)
        self.pulses: BeatSeries[int] = BeatSeries(RATES_HZ["ppg_infrared"], PPG)

    def second(self, number: int, frames: dict[str, Frames], clock: _Clock) -> None:
        both = {
            key: (start, np.stack((red, frames["ppg_infrared"][key][1])))
            for key, (start, red) in frames["ppg_red"].items()
        }
        beats = clock.time("r_peaks", lambda: self.ecg.push(frames["ecg"]))
        pulses = clock.time("pulses", lambda: self.pulse.push(frames["ppg_infrared"]))
        clock.time("saturation_and_perfusion", lambda: self.light.push(both))
        clock.time("breathing_wave", lambda: self.breath.push(frames["respiration_wave"]))
        clock.time("beat_series", lambda: self.beats.push(_beating(frames["ecg"], beats)))
        clock.time("beat_series", lambda: self.pulses.push(_beating(frames["ppg_infrared"], pulses)))
        if number % 5 == 4:
            clock.time("modulations", self.modulations)
        if number == SECONDS - 1:  # once a minute
            clock.time("variability", lambda: variability(self.beats.series(list(range(PATIENTS))).time_s))

    def modulations(self) -> list[Breath]:
        keys = list(range(PATIENTS))
        pairs = (modulations("ecg", self.beats.series(keys)), modulations("ppg", self.pulses.series(keys)))
        return [fused([*ecg, *pulse], 1.0) for ecg, pulse in zip(*pairs, strict=True)]


def _beating(frames: Frames, updates: dict[int, ChannelUpdate]) -> dict[int, Beating]:
    return {
        key: Beating(start, samples, updates[key].peaks_epoch_s, updates[key].quality)
        for key, (start, samples) in frames.items()
    }


def us_per_patient_second() -> dict[str, float]:
    """Microseconds of one core for each patient and second, by part; and all of it in units of the R peaks' own."""
    people = [PersonWaves(BodyConstants(heart_rate_per_min=60.0 + 8 * seed), seed=seed) for seed in range(PEOPLE)]
    network, clock = _Network(), _Clock()
    for number in range(SECONDS):
        waves = [person.second(float(number)).waves for person in people]
        frames = {
            code: {key: (float(number), waves[key % PEOPLE][code].physical()) for key in range(PATIENTS)}
            for code in RATES_HZ
        }
        frames["ecg"] = {key: (start, samples / 1000.0) for key, (start, samples) in frames["ecg"].items()}
        if number == WARM_S:
            clock = _Clock()
        network.second(number, frames, clock)
    share = {name: 1e6 * spent / PATIENTS / (SECONDS - WARM_S) for name, spent in clock.spent_s.items()}
    own = sum(spent for name, spent in share.items() if name not in ("r_peaks", "pulses"))
    return {**share, "network_us": own, "network_in_r_peaks": own / share["r_peaks"]}
