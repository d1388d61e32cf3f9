"""What the sensors of simulated people would send: ECG, PPG, breathing and sampled values, second by second.

Everybody at once, driven by bodies (`ml.physiology.scenarios`):

    ward = WardWaves(seeds, shown)
    heard = ward.second(shown, faults)                     # waves and values of one second of all
    heard.waves_of(0)["ecg"].as_contract(), heard.values_of(0)["spo2"]

One person, driven by constants, which may be replaced between seconds (`waves.constants = ...`), and nothing jumps:

    waves = PersonWaves(BodyConstants(heart_rate_per_min=88, spo2_percent=93), seed=7)
    heard = waves.second(1_763_600_000.0)

The same seed and the same calls give the same signals, whoever else is in the ward. Whoever sends them marks them as
simulated.
"""

from ml.physiology.waveforms.constants import BodyConstants, Faults, Shown, WardFaults
from ml.physiology.waveforms.person import PersonSecond, PersonWaves
from ml.physiology.waveforms.sampled import SampledWave
from ml.physiology.waveforms.ward import WardSecond, WardWaves

__all__ = [
    "BodyConstants",
    "Faults",
    "PersonSecond",
    "PersonWaves",
    "SampledWave",
    "Shown",
    "WardFaults",
    "WardSecond",
    "WardWaves",
]
