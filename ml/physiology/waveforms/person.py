"""One simulated person's sensors under constants, second by second: a ward of one."""

from dataclasses import dataclass

from ml.physiology.waveforms.constants import NO_FAULTS, BodyConstants, Faults, Shown, WardFaults
from ml.physiology.waveforms.sampled import SampledWave
from ml.physiology.waveforms.ward import WardWaves


@dataclass(frozen=True)
class PersonSecond:
    """What a device would send of one second that began at `start_epoch_s`: waves and values by quantity code."""

    start_epoch_s: float
    waves: dict[str, SampledWave]
    values: dict[str, float]


class PersonWaves:
    """Call `second` for one second after another; `constants` may be replaced between. Deterministic by `seed`."""

    def __init__(self, constants: BodyConstants, seed: int) -> None:
        self.constants = constants
        self.seed = seed
        self._ward = WardWaves([seed], Shown.of([constants]))

    def second(self, t_epoch_s: float, faults: Faults = NO_FAULTS) -> PersonSecond:
        """The next second of this person. `t_epoch_s` only dates it: bodies go on where they stopped."""
        heard = self._ward.second(Shown.of([self.constants]), WardFaults.of([faults]))
        return PersonSecond(t_epoch_s, heard.waves_of(0), heard.values_of(0))
