"""A model whose bytes are not those of its card is never run; what a card promises, the model takes."""

import numpy as np
import pytest

from ml import artifacts

SHIPPED = sorted(path.stem for path in artifacts.FOLDER.glob("*.json"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_model_is_the_one_of_its_card(name: str) -> None:
    model = artifacts.load(name)
    given = model.probabilities(np.full((3, len(model.inputs)), np.nan, dtype=np.float32))
    assert given.shape == (3, len(model.card["classes"]))
    if model.card["classes"][0].startswith("quantile"):
        assert np.isfinite(given).all()
    else:
        assert np.allclose(given.sum(axis=1), 1.0, atol=1e-4)
    for said in ("purpose", "data", "split", "figures", "limits"):
        assert model.card[said], said


@pytest.mark.parametrize("name", SHIPPED)
def test_one_changed_byte_is_noticed(name: str) -> None:
    onnx = bytearray((artifacts.FOLDER / f"{name}.onnx").read_bytes())
    onnx[len(onnx) // 2] ^= 1
    with pytest.raises(artifacts.AlteredModel, match=name):
        artifacts.Model(bytes(onnx), artifacts.load(name).card)


@pytest.mark.parametrize("name", SHIPPED)
def test_other_columns_are_refused(name: str) -> None:
    model = artifacts.load(name)
    with pytest.raises(ValueError, match=name):
        model.probabilities(np.zeros((1, len(model.inputs) + 1), dtype=np.float32))
