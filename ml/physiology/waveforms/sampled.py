"""A wave as a device sends it: whole numbers with a scale."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.signals.filters import FloatArray


@dataclass(frozen=True)
class SampledWave:
    """Physical value = sample * scale + offset, in `unit` (UCUM)."""

    rate_hz: float
    samples: npt.NDArray[np.int16]
    scale: float
    offset: float
    unit: str

    @staticmethod
    def of(physical: FloatArray, rate_hz: float, scale: float, offset: float, unit: str) -> "SampledWave":
        """What a converter of 16 bits makes of it: rounded, and clipped at its rails."""
        limits = np.iinfo(np.int16)
        counts = np.clip(np.rint((physical - offset) / scale), limits.min, limits.max)
        return SampledWave(rate_hz, counts.astype(np.int16), scale, offset, unit)

    def physical(self) -> FloatArray:
        return self.samples.astype(np.float64) * self.scale + self.offset

    def as_contract(self) -> dict[str, Any]:
        """One entry of a frame's "waves" (docs/mqtt.md)."""
        return {
            "rate": self.rate_hz,
            "unit": self.unit,
            "scale": self.scale,
            "offset": self.offset,
            "samples": self.samples.tolist(),
        }
