"""Simulated people's seconds as the derive step reads them, without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import numpy as np

from apps.readings.channels import Channels
from apps.readings.fresh_frames import FreshFrame
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.value import Value
from apps.readings.waves import Wave, narrowest, pack
from ml.physiology.waveforms import BodyConstants, Faults, PersonWaves

START_S = 1_763_600_000.0


@dataclass
class Wearer:
    """A simulated person with one device. `only`: the waves that it sends, all if empty."""

    body: BodyConstants = field(default_factory=BodyConstants)
    seed: int = 3
    model: str = "BodyLink simulator"
    only: tuple[str, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)
    patient_id: UUID = field(default_factory=uuid4)
    device_id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        self.person = PersonWaves(self.body, self.seed)
        self.second = 0

    def frame(self, faults: Faults | None = None) -> FreshFrame:
        start_s = START_S + self.second
        self.second += 1
        heard = self.person.second(start_s, faults or Faults()).waves
        waves = [
            Wave(code, wave.rate_hz, wave.unit, wave.scale, wave.offset, narrowest(wave.samples.astype(np.int64)))
            for code, wave in heard.items()
            if not self.only or code in self.only
        ]
        return FreshFrame(
            self.patient_id,
            self.device_id,
            "node-1",
            datetime.fromtimestamp(start_s, UTC),
            Origin.MEASURED,
            pack(waves),
            [REGISTER[code].number for code in self.values],
            list(self.values.values()),
            self.model,
        )


def live(channels: Channels, wearer: Wearer, seconds: int, faults: Faults | None = None) -> dict[str, list[Value]]:
    """What the channels give of the next seconds, by quantity."""
    given: dict[str, list[Value]] = {}
    for _ in range(seconds):
        for _, value in channels.feed([wearer.frame(faults)]):
            given.setdefault(value.code, []).append(value)
    return given
