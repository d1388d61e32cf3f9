"""Boosted trees, fitted and turned into ONNX: what the models of `ml.signals` have in common."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Protocol

import numpy as np
import xgboost
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

from ml.signals.beat_waves import Floats
from ml.training.examples import SEED, Examples

OPSET: Final = 15


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


def onnx(forest: xgboost.XGBClassifier, inputs: int) -> bytes:
    model = convert_xgboost(forest, initial_types=[("rows", FloatTensorType([None, inputs]))], target_opset=OPSET)
    return bytes(model.SerializeToString())
