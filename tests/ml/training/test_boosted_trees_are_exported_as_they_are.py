"""What ONNX runs is what was fitted: the same probabilities, with missing inputs, several models and recalibration."""

import numpy as np
import pytest

from ml import artifacts

xgboost = pytest.importorskip("xgboost", reason="fits models: `make train` installs what it takes")
pytest.importorskip("onnxmltools")


@pytest.mark.parametrize("count", [1, 3])
def test_the_graph_gives_what_the_models_give(count: int) -> None:
    from ml.training.boosting import as_onnx, mean_log_odds  # noqa: PLC0415 - after the library was found

    generator = np.random.default_rng(1)
    rows = generator.normal(size=(800, 6)).astype(np.float32)
    happened = rows[:, 0] + rows[:, 1] * rows[:, 2] + generator.normal(size=800) > 1
    rows[generator.random(rows.shape) < 0.2] = np.nan
    models = [
        xgboost.XGBClassifier(n_estimators=40, max_depth=3, random_state=seed, subsample=0.7).fit(rows, happened)
        for seed in range(count)
    ]
    onnx = as_onnx(models, 6, slope=0.8, intercept=0.3)
    session = artifacts.onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    (given,) = session.run(None, {"rows": rows})
    expected = 1 / (1 + np.exp(-(0.8 * mean_log_odds(models, rows) + 0.3)))
    assert given.shape == (800, 2)
    assert np.allclose(given[:, 1], expected, atol=1e-5)
    assert np.allclose(given.sum(axis=1), 1.0, atol=1e-6)
