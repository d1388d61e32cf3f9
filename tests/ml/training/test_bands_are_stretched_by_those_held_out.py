"""Quantiles that are too near the median are drawn apart by what came to persons held out, also in the ONNX."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="fits models: `make train` installs what it takes")
pytest.importorskip("onnx")

from ml import artifacts
from ml.training.quantile_trees import as_onnx, fit, predict, stretched, widths

LEVELS = (0.05, 0.5, 0.95)
NORMAL = np.array([-1.645, 0.0, 1.645])


def test_too_narrow_a_band_becomes_as_wide_as_it_should_be() -> None:
    came = np.random.default_rng(3).normal(size=20_000)
    narrow = np.tile(0.8 * NORMAL, (len(came), 1))
    found = widths(narrow, came, np.ones(len(came)), LEVELS)
    assert found == pytest.approx([1.25, 1.0, 1.25], abs=0.05)
    low, _, high = stretched(narrow, LEVELS, found).T
    assert np.mean((came > low) & (came < high)) == pytest.approx(0.9, abs=0.01)


def test_what_is_right_is_left_and_the_median_always() -> None:
    came = np.random.default_rng(4).normal(size=20_000)
    right = np.tile(NORMAL, (len(came), 1))
    found = widths(right, came, np.ones(len(came)), LEVELS)
    assert found == pytest.approx([1.0, 1.0, 1.0], abs=0.04)
    assert stretched(right + 3.0, LEVELS, found)[0, 1] == pytest.approx(3.0)


def test_the_graph_gives_what_the_trees_give_stretched() -> None:
    generator = np.random.default_rng(5)
    rows = generator.normal(size=(600, 4)).astype(np.float32)
    target = rows[:, 0] + (0.3 + (rows[:, 1] > 0)) * generator.normal(size=600)
    models = fit(rows, target, np.ones(600), LEVELS)
    own = np.array([1.3, 1.0, 0.9])
    session = artifacts.onnxruntime.InferenceSession(
        as_onnx(models, 4, LEVELS, own), providers=["CPUExecutionProvider"]
    )
    (given,) = session.run(None, {"rows": rows})
    assert np.sort(given, axis=1) == pytest.approx(stretched(predict(models, rows), LEVELS, own), abs=1e-4)
