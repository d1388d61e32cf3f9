"""What may be said of a variable out of its members, and how a forecast is scored."""

from collections.abc import Sequence

import numpy as np

from ml.assimilation.ensemble_filter import Array


def quantiles(members: Array, levels: Sequence[float]) -> Array:
    """(levels, …) of members (…, members). NumPy's default covers 84.5 % of a perfect ensemble of 32 with its 90 %
    band: the plotting position of Weibull (rank over members + 1; Makkonen 2006) covers what it says."""
    return np.asarray(np.quantile(members, levels, axis=-1, method="weibull"))


def band(members: Array, share: float) -> tuple[Array, Array, Array]:
    """Median, low and high of the central band that holds such a share, each (…,)."""
    outside = (1.0 - share) / 2.0
    low, median, high = quantiles(members, (outside, 0.5, 1.0 - outside))
    return median, low, high


def identifiability(posterior_variance: Array, prior_variance: Array) -> Array:
    """What measurements told of a variable: 1 - posterior over prior variance, 0 (nothing) to 1 (all)."""
    ratio = np.divide(
        posterior_variance, prior_variance, out=np.ones_like(posterior_variance), where=prior_variance > 0.0
    )
    return np.asarray(np.clip(1.0 - ratio, 0.0, 1.0))


def skill(score: float, reference: float) -> float:
    """1 - score over that of the reference: 0 is no better, 1 perfect; not-a-number where the reference is perfect."""
    return 1.0 - score / reference if reference > 0.0 else float("nan")
