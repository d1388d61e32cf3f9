"""Figures of a predicted probability against what happened."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Array = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.bool_]
DRAWS: Final = 1000
SEED: Final = 2012
_CLIP: Final = 1e-6


def auroc(score: Array, happened: Outcomes) -> float:
    """Area under the receiver operating characteristic, ties counted half; scores that are not a number are left
    out."""
    known = np.isfinite(score)
    score, happened = score[known], happened[known]
    positives, negatives = int(happened.sum()), int((~happened).sum())
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[happened].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def logit(probability: Array) -> Array:
    clipped = np.clip(probability, _CLIP, 1 - _CLIP)
    return np.asarray(np.log(clipped / (1 - clipped)))


def calibration(probability: Array, happened: Outcomes) -> tuple[float, float]:
    """Slope and intercept of the logistic regression of the outcome on the log-odds predicted (Cox 1958): 1 and 0 are
    perfect; a slope below 1 is too extreme, an intercept above 0 predicts too little. By Newton's method."""
    design = np.column_stack((logit(probability), np.ones(len(happened))))
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-design @ weights))
        hessian = (design * (expected * (1 - expected))[:, None]).T @ design
        step = np.linalg.solve(hessian + 1e-9 * np.eye(2), design.T @ (happened - expected))
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return float(weights[0]), float(weights[1])


def brier(probability: Array, happened: Outcomes) -> float:
    return float(np.mean((probability - happened) ** 2))


def sensitivity_and_precision(alarmed: Outcomes, happened: Outcomes) -> tuple[float, float]:
    hit = int((alarmed & happened).sum())
    return hit / max(1, int(happened.sum())), hit / max(1, int(alarmed.sum()))


def best_threshold(probability: Array, happened: Outcomes) -> float:
    """Where the lesser of sensitivity and precision is greatest (event 1 of the 2012 Challenge)."""
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(happened[order])
    lesser = np.minimum(hits / max(1, int(happened.sum())), hits / np.arange(1, len(order) + 1))
    return float(probability[order[int(np.argmax(lesser))]])


def interval(figure: Callable[[Array, Outcomes], float], score: Array, happened: Outcomes) -> tuple[float, float]:
    """95 % percentile bootstrap interval over stays, each of which is a patient's."""
    generator = np.random.default_rng(SEED)
    figures = []
    for _ in range(DRAWS):
        drawn = generator.integers(0, len(score), len(score))
        figures.append(figure(score[drawn], happened[drawn]))
    low, high = np.nanpercentile(figures, (2.5, 97.5))
    return float(low), float(high)


def summary(probability: Array, happened: Outcomes, *, threshold: float) -> dict[str, Any]:
    """All of them. `threshold` was chosen elsewhere; the best of these very stays is told beside it."""
    slope, intercept = calibration(probability, happened)
    at = sensitivity_and_precision(probability >= threshold, happened)
    best = sensitivity_and_precision(probability >= best_threshold(probability, happened), happened)
    return {
        "stays": len(happened),
        "died": int(happened.sum()),
        "auroc": auroc(probability, happened),
        "auroc_95": interval(auroc, probability, happened),
        "calibration_slope": slope,
        "calibration_slope_95": interval(lambda p, y: calibration(p, y)[0], probability, happened),
        "calibration_intercept": intercept,
        "brier": brier(probability, happened),
        "min_se_ppv": min(at),
        "sensitivity": at[0],
        "ppv": at[1],
        "min_se_ppv_best_threshold": min(best),
    }
