"""Keeping an ensemble honest: what a model does not know of itself, each analysis would take for certainty."""

import numpy as np

from ml.assimilation.ensemble_filter import Array


def relax_to_prior_spread(ensemble: Array, prior_deviation: Array, *, share: float) -> None:
    """Give back, in place, a share of the spread that analysis took (RTPS: Whitaker and Hamill 2012, Mon Wea Rev
    140:3078). `prior_deviation` (variables, patients): standard deviations before the analysis."""
    mean = ensemble.mean(axis=2, keepdims=True)
    now = deviation(ensemble)
    factor = np.ones_like(now)
    np.divide((1.0 - share) * now + share * prior_deviation, now, out=factor, where=now > 0.0)
    ensemble -= mean
    ensemble *= factor[:, :, None]
    ensemble += mean


def wander(variable: Array, *, deviation_per_sqrt_s: float, seconds: float, generator: np.random.Generator) -> None:
    """Let a parameter or a bias (patients, members) walk at random, in place, its mean over the members unmoved."""
    steps = generator.standard_normal(variable.shape)
    steps -= steps.mean(axis=1, keepdims=True)
    variable += deviation_per_sqrt_s * np.sqrt(seconds) * steps


def keep_within(variable: Array, lowest: float, highest: float) -> None:
    """What the body cannot be, no member says it is, in place: a concentration is not negative."""
    np.clip(variable, lowest, highest, out=variable)


def deviation(ensemble: Array) -> Array:
    """Standard deviation over the members, (variables, patients)."""
    return np.asarray(ensemble.std(axis=2, ddof=1))
