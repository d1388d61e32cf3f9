"""A beat is told by the shapes that the heart has had for minutes, not by the last sixty beats alone."""

import numpy as np
import pytest

from ml.signals.beat_features import PLAIN_NAMES
from ml.signals.beat_rows import BeatRowBank
from ml.signals.beat_shapes import NAMES, SHAPES, BeatShapes
from ml.signals.beat_waves import LENGTH, MEASURES, QRS, BeatWaves, Floats
from ml.signals.beats import whole
from tests.ml.signals.ectopic import BUMPS, Made, made

RATE_HZ = 250.0


def rows_of(stretch: Made) -> dict[str, np.ndarray]:
    found = BeatRowBank(RATE_HZ, 1, 20.0).push(*whole(stretch.signal_mv[None], RATE_HZ, stretch.r_peaks)).rows
    return {name: found[:, number] for number, name in enumerate(PLAIN_NAMES)}


def letters(stretch: Made) -> np.ndarray:
    return np.array(list(stretch.classes))


def test_a_rhythm_of_a_minute_does_not_become_the_reference() -> None:
    """Seventy ventricular beats in succession: all that is remembered of sixty is ventricular."""
    stretch = made("N" * 120 + "V" * 70 + "N" * 5, RATE_HZ, early=1.0)
    told, last = rows_of(stretch), slice(180, 190)
    assert told["reference_likeness"][last].max() < 0.7
    assert told["reference_likeness"][20:110].min() > 0.95
    assert told["run_of_shape"][189] == pytest.approx(np.log1p(69), abs=1e-3)
    assert told["since_reference"][189] == pytest.approx(np.log1p(69), abs=1e-3)


def test_what_a_shape_has_in_common_is_known_of_its_next_beat() -> None:
    stretch = made("NNNNNV" * 12, RATE_HZ)
    told, ventricular = rows_of(stretch), letters(stretch) == "V"
    later = np.arange(len(ventricular)) > 24
    assert told["shape_early"][ventricular & later].max() < -0.3
    assert told["shape_pause"][ventricular & later].min() > 0.15
    assert np.abs(told["shape_early"][~ventricular & later]).max() < 0.15


def test_bigeminy_does_not_make_the_early_beats_the_reference() -> None:
    stretch = made("NV" * 40, RATE_HZ)
    told, ventricular = rows_of(stretch), letters(stretch) == "V"
    later = np.arange(len(ventricular)) > 10
    assert told["reference_likeness"][ventricular & later].max() < 0.7
    assert told["reference_likeness"][~ventricular & later].min() > 0.9


def test_a_fusion_of_the_two_known_shapes_is_told_from_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ventricular wavefront starts 24 ms before its place, the normal one on time."""
    moved = [(at - 0.024, 0.5 * height, width) for at, height, width in BUMPS["V"]]
    halved = [(at, 0.5 * height, width) for at, height, width in BUMPS["N"]]
    monkeypatch.setitem(BUMPS, "F", (*moved, *halved))
    stretch = made("NNNNNV" * 10 + "NNNF" + "NNNNNNNN", RATE_HZ)
    told, beats = rows_of(stretch), letters(stretch)
    later = np.arange(len(beats)) > 24
    for gain, single in (("gain_on_reference", "N"), ("gain_on_ectopic", "V")):
        assert told[gain][beats == "F"].min() > 0.1
        assert np.nan_to_num(told[gain][(beats == single) & later]).max() < 0.03
    assert 0.2 < told["fusion_share"][beats == "F"][0] < 0.8
    assert told["fusion_share"][(beats == "V") & later].max() < 0.15
    assert told["fusion_share"][(beats == "N") & later].min() > 0.85
    assert 0.15 < told["toward_t"][beats == "F"][0] < 0.85


def test_before_a_second_shape_was_seen_there_is_no_fusion() -> None:
    told = rows_of(made("N" * 20, RATE_HZ))
    for name in ("fusion_share", "gain_on_ectopic", "toward_t", "ectopic_likeness"):
        assert np.isnan(told[name]).all()


def learned(shapes: BeatShapes, wave: Floats, missing: float = 0.0) -> dict[str, float]:
    """What is said of one more beat of lane 0, 0.8 s after the last."""
    none = np.zeros(1, np.float32)
    measures = np.full((1, len(MEASURES)), 0.03, np.float32)
    beat = BeatWaves(np.zeros(1), wave, wave[:, QRS], none, measures, none, none + np.float32(missing))
    said = shapes.learn(np.zeros(1, np.int64), np.zeros(1, np.int64), beat, np.array([0.8]))
    return dict(zip(NAMES, said[0].tolist(), strict=True))


def test_shapes_that_are_seen_no_more_give_way_to_new_ones() -> None:
    generator = np.random.default_rng(1)
    shapes, told = BeatShapes(1), {}
    for _ in range(3 * SHAPES):
        wave = generator.standard_normal((1, LENGTH)).astype(np.float32)
        told = [learned(shapes, wave) for _ in range(3)][-1]
    assert told["shape_likeness"] == pytest.approx(1.0, abs=1e-3)
    assert told["shape_count"] == pytest.approx(np.log1p(2), abs=1e-3)


def test_a_beat_that_is_mostly_missing_teaches_nothing() -> None:
    shapes = BeatShapes(1)
    usual = np.sin(np.arange(LENGTH) / 5.0).astype(np.float32)[None]
    for _ in range(5):
        learned(shapes, usual)
    learned(shapes, np.zeros_like(usual), missing=1.0)
    assert learned(shapes, usual)["shape_count"] == pytest.approx(np.log1p(5), abs=1e-3)
