"""The figures of the model before `beats`: what it lets pass is counted by class and by person."""

import numpy as np
import pytest

from ml import artifacts
from ml.signals.beat_features import PLAIN_NAMES
from ml.signals.beats import CLASSES

beats_plain = pytest.importorskip(
    "ml.training.beats_plain", reason="no xgboost: fitting needs requirements/laboratory.txt"
)
examples = pytest.importorskip("ml.training.examples")


def test_ectopic_beats_that_were_called_plain_are_told_of_their_person() -> None:
    def record(person: str, classes: str) -> list[object]:
        labels = np.array([CLASSES.index(each) for each in classes])
        rows = np.zeros((len(labels), len(PLAIN_NAMES)), np.float32)
        return [examples.Examples(frozenset({person}), rows, labels, np.ones(len(labels)), True)]

    records = [record("101", "NNNV"), record("118", "NSNN"), record("102", "QQ")]
    plain = [np.array([1, 1, 0, 1]), np.array([1, 0, 1, 1]), np.array([1, 1])]
    found = beats_plain.figures(records, [each.astype(bool) for each in plain])
    assert found["of_beats"] == 8  # 102 is paced
    assert found["share_of_class"] == {"N": 5 / 6, "S": 0.0, "V": 1.0}
    assert found["by_person"] == {"101": 1}


def test_on_persons_held_out_hardly_a_premature_beat_is_called_plain() -> None:
    figures = artifacts.load("beats_plain").card["figures"]
    assert figures["share_called_plainly_normal"] > 0.6
    assert figures["share_of_class"]["V"] < 0.03
    assert figures["share_of_class"]["S"] < 0.08
