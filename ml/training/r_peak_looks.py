"""Fits the three looks at a candidate, each on what it will really read.

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

from ml.signals.candidate_table import LOOKS
from ml.signals.filters import BoolArray, WaveArray
from ml.signals.qrs_judges import Judge
from ml.training.ecg_lanes import Lane
from ml.training.r_peak_rows import Rows, rows_of

Booster = Any

# Trees are few and deep: a look costs trees x depth for each row.
TREES: Final = (36, 50, 50)
DEPTH: Final = (8, 7, 7)
RATE: Final = (0.2, 0.15, 0.15)
SEED: Final = 11


@dataclass(frozen=True)
class Looks:
    boosters: tuple[Booster, ...]

    @property
    def judges(self) -> tuple[Judge, ...]:
        return tuple(as_judge(booster) for booster in self.boosters)

    def onnx(self, look: int) -> bytes:
        booster = self.boosters[look]
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
    """Of lanes of several persons ("" is nobody: noise)."""
    half = _halves(lanes)
    groups = [[lane for lane in lanes if half[lane.person] == which] for which in (0, 1)]
    whole: list[Booster] = []
    of_half: list[list[Booster]] = [[], []]  # fitted on persons outside that half
    for look in range(LOOKS):
        rows = [_rows(group, look, of_half[which]) for which, group in enumerate(groups)]
        whole.append(_fit(Rows.join(rows), look))
        for which in (0, 1):
            of_half[which].append(_fit(rows[1 - which], look))
    return Looks(tuple(whole))


def _rows(lanes: Sequence[Lane], look: int, before: Sequence[Booster]) -> Rows:
    judges = [*(as_judge(booster) for booster in before), *[no_judge] * (LOOKS - len(before))]
    return rows_of(lanes, look, judges)


def _halves(lanes: Sequence[Lane]) -> dict[str, int]:
    persons = sorted({lane.person for lane in lanes})
    shuffled = np.random.default_rng(SEED).permutation(persons)
    return {str(person): k % 2 for k, person in enumerate(shuffled)}


def _fit(rows: Rows, look: int) -> Booster:
    return fit(rows.inputs, rows.beat, TREES[look], DEPTH[look], RATE[look])


def fit(inputs: WaveArray, beat: BoolArray, trees: int, depth: int, rate: float) -> Booster:
    settings: dict[str, Any] = {
        "objective": "binary:logistic",
        "base_score": 0.5,
        "tree_method": "hist",
        "max_bin": 128,
        "max_depth": depth,
        "eta": rate,
        "min_child_weight": 10,
        "subsample": 0.6,
        "colsample_bynode": 0.4,
        "lambda": 4.0,
        "nthread": 1,
        "seed": SEED,
    }
    matrix = xgboost.QuantileDMatrix(inputs, np.asarray(beat, dtype=np.float32), max_bin=128)
    return xgboost.train(settings, matrix, trees)
