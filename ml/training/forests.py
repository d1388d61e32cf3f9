"""Boosted trees, fitted and turned into ONNX: what the models of `ml.signals` have in common."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import xgboost
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

from ml.signals.beat_waves import Floats

OPSET: Final = 15
SEED: Final = 57


@dataclass(frozen=True)
class Settings:
    n_estimators: int
    max_depth: int
    learning_rate: float
    min_child_weight: float
    reg_lambda: float = 5.0
    subsample: float = 0.7
    colsample_bytree: float = 0.4


class Forest(Protocol):
    def predict_proba(self, rows: Floats) -> Floats: ...


@dataclass(frozen=True)
class Examples:
    """(n,) rows of a model's input with their classes as numbers and what each counts; `persons`: whose all of them
    are. `measured`: figures may be measured on them (they are recorded, and labelled by experts)."""

    persons: frozenset[str]
    rows: Floats
    labels: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    measured: bool = False

    def take(self, which: npt.NDArray[np.bool_]) -> "Examples":
        return Examples(self.persons, self.rows[which], self.labels[which], self.weights[which], self.measured)


def fit(examples: Sequence[Examples], classes: int, settings: Settings) -> xgboost.XGBClassifier:
    weights = np.concatenate([each.weights for each in examples])
    forest = xgboost.XGBClassifier(
        **asdict(settings),
        objective="multi:softprob" if classes > 2 else "binary:logistic",
        tree_method="hist",
        max_bin=128,
        n_jobs=1,
        random_state=SEED,
    )
    forest.fit(
        np.concatenate([each.rows for each in examples]),
        np.concatenate([each.labels for each in examples]),
        sample_weight=weights / weights.mean(),
    )
    return forest


def folds(persons: Sequence[str], count: int) -> list[frozenset[str]]:
    """`persons`, those with most to find first, dealt out so that every fold has some of each."""
    return [frozenset(persons[start::count]) for start in range(min(count, len(persons)))]


def without(examples: Sequence[Examples], held_out: frozenset[str]) -> list[Examples]:
    """Those in which nobody of `held_out` has a part."""
    return [each for each in examples if not each.persons & held_out]


def onnx(forest: xgboost.XGBClassifier, inputs: int) -> bytes:
    model = convert_xgboost(forest, initial_types=[("rows", FloatTensorType([None, inputs]))], target_opset=OPSET)
    return bytes(model.SerializeToString())
