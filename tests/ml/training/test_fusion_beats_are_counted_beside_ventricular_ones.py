"""The model after `beats` is judged by what it calls F of beats annotated V or F, and decides between those alone."""

import numpy as np
import pytest

from ml import artifacts
from ml.signals.beat_features import NAMES
from ml.signals.beats import CLASSES, FUSED, decide, with_fusions

beats_fusion = pytest.importorskip(
    "ml.training.beats_fusion", reason="no xgboost: fitting needs requirements/laboratory.txt"
)
examples = pytest.importorskip("ml.training.examples")


def record(person: str, classes: str) -> list[object]:
    labels = np.array([CLASSES.index(each) for each in classes])
    rows = np.zeros((len(labels), len(NAMES)), np.float32)
    return [examples.Examples(frozenset({person}), rows, labels, np.ones(len(labels)), True)]


def test_of_each_class_it_is_counted_how_many_are_called_fusions() -> None:
    records = [record("208", "NVVVVVFFFFF"), record("101", "VF")]
    fused = [np.array([1, 0, 0, 0, 0, 1, 1, 1, 1, 0, FUSED]), np.array([0.0, 1.0])]
    found = beats_fusion.figures(records, fused)
    assert found["beats_and_called_f"] == {"V": [6, 1], "F": [6, 4]}
    assert found["by_person"] == {"208": {"V": [5, 1], "F": [5, 3]}}


def test_only_what_is_v_or_f_is_decided_anew() -> None:
    told = np.array([[0.1, 0.0, 0.5, 0.4, 0.0], [0.1, 0.0, 0.5, 0.4, 0.0], [0.8, 0.0, 0.1, 0.1, 0.0]], np.float32)
    after = with_fusions(told, np.array([0.9, 0.2, 0.9], np.float32))
    assert decide(after).tolist() == ["F", "V", "N"]
    assert after.sum(axis=1) == pytest.approx(told.sum(axis=1))


def test_on_persons_held_out_most_ventricular_beats_stay_ventricular() -> None:
    figures = artifacts.load("beats_fusion").card["figures"]["beats_and_called_f"]
    assert figures["V"][1] < 0.05 * figures["V"][0]
    assert figures["F"][1] > 0.4 * figures["F"][0]
