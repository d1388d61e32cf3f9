"""A wave as a device sends it: whole numbers with a scale."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.signals.filters import FloatArray

Counts = npt.NDArray[np.int16]


def counts_of(physical: FloatArray, scale: float, offset: float) -> Counts:
    """What a converter of 16 bits makes of it: rounded, and clipped at its rails."""
    limits = np.iinfo(np.int16)
    counts = np.rint((physical - offset) * (1.0 / scale))
    return np.minimum(np.maximum(counts, limits.min), limits.max).astype(np.int16)


@dataclass(frozen=True)
class SampledWave:
    """Physical value = sample * scale + offset, in `unit` (UCUM)."""

    rate_hz: float
    samples: Counts
    scale: float
    offset: float
    unit: str

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
