"""The course of a person's condition over some hours: which quantity was found when, cleaned of the impossible.

Names and units are those of the PhysioNet/Computing in Cardiology Challenge 2012.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Series = tuple[Array, Array]
Course = Mapping[str, Series]
"""By quantity: hours since the beginning, ascending, and the values found then."""

PLAUSIBLE: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "Age": (12, 120),
        "Gender": (0, 1),
        "Height": (120, 230),
        "ICUType": (1, 4),
        "Weight": (25, 300),
        "ALP": (1, 5000),
        "ALT": (1, 20000),
        "AST": (1, 30000),
        "Albumin": (0.5, 7),
        "BUN": (1, 300),
        "Bilirubin": (0.05, 80),
        "Cholesterol": (20, 800),
        "Creatinine": (0.1, 30),
        "DiasABP": (10, 200),
        "FiO2": (0.2, 1.0),
        "GCS": (3, 15),
        "Glucose": (8, 1500),
        "HCO3": (2, 60),
        "HCT": (5, 75),
        "HR": (15, 260),
        "K": (1.2, 12),
        "Lactate": (0.1, 40),
        "MAP": (15, 230),
        "Mg": (0.3, 12),
        "NIDiasABP": (10, 200),
        "NIMAP": (15, 230),
        "NISysABP": (25, 300),
        "Na": (90, 190),
        "PaCO2": (6, 180),
        "PaO2": (15, 650),
        "Platelets": (2, 3000),
        "RespRate": (2, 80),
        "SaO2": (30, 100),
        "SysABP": (25, 300),
        "Temp": (24, 44),
        "TroponinI": (0, 200),
        "TroponinT": (0, 60),
        "Urine": (0, 6000),
        "WBC": (0.05, 500),
        "pH": (6.5, 8.0),
    }
)
"""Lowest and highest that a living body shows. What lies outside was mistyped or mismeasured and is left out."""

MERGED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"Sys": ("SysABP", "NISysABP"), "Dias": ("DiasABP", "NIDiasABP"), "Mean": ("MAP", "NIMAP")}
)
"""Pressures by cannula and by cuff are one quantity; where both were found they lie side by side."""


def course(found: Mapping[str, Series]) -> Course:
    """`found` without what cannot be, each quantity in order of time, and pressures of either kind as one."""
    clean = {name: _clean(name, *series) for name, series in found.items()}
    for merged, kinds in MERGED.items():
        parts = [clean[kind] for kind in kinds if kind in clean]
        if parts:
            clean[merged] = _in_order(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return {name: series for name, series in clean.items() if len(series[0])}


def _clean(name: str, hours: Array, values: Array) -> Series:
    if name == "pH":
        # 735 and 73.5 were meant to be 7.35.
        values = np.where(values > 100, values / 100, np.where(values > 10, values / 10, values))
    if name == "FiO2":
        values = np.where(values > 1.5, values / 100, values)  # in percent
    low, high = PLAUSIBLE.get(name, (-np.inf, np.inf))
    good = np.isfinite(values) & (values >= low) & (values <= high)
    return _in_order(hours[good], values[good])


def _in_order(hours: Array, values: Array) -> Series:
    order = np.argsort(hours, kind="stable")
    return hours[order], values[order]
