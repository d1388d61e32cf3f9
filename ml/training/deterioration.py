"""Fits the risk of death in hospital on the intensive care stays of the 2012 PhysioNet Challenge, and measures it on
stays held out: nested cross-validation by stay (each is another person's), twice, in which the inner folds choose the
parameters, the recalibration and the threshold. What is shipped is then fitted, by the same choice, on all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold
from xgboost import XGBClassifier

from ml.evaluate import baselines
from ml.evaluate.binary import auroc, best_threshold, calibration, interval, sensitivity_and_precision, summary
from ml.evaluate.stays import Stay, stays
from ml.scoring.course_features import ALL, UNITS, WARD, about, rows
from ml.scoring.deterioration import ALL_INPUTS, VITALS_ONLY
from ml.training.boosting import as_onnx, mean_log_odds
from ml.training.shipping import Card, Input, ship

OUTER: Final = 5
INNER: Final = 5
COMPARED: Final = 2
"""In how many of the inner folds the candidates are compared; the rest are of the one that was chosen."""
REPEATS: Final = 2
SEEDS: Final = 1
"""How many models of different seeds are blended; a second one was no better on held-out stays."""
COMMON: Final = {"tree_method": "hist", "max_bin": 64, "n_jobs": 1, "subsample": 0.6, "reg_lambda": 5.0}
CANDIDATES: Final = (
    {"n_estimators": 500, "max_depth": 4, "learning_rate": 0.025, "min_child_weight": 5, "colsample_bynode": 0.15},
    {"n_estimators": 500, "max_depth": 3, "learning_rate": 0.035, "min_child_weight": 5, "colsample_bynode": 0.15},
)
LIMITS: Final = (
    "Learned from adults in four kinds of intensive care of one American hospital, 2001 to 2008. Not validated for "
    "wards, for homes, for children, or for today's care.",
    "The outcome is death in hospital, which care itself changes: a low risk is one that was treated.",
    "Fitted on courses of 48 h. Given less of them it does worse, and below 24 h it is too extreme (docs/scores.md).",
    "It ranks people; it is no ground for giving up or for leaving out anything. It mutes no alarm.",
)

Table = npt.NDArray[np.float32]
Outcomes = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """`slope`, `intercept` recalibrate the mean log-odds of `models`; `threshold` is one of probability."""

    models: list[Any]
    slope: float
    intercept: float
    threshold: float
    chosen: int

    def probability(self, table: Table) -> Vector:
        odds = self.slope * mean_log_odds(self.models, table) + self.intercept
        return np.asarray(1 / (1 + np.exp(-odds)))


def train(data: Path) -> Path:
    """Both models and their cards; the path of the first card."""
    found = stays(data)
    died = np.array([stay.died for stay in found])
    everything = rows([stay.course for stay in found], ALL)
    of_ward = everything[:, [ALL.index(name) for name in WARD]]
    path = _train(found, died, ALL_INPUTS, ALL, everything)
    _train(found, died, VITALS_ONLY, WARD, of_ward)
    return path


def _train(found: Sequence[Stay], died: Outcomes, name: str, inputs: tuple[str, ...], table: Table) -> Path:
    figures = _measure(table, died, found)
    fitted = fit(table, died, seed=0)
    onnx = as_onnx(fitted.models, len(inputs), slope=fitted.slope, intercept=fitted.intercept)
    figures |= {"threshold": fitted.threshold, "trained_on": _whom(found), "parameters": CANDIDATES[fitted.chosen]}
    return ship(onnx, _card(name, inputs, table[~died], figures))


def fit(table: Table, died: Outcomes, *, seed: int) -> Fitted:
    """Inner cross-validation chooses; its held-out log-odds recalibrate and set the threshold."""
    folds = list(StratifiedKFold(INNER, shuffle=True, random_state=seed).split(table, died))
    held_out = [_held_out_odds(table, died, parameters, folds[:COMPARED]) for parameters in CANDIDATES]
    compared = np.concatenate([outside for _, outside in folds[:COMPARED]])
    chosen = int(np.argmax([auroc(odds[compared], died[compared]) for odds in held_out]))
    odds = held_out[chosen] + _held_out_odds(table, died, CANDIDATES[chosen], folds[COMPARED:])
    slope, intercept = calibration(1 / (1 + np.exp(-odds)), died)
    calibrated = 1 / (1 + np.exp(-(slope * odds + intercept)))
    models = _boost(table, died, CANDIDATES[chosen])
    return Fitted(models, slope, intercept, best_threshold(calibrated, died), chosen)


def _held_out_odds(table: Table, died: Outcomes, parameters: dict[str, Any], folds: Sequence[Any]) -> Vector:
    """The log-odds of the stays outside of each fold by a model of those inside; 0 for all others."""
    odds = np.zeros(len(died))
    for inside, outside in folds:
        odds[outside] = mean_log_odds(_boost(table[inside], died[inside], parameters), table[outside])
    return odds


def _boost(table: Table, died: Outcomes, parameters: dict[str, Any]) -> list[Any]:
    return [XGBClassifier(**COMMON, **parameters, random_state=seed).fit(table, died) for seed in range(SEEDS)]


def _measure(table: Table, died: Outcomes, found: Sequence[Stay]) -> dict[str, Any]:
    """Figures on held-out stays: of each repeat all stays once; the first one's with intervals."""
    repeats = [_held_out(table, died, seed=seed) for seed in range(1, REPEATS + 1)]
    first, alarmed = repeats[0]
    sensitivity, precision = sensitivity_and_precision(alarmed, died)
    held_against = {"saps_1": baselines.saps(found), "news2": baselines.news2(found)}
    return {
        "held_out": summary(first, died, threshold=0.5)
        | {"sensitivity": sensitivity, "ppv": precision, "min_se_ppv": min(sensitivity, precision)},
        "auroc_of_each_repeat": [auroc(given, died) for given, _ in repeats],
        "baselines_auroc": {name: auroc(score, died) for name, score in held_against.items()},
        "baselines_auroc_95": {name: interval(auroc, score, died) for name, score in held_against.items()},
    }


def _held_out(table: Table, died: Outcomes, *, seed: int) -> tuple[Vector, Outcomes]:
    """The probability of each stay by a model that has not seen it, and whether that model's threshold is passed."""
    probability, alarmed = np.zeros(len(died)), np.zeros(len(died), dtype=bool)
    for number, (inside, outside) in enumerate(
        StratifiedKFold(OUTER, shuffle=True, random_state=seed).split(table, died)
    ):
        fitted = fit(table[inside], died[inside], seed=seed)
        probability[outside] = fitted.probability(table[outside])
        alarmed[outside] = probability[outside] >= fitted.threshold
        print(f"repeat {seed}, fold {number + 1}: AUROC {auroc(probability[outside], died[outside]):.4f}", flush=True)
    return probability, alarmed


def _whom(found: Sequence[Stay]) -> dict[str, Any]:
    """By number, so that an evaluation can tell the stays it was fitted on from others."""
    numbers = [stay.record for stay in found]
    return {"set": "set-a", "stays": len(numbers), "first": min(numbers), "last": max(numbers)}


def _card(name: str, inputs: tuple[str, ...], survivors: Table, figures: dict[str, Any]) -> Card:
    typical = np.nanmedian(survivors, axis=0)
    return Card(
        name=name,
        purpose="Risk of death in hospital from the first 48 h of a stay"
        + (", with the vital signs that a ward has" if name == VITALS_ONLY else ""),
        method="gradient-boosted trees (XGBoost), logistic recalibration on held-out folds; missing inputs are passed "
        "as missing",
        classes=("survived", "died"),
        inputs=tuple(
            Input(one, UNITS[one.partition(".")[0]], about(one), None if np.isnan(usual) else round(float(usual), 4))
            for one, usual in zip(inputs, typical, strict=True)
        ),
        data="PhysioNet/Computing in Cardiology Challenge 2012, set A: 4,000 intensive care stays (ODC-By 1.0)",
        split=f"{REPEATS} times {OUTER}-fold by stay, parameters, recalibration and threshold chosen in {INNER} inner "
        "folds; the shipped model is fitted on all stays; which figures are given and the two candidates were settled "
        "before by trials on the same stays, so that all this is a little optimistic",
        figures=figures,
        limits=LIMITS,
    )
