"""The serial, deterministic ensemble square-root filter (Whitaker and Hamill 2002, Mon Wea Rev 130:1913).

Measurements are taken one scalar at a time, which needs no matrix to be inverted: a missing one is a mask, and who has
which sensor may differ from patient to patient. Nothing is perturbed by chance: the same data give the same ensemble.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Measurement:
    """One sensor's measurement of many patients.

    `predicted` (patients, members): what each member says the sensor would show, its bias included; after an earlier
    measurement moved the ensemble, said anew. `value` (patients,), not-a-number where there is none. `variance`
    (patients,) of its error, in the square of its unit, greater than 0.
    """

    predicted: Array
    value: Array
    variance: Array

    def __post_init__(self) -> None:
        if self.predicted.ndim != 2 or not self.value.shape == self.variance.shape == self.predicted.shape[:1]:
            raise ValueError(
                f"predicted {self.predicted.shape}, value {self.value.shape} and variance {self.variance.shape} "
                "are not (patients, members), (patients,) and (patients,)"
            )


@dataclass(frozen=True)
class Innovation:
    """How far a measurement was from what was predicted, and how far it was expected to be; not-a-number where there
    was none. `difference` (patients,) in the sensor's unit, `variance` (patients,) in its square."""

    difference: Array
    variance: Array

    @property
    def normalized_squared(self) -> Array:
        """NIS (patients,): one on average where the filter is consistent (Bar-Shalom, Li and Kirubarajan 2001)."""
        return np.asarray(self.difference**2 / self.variance)


def assimilate(ensemble: Array, measurement: Measurement, *, reach: Array | None = None) -> Innovation:
    """Move an ensemble (variables, patients, members), in place, towards one measurement.

    `reach` (variables,): the part of a variable's regression on the measurement that is believed, 1 where None. It cuts
    the chance correlations of a small ensemble between parts of the body that have nothing to do with each other.
    """
    if ensemble.shape[1:] != measurement.predicted.shape:
        raise ValueError(f"ensemble {ensemble.shape} does not go with predictions {measurement.predicted.shape}")
    members = ensemble.shape[2]
    expected = measurement.predicted.mean(axis=1)
    deviations = measurement.predicted - expected[:, None]
    predicted_variance = np.einsum("pm,pm->p", deviations, deviations) / (members - 1)
    total_variance = predicted_variance + measurement.variance
    difference = measurement.value - expected
    known = np.isfinite(difference)
    shift = _shift(known, difference, measurement.variance, total_variance)
    _regress(ensemble, deviations, shift, total_variance, reach)
    return Innovation(difference, np.where(known, total_variance, np.nan))


@dataclass(frozen=True)
class _Shift:
    """By how much, in units of the measurement, means move and deviations shrink; both 0 where nothing was measured."""

    mean: Array
    shrink: Array


def _shift(known: Mask, difference: Array, error_variance: Array, total_variance: Array) -> _Shift:
    shrink = 1.0 / (1.0 + np.sqrt(error_variance / total_variance))
    return _Shift(np.where(known, difference, 0.0), np.where(known, shrink, 0.0))


def _regress(ensemble: Array, deviations: Array, shift: _Shift, total_variance: Array, reach: Array | None) -> None:
    """Variable by variable: one of them fits into the processor's cache, all of them do not."""
    members = deviations.shape[1]
    moved = shift.mean[:, None] - shift.shrink[:, None] * deviations
    for index in range(len(ensemble)):
        believed = 1.0 if reach is None else float(reach[index])
        if believed == 0.0:
            continue
        # Deviations sum up to nothing, so the variable's own mean need not be taken off.
        gain = np.einsum("pm,pm->p", ensemble[index], deviations)
        gain *= believed / ((members - 1) * total_variance)
        ensemble[index] += gain[:, None] * moved
