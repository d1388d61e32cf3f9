"""Boosted quantile trees as ONNX: one ensemble of all levels, as one graph (n, inputs) -> (n, levels).

Trees that were fitted on some persons are too sure of others. So each quantile's distance from the median is stretched
by what is best on forecasts of persons whom the trees had not seen (`widths`).
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.ensemble import HistGradientBoostingRegressor

OPSET: Final = 17
ML_OPSET: Final = 3
WIDTHS: Final = np.arange(0.8, 1.5, 0.02)
MEDIAN: Final = 0.5
Rows = npt.NDArray[np.float32]
Vector = npt.NDArray[np.float64]
PARAMETERS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "max_iter": 90,
        "learning_rate": 0.09,
        "max_leaf_nodes": 12,
        "min_samples_leaf": 200,
        "l2_regularization": 1.0,
        "random_state": 0,
    }
)


def fit(
    rows: Rows,
    target: Vector,
    weight: Vector,
    levels: Sequence[float],
    parameters: Mapping[str, Any] = PARAMETERS,
) -> list[HistGradientBoostingRegressor]:
    """One model a level."""
    return [
        HistGradientBoostingRegressor(loss="quantile", quantile=level, **parameters).fit(rows, target, weight)
        for level in levels
    ]


def predict(models: Sequence[Any], rows: Rows) -> Vector:
    """(n, levels), as the trees have it: neither stretched nor in order."""
    return np.stack([model.predict(rows) for model in models], axis=1)


def stretched(quantiles: Vector, levels: Sequence[float], widths: Vector) -> Vector:
    """(n, levels), in order."""
    return np.sort(quantiles @ _about_median(levels, widths), axis=1)


def widths(quantiles: Vector, came: Vector, weight: Vector, levels: Sequence[float]) -> Vector:
    """(levels,): by how much the distance of each from the median is to be stretched, by the pinball loss of `came`
    (n,) in forecasts of persons whom the trees had not seen."""
    median = quantiles[:, levels.index(MEDIAN)]
    return np.array([
        _best_width(quantiles[:, place] - median, came - median, weight, level) if level != MEDIAN else 1.0
        for place, level in enumerate(levels)
    ])  # fmt: skip


def _best_width(away: Vector, came: Vector, weight: Vector, level: float) -> float:
    def loss(width: float) -> float:
        short = came - width * away
        return float(weight @ np.maximum(level * short, (level - 1.0) * short))

    return float(min(WIDTHS, key=loss))


def _about_median(levels: Sequence[float], widths: Vector) -> Vector:
    """(levels, levels): what quantiles are multiplied by, so that each is so many times as far from the median."""
    matrix = np.diag(widths)
    matrix[levels.index(MEDIAN)] += 1.0 - widths
    return matrix


def as_onnx(models: Sequence[Any], inputs: int, levels: Sequence[float], widths: Vector) -> bytes:
    nodes: dict[str, Any] = {}
    for tree, (level, table) in enumerate(_trees(models)):
        for name, values in _attributes(tree, level, table).items():
            nodes.setdefault(name, []).extend(values)
    ensemble = helper.make_node(
        "TreeEnsembleRegressor",
        ["rows"],
        ["told"],
        domain="ai.onnx.ml",
        n_targets=len(models),
        post_transform="NONE",
        base_values=[float(np.ravel(model._baseline_prediction)[0]) for model in models],
        **nodes,
    )
    about_median = numpy_helper.from_array(_about_median(levels, widths).astype(np.float32), "about_median")
    graph = helper.make_graph(
        [ensemble, helper.make_node("MatMul", ["told", "about_median"], ["quantiles"])],
        "quantiles",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, inputs])],
        [helper.make_tensor_value_info("quantiles", TensorProto.FLOAT, [None, len(models)])],
        [about_median],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    built = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(built)
    encoded: bytes = built.SerializeToString()
    return encoded


def _trees(models: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """The level and the nodes of each tree."""
    for level, model in enumerate(models):
        for (predictor,) in model._predictors:
            yield level, predictor.nodes


def _attributes(tree: int, level: int, table: Any) -> dict[str, list[Any]]:
    leaf = table["is_leaf"].astype(bool)
    leaves = np.flatnonzero(leaf)
    # Thresholds are between values in double precision; the nearest below in single keeps each value on its side.
    threshold = np.where(leaf, 0.0, table["num_threshold"])
    single = threshold.astype(np.float32)
    single = np.where(single > threshold, np.nextafter(single, np.float32(-np.inf)), single)
    return {
        "nodes_treeids": [tree] * len(table),
        "nodes_nodeids": list(range(len(table))),
        "nodes_featureids": np.where(leaf, 0, table["feature_idx"]).tolist(),
        "nodes_modes": ["LEAF" if each else "BRANCH_LEQ" for each in leaf],
        "nodes_values": single.tolist(),
        "nodes_truenodeids": np.where(leaf, 0, table["left"]).astype(int).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, table["right"]).astype(int).tolist(),
        "nodes_missing_value_tracks_true": table["missing_go_to_left"].astype(int).tolist(),
        "target_treeids": [tree] * len(leaves),
        "target_nodeids": leaves.tolist(),
        "target_ids": [level] * len(leaves),
        "target_weights": table["value"][leaves].tolist(),
    }
