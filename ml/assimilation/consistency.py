"""Whether a filter may be believed: its innovations are as large as it said, and tell nothing of the next ones.

Both at once: a sensor with an unmodelled bias can look over-cautious by size alone, and only its lack of whiteness
gives it away.
"""

from dataclasses import dataclass, field

import numpy as np

from ml.assimilation.ensemble_filter import Array, Innovation

MEMORY: float = 0.98
"""Of each innovation this much remains with the next: about the last fifty count."""


@dataclass
class Consistency:
    """Of one sensor of many patients, running. All arrays (patients,)."""

    patients: int
    nis: Array = field(init=False)
    lag_product: Array = field(init=False)
    mean: Array = field(init=False)
    weight: Array = field(init=False)
    _last: Array = field(init=False)

    def __post_init__(self) -> None:
        self.nis, self.lag_product, self.mean, self.weight = (np.zeros(self.patients) for _ in range(4))
        self._last = np.full(self.patients, np.nan)

    def note(self, innovation: Innovation) -> None:
        """Where there was none, nothing is noted."""
        known = np.isfinite(innovation.difference)
        normalized = np.where(known, innovation.difference / np.sqrt(innovation.variance), 0.0)
        follows = known & np.isfinite(self._last)
        for running, now in (
            (self.nis, normalized**2),
            (self.mean, normalized),
            (self.lag_product, np.where(follows, normalized * np.nan_to_num(self._last), 0.0)),
            (self.weight, np.ones(self.patients)),
        ):
            running[known] = MEMORY * running[known] + (1.0 - MEMORY) * now[known]
        self._last = np.where(known, normalized, self._last)

    @property
    def mean_nis(self) -> Array:
        """Normalized innovation squared, one where sizes are as predicted; not-a-number before the first."""
        return self._of(self.nis)

    @property
    def mean_innovation(self) -> Array:
        """In predicted standard deviations: a bias that is not modelled shows here first."""
        return self._of(self.mean)

    @property
    def autocorrelation(self) -> Array:
        """Of consecutive innovations: zero where they are white."""
        return _ratio(self.lag_product, self.nis)

    def trust(self) -> Array:
        """0 to 1: how much the confidence of what rests on this sensor is worth. One for innovations that are white and
        of the predicted size; halved by a mean NIS of 4 or a quarter, or by an autocorrelation of a half."""
        size = np.abs(np.log2(np.maximum(np.nan_to_num(self.mean_nis, nan=1.0), 1e-6)))
        colour = np.maximum(0.0, np.nan_to_num(self.autocorrelation))
        return np.asarray(1.0 / (1.0 + (size / 2.0) ** 2 + (colour / 0.5) ** 2))

    def _of(self, running: Array) -> Array:
        return _ratio(running, self.weight)


def _ratio(above: Array, below: Array) -> Array:
    return np.asarray(np.divide(above, below, out=np.full_like(below, np.nan), where=below > 0.0))
