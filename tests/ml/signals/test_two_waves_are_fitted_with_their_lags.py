"""A fusion beat is the sum of two waves, neither of which need stand where it stands alone."""

import numpy as np
import pytest

from ml.signals.beat_fusion import NAMES, ectopic_shape, fusion, strangeness, toward

AT = np.arange(32.0)


def wave(middle: float, width: float, height: float = 1.0) -> np.ndarray:
    return height * np.exp(-0.5 * ((AT - middle) / width) ** 2)


NARROW, WIDE = wave(14, 2), wave(17, 6)


def told(beat: np.ndarray) -> dict[str, float]:
    rows = (each[None].astype(np.float32) for each in (beat, NARROW, WIDE))
    return dict(zip(NAMES, fusion(*rows)[0].tolist(), strict=True))


@pytest.mark.parametrize(("lag", "other_lag"), [(0, 0), (2, -6), (-4, 8)])
def test_a_sum_of_moved_waves_is_found(lag: int, other_lag: int) -> None:
    found = told(0.6 * wave(14 + lag, 2) + 0.7 * wave(17 + other_lag, 6))
    assert found["fusion_rest"] < 0.05
    sizes = 0.6 * np.linalg.norm(NARROW), 0.7 * np.linalg.norm(WIDE)
    assert found["fusion_share"] == pytest.approx(sizes[0] / sum(sizes), abs=0.05)
    assert found["fusion_size"] == pytest.approx(0.7, abs=0.1)
    assert min(found["gain_on_reference"], found["gain_on_ectopic"]) > 0.1


@pytest.mark.parametrize(("beat", "share"), [(1.3 * wave(16, 2), 1.0), (0.8 * wave(13, 6), 0.0)])
def test_one_wave_alone_needs_no_other(beat: np.ndarray, share: float) -> None:
    found = told(beat)
    assert found["fusion_share"] == pytest.approx(share, abs=0.02)
    assert min(found["gain_on_reference"], found["gain_on_ectopic"]) < 0.01


def test_what_has_no_part_of_either_is_left_over() -> None:
    found = told(-wave(14, 2))
    assert found["fusion_rest"] == pytest.approx(1.0, abs=0.01)


def test_gain_changes_nothing_but_the_size() -> None:
    beat = 0.5 * NARROW + 0.5 * WIDE
    one, other = told(beat), told(3.0 * beat)
    assert other.pop("fusion_size") == pytest.approx(3.0 * one.pop("fusion_size"), rel=1e-4)
    assert other == pytest.approx(one, abs=1e-4)


def test_halfway_between_two_waves_is_a_half() -> None:
    share, beside = toward(*(each[None] for each in (0.5 * NARROW + 0.5 * WIDE, NARROW, WIDE)))
    assert share == pytest.approx(0.5)
    assert beside == pytest.approx(0.0, abs=1e-9)


def test_the_ectopic_shape_is_unlike_the_reference_early_and_common() -> None:
    likeness = np.array([[1.0, 0.2, 0.8, 0.1, 0.3]])
    earlier = np.array([[0.0, -0.4, -0.1, -0.4, -0.4]])
    strange = strangeness(likeness, earlier)
    weight = np.array([[500.0, 90.0, 90.0, 2.0, 0.0]])
    strange[weight == 0.0] = 0.0
    none = np.zeros(1, np.int64)
    found, there = ectopic_shape(strange.copy(), weight, none, np.array([[0.9, 0.5, 0.7, 0.4, 0.9]]))
    assert (found[0], there[0]) == (1, True)
    nearer, _ = ectopic_shape(strange.copy(), weight, none, np.array([[0.9, 0.5, 0.7, 0.8, 0.7]]))
    assert nearer[0] == 3
    _, there = ectopic_shape(np.zeros((1, 5)), weight, none, likeness)
    assert not there[0]
