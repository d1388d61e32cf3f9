"""The training itself, small: two made-up persons are enough to learn that a T wave is no beat."""

from typing import Any

import numpy as np
import pytest

from ml.signals.ecg import detect_r_peaks
from tests.ml.signals.synthetic import ecg_mv, matched, noise, regular_s

looks = pytest.importorskip("ml.training.r_peak_looks", reason="no xgboost: fitting needs requirements/laboratory.txt")
ecg_lanes = pytest.importorskip("ml.training.ecg_lanes")
r_peaks = pytest.importorskip("ml.training.r_peaks")


def lane(person: str, rate_per_min: float, seed: int) -> Any:
    beats_s = regular_s(rate_per_min, 30)
    signal = ecg_mv(beats_s, 30, 250.0) + noise(7500, 0.03, seed)
    return ecg_lanes.Lane(person, 250.0, signal, np.rint(beats_s * 250).astype(np.int64), [])


def test_the_looks_that_were_fitted_find_a_third_persons_beats() -> None:
    lanes = [lane(str(k % 4), 55 + 5 * k, seed=k) for k in range(12)]
    fitted = looks.fit_looks(lanes)
    unseen = lane("unseen", 71, seed=99)
    found = detect_r_peaks(unseen.signal_mv, 250.0, fitted.judges) / 250
    assert matched(found, unseen.beats / 250, within_s=0.012)
    assert all(len(fitted.onnx(judge)) > 1000 for judge in range(4))


def test_what_a_judge_reads_is_what_the_model_takes() -> None:
    for judge in range(4):
        names = r_peaks.input_names(judge)
        assert len(names) == len(set(names))
