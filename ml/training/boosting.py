"""Boosted trees as ONNX: several XGBoost models, the mean of their log-odds, recalibrated, as one graph."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper
from onnxmltools.convert import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

OPSET = 17
ML_OPSET = 3
_SMALLEST = 1e-7


def as_onnx(models: Sequence[Any], inputs: int, *, slope: float, intercept: float) -> bytes:
    """Fitted `XGBClassifier`s of two classes over `inputs` columns -> a graph that gives (n, 2): the probability is
    the logistic function of slope x (mean log-odds) + intercept."""
    nodes = []
    for number, model in enumerate(models):
        nodes += _trees(model, inputs, number)
    nodes += _blend(len(models))
    constants = {
        "smallest": [_SMALLEST],
        "largest": [1 - _SMALLEST],
        "one": [1.0],
        "share": [slope / len(models)],
        "intercept": [intercept],
    }
    graph = helper.make_graph(
        nodes,
        "boosted",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, inputs])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])],
        [_constant(name, values) for name, values in constants.items()] + [_column()],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    built = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(built)
    encoded: bytes = built.SerializeToString()
    return encoded


def _trees(model: Any, inputs: int, number: int) -> list[Any]:
    """One model's trees, and its log-odds as `odds_<number>` (n, 1)."""
    converted = convert_xgboost(model, initial_types=[("rows", FloatTensorType([None, inputs]))], target_opset=15)
    (trees,) = [node for node in converted.graph.node if node.op_type == "TreeEnsembleClassifier"]
    trees.input[0] = "rows"
    del trees.output[:]
    trees.output.extend([f"label_{number}", f"both_{number}"])
    trees.name = f"trees_{number}"
    return [
        trees,
        helper.make_node("Gather", [f"both_{number}", "second"], [f"died_{number}"], axis=1),
        helper.make_node("Clip", [f"died_{number}", "smallest", "largest"], [f"clipped_{number}"]),
        helper.make_node("Sub", ["one", f"clipped_{number}"], [f"lived_{number}"]),
        helper.make_node("Div", [f"clipped_{number}", f"lived_{number}"], [f"ratio_{number}"]),
        helper.make_node("Log", [f"ratio_{number}"], [f"odds_{number}"]),
    ]


def _blend(count: int) -> list[Any]:
    return [
        helper.make_node("Sum", [f"odds_{number}" for number in range(count)], ["sum"]),
        helper.make_node("Mul", ["sum", "share"], ["scaled"]),
        helper.make_node("Add", ["scaled", "intercept"], ["odds"]),
        helper.make_node("Sigmoid", ["odds"], ["died"]),
        helper.make_node("Sub", ["one", "died"], ["lived"]),
        helper.make_node("Concat", ["lived", "died"], ["probabilities"], axis=1),
    ]


def _constant(name: str, values: Sequence[float]) -> Any:
    # Clip takes its limits as scalars.
    shape: list[int] = [] if name in ("smallest", "largest") else [1]
    return helper.make_tensor(name, TensorProto.FLOAT, shape, values)


def _column() -> Any:
    return helper.make_tensor("second", TensorProto.INT64, [1], [1])


def mean_log_odds(models: Sequence[Any], rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """(n,), as the graph computes them before recalibration."""
    given = [np.clip(model.predict_proba(rows)[:, 1].astype(np.float64), _SMALLEST, 1 - _SMALLEST) for model in models]
    return np.asarray(np.mean([np.log(died / (1 - died)) for died in given], axis=0))
