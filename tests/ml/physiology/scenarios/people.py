"""People of the tests, and what the platform's own signals make of their waves."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.physiology import Person
from ml.physiology.scenarios import SCENARIOS, Bodies, Life
from ml.physiology.waveforms import WardWaves
from ml.signals.breath_wave import BreathWave
from ml.signals.live import EcgShard, PpgShard
from ml.signals.oximeters import SIMULATED
from ml.signals.oximetry import saturation
from ml.signals.pulse_light import WINDOW_S, PulseLight

Array = npt.NDArray[np.float64]

AFTERNOON_S = 1_763_560_800.0  # 14 h UTC: between meals and walks
NIGHT_S = AFTERNOON_S + 12 * 3600.0
MAN = Person(sex="male", age_years=46, height_cm=178, mass_kg=78)
WOMAN = Person(sex="female", age_years=74, height_cm=162, mass_kg=61, fitness=0.9)


def lives(person: Person = MAN, seed: int = 5) -> list[Life]:
    """One of each scenario."""
    return [Life(person, scenario, seed=seed) for scenario in SCENARIOS]


@dataclass
class Analysed:
    """What was true and what was found, second by second, by name and person: not-a-number where nothing was said."""

    truth: dict[str, Array]
    found: dict[str, Array]
    lead_off: Array

    def of(self, person: int) -> dict[str, tuple[Array, Array]]:
        return {name: (self.truth[name][:, person], self.found[name][:, person]) for name in self.found}


class Analysis:
    """The streaming detectors of the platform, a lane for each person."""

    def __init__(self, people: int) -> None:
        self._people = range(people)
        self._ecg: EcgShard[int] = EcgShard(250.0)
        self._pulse: PpgShard[int] = PpgShard(100.0)
        self._light: PulseLight[int] = PulseLight(100.0)
        self._breath: BreathWave[int] = BreathWave(25.0)
        self._quality: list[list[float]] = [[] for _ in self._people]
        self._fibrillation = np.full(people, np.nan)
        self.ectopics = np.zeros(people)

    def second(self, at: float, waves: list[dict[str, Array]]) -> dict[str, Array]:
        beats = self._ecg.push({row: (at, waves[row]["ecg"] / 1000.0) for row in self._people})
        pulses = self._pulse.push({row: (at, waves[row]["ppg_infrared"]) for row in self._people})
        lights = self._light.push(
            {row: (at, np.stack((waves[row]["ppg_red"], waves[row]["ppg_infrared"]))) for row in self._people}
        )
        breaths = self._breath.push({row: (at, waves[row]["respiration_wave"]) for row in self._people})
        spo2 = np.full(len(self._people), np.nan)
        for row in self._people:
            kept = self._quality[row]
            kept.append(pulses[row].quality)
            said = saturation(lights[row], SIMULATED, min(kept[-1], float(np.mean(kept[-WINDOW_S:]))))
            spo2[row] = np.nan if said.percent is None or said.quality < 0.5 else said.percent
            rhythm = beats[row].rhythm
            if rhythm is not None:
                self.ectopics[row] += sum(name == "V" for _, name in rhythm.beats)
                if rhythm.fibrillation is not None:
                    self._fibrillation[row] = rhythm.fibrillation
        per_min = [breaths[row].per_min if row in breaths else None for row in self._people]
        return {
            "heart_rate": _said([beats[row].rate_per_min for row in self._people]),
            "pulse_rate": _said([pulses[row].rate_per_min for row in self._people]),
            "spo2": spo2,
            "respiratory_rate": _said(per_min),
            "perfusion_index": np.array([lights[row].perfusion_percent for row in self._people]),
            "fibrillation": self._fibrillation.copy(),
        }


def _said(values: list[float | None]) -> Array:
    return np.array([np.nan if value is None else value for value in values])


TRUTHS = {
    "heart_rate": "heart_rate_per_min",
    "pulse_rate": "heart_rate_per_min",
    "spo2": "spo2_percent",
    "respiratory_rate": "respiratory_rate_per_min",
    "perfusion_index": "perfusion_index_percent",
    "fibrillation": "fibrillation",
}


def analysed(people: list[Life], seconds: int, epoch_s: float = AFTERNOON_S) -> tuple[Analysed, Analysis]:
    """So many seconds of these people through the platform's detectors."""
    bodies = Bodies(people, epoch_s)
    ward = WardWaves([life.seed for life in people], bodies.shown)
    analysis = Analysis(len(people))
    truth: list[dict[str, Array]] = []
    found: list[dict[str, Array]] = []
    off: list[Array] = []
    for _ in range(seconds):
        at = bodies.epoch_s
        now = bodies.second()
        heard = ward.second(now.shown, now.faults)
        waves = [{code: wave.physical() for code, wave in heard.waves_of(row).items()} for row in range(len(people))]
        truth.append({name: now.shown[source] for name, source in TRUTHS.items()})
        found.append(analysis.second(at, waves))
        off.append(now.faults.lead_off.astype(np.float64))
    columns = [{name: np.array([each[name] for each in told]) for name in TRUTHS} for told in (truth, found)]
    return Analysed(columns[0], columns[1], np.array(off)), analysis
