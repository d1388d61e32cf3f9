"""Fits the glimpse and the three looks at a candidate, each on what it will really be asked.

The second look reads scores of the first; were those of persons the first was fitted on, they would be too good. So
persons are halved, and each half's scores are given by models of the other half (stacking, Wolpert 1992).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xgboost
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

from ml.signals.filters import WaveArray
from ml.signals.qrs_judges import Judge
from ml.training.ecg_lanes import Lane
from ml.training.r_peak_rows import Rows, rows_of

Booster = Any

# Of the glimpse, then of each look. Nearly every candidate costs a glimpse; one in ten of a quiet lead costs a look.
TREES: Final = (14, 60, 100, 250)
DEPTH: Final = (6, 8, 7, 7)
RATE: Final = (0.45, 0.15, 0.1, 0.05)
OF_INPUTS: Final = (1.0, 1.0, 1.0, 0.5)  # what share of its inputs each tree is given: the last look has many
JUDGES: Final = len(TREES)
SEED: Final = 11


@dataclass(frozen=True)
class Looks:
    boosters: tuple[Booster, ...]

    @property
    def judges(self) -> tuple[Judge, ...]:
        return tuple(as_judge(booster) for booster in self.boosters)

    def onnx(self, judge: int) -> bytes:
        booster = self.boosters[judge]
        columns = [("rows", FloatTensorType([None, booster.num_features()]))]
        return bytes(convert_xgboost(booster, initial_types=columns).SerializeToString())


def as_judge(booster: Booster) -> Judge:
    def logits(rows: WaveArray) -> WaveArray:
        return np.asarray(booster.inplace_predict(rows, predict_type="margin", missing=np.nan), dtype=np.float32)

    return logits


def no_judge(rows: WaveArray) -> WaveArray:
    """Of looks that come later than the one that is being fitted."""
    return np.zeros(len(rows), np.float32)


def fit_looks(lanes: Sequence[Lane]) -> Looks:
    """Of lanes of several persons ("" is nobody: noise). A lane of two persons of different halves is left out."""
    half = _halves(lanes)
    groups = [[lane for lane in lanes if all(half[one] == which for one in lane.persons)] for which in (0, 1)]
    whole: list[Booster] = []
    of_half: list[list[Booster]] = [[], []]  # fitted on persons outside that half
    for judge in range(JUDGES):
        rows = [_rows(group, judge, of_half[which]) for which, group in enumerate(groups)]
        whole.append(_fit(Rows.join(rows), judge))
        for which in (0, 1) if judge + 1 < JUDGES else ():  # nobody reads the last one's
            of_half[which].append(_fit(rows[1 - which], judge))
    return Looks(tuple(whole))


def _rows(lanes: Sequence[Lane], judge: int, before: Sequence[Booster]) -> Rows:
    judges = [*(as_judge(booster) for booster in before), *[no_judge] * (JUDGES - len(before))]
    return rows_of(lanes, judge, judges)


def _halves(lanes: Sequence[Lane]) -> dict[str, int]:
    persons = sorted({one for lane in lanes for one in lane.persons})
    shuffled = np.random.default_rng(SEED).permutation(persons)
    return {str(person): k % 2 for k, person in enumerate(shuffled)}


def _fit(rows: Rows, judge: int) -> Booster:
    return fit(rows, TREES[judge], DEPTH[judge], RATE[judge], OF_INPUTS[judge])


def fit(rows: Rows, trees: int, depth: int, rate: float, of_inputs: float) -> Booster:
    settings: dict[str, Any] = {
        "objective": "binary:logistic",
        "base_score": 0.5,
        "tree_method": "hist",
        "max_bin": 128,
        "max_depth": depth,
        "eta": rate,
        "min_child_weight": 10,
        "subsample": 0.6,
        "colsample_bytree": of_inputs,
        "colsample_bynode": 0.4,
        "lambda": 4.0,
        "nthread": 1,
        "seed": SEED,
    }
    matrix = xgboost.QuantileDMatrix(rows.inputs, np.asarray(rows.beat, dtype=np.float32), max_bin=128)
    return xgboost.train(settings, matrix, trees)
