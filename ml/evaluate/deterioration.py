"""The learned risk of death in hospital on intensive care stays: of the shipped models, as they are.

Stays that a model was fitted on are told apart by their number: figures on those only say that the file works. What
the models do on stays that they have not seen is on their cards (nested cross-validation), and here wherever the folder
holds others.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml import artifacts
from ml.evaluate import baselines
from ml.evaluate.binary import auroc, summary
from ml.evaluate.stays import Stay, stays
from ml.scoring.course_features import ALL, rows
from ml.scoring.deterioration import ALL_INPUTS, VITALS_ONLY

FEWEST: Final = 50
"""Of fewer stays only the AUROC is told."""
HEADLINE: Final = ("auroc", "auroc_95", "calibration_slope", "calibration_intercept", "brier", "min_se_ppv")


def evaluate(data: Path) -> dict[str, Any]:
    """Figures of both models, on seen and on unseen stays apart, beside SAPS-I and NEWS2 on the same."""
    found = stays(data)
    report: dict[str, Any] = {
        "set": "PhysioNet/Computing in Cardiology Challenge 2012, first 48 h; outcome: death in hospital",
        "stays": len(found),
        "died": sum(stay.died for stay in found),
    }
    table = rows([stay.course for stay in found], ALL)
    each = {name: _of_model(name, found, table) for name in (ALL_INPUTS, VITALS_ONLY)}
    report |= _headline(each[ALL_INPUTS])
    return report | {f"{name}_{part}": figures for name, parts in each.items() for part, figures in parts.items()}


def _headline(parts: dict[str, Any]) -> dict[str, Any]:
    """The figures that may be quoted: of stays that the model has not seen, here or when it was trained."""
    unseen = parts.get("unseen")
    figures = unseen or parts["held_out_by_card"]
    of = "stays here that the model has not seen" if unseen else "stays held out when it was trained (its card)"
    return {"figures_of": of, **{name: figures[name] for name in HEADLINE if name in figures}}


def _of_model(name: str, found: Sequence[Stay], table: npt.NDArray[np.float32]) -> dict[str, Any]:
    model = artifacts.load(name)
    card = model.card
    seen = _seen(card["figures"]["trained_on"], found)
    given = model.probabilities(table[:, [ALL.index(each) for each in model.inputs]])[:, 1].astype(np.float64)
    figures: dict[str, Any] = {"trained_on": card["figures"]["trained_on"]}
    for part, wanted in (("unseen", ~seen), ("seen_in_training", seen)):
        if wanted.any():
            figures[part] = _figures(
                given[wanted], [stay for stay, take in zip(found, wanted, strict=True) if take], card
            )
    held_out = card["figures"]["held_out"]
    figures["held_out_by_card"] = {key: value for key, value in held_out.items() if not isinstance(value, list)}
    return figures


def _seen(trained_on: dict[str, Any], found: Sequence[Stay]) -> npt.NDArray[np.bool_]:
    """The sets of the Challenge have numbers that do not overlap."""
    return np.array([trained_on["first"] <= stay.record <= trained_on["last"] for stay in found])


def _figures(given: npt.NDArray[np.float64], of: Sequence[Stay], card: dict[str, Any]) -> dict[str, Any]:
    died = np.array([stay.died for stay in of])
    held_against = {"saps_1_auroc": auroc(baselines.saps(of), died), "news2_auroc": auroc(baselines.news2(of), died)}
    if len(of) < FEWEST or died.all() or not died.any():
        return {"stays": len(of), "died": int(died.sum()), "auroc": auroc(given, died), **held_against}
    return {**summary(given, died, threshold=card["figures"]["threshold"]), **held_against}
