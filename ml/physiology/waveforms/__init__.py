"""What the sensors of a simulated person would send: ECG, PPG, breathing and sampled values, second by second.

    waves = PersonWaves(BodyConstants(heart_rate_per_min=88, spo2_percent=93), seed=7)
    heard = waves.second(1_763_600_000.0)                  # waves and values of one second
    heard.waves["ecg"].as_contract(), heard.values["spo2"]

Driven by constants, until a body drives it: they may be replaced between seconds (`waves.constants = ...`) and nothing
jumps. The same seed and the same calls give the same signals. Whoever sends them marks them as simulated.
"""

from ml.physiology.waveforms.constants import BodyConstants, Faults
from ml.physiology.waveforms.person import PersonSecond, PersonWaves
from ml.physiology.waveforms.sampled import SampledWave

__all__ = ["BodyConstants", "Faults", "PersonSecond", "PersonWaves", "SampledWave"]
