"""What is put together for training has the beats that it says, tells whose they are, and is the same each time."""

import numpy as np
import pytest

from ml.training.beat_rhythms import BEAT_PATTERNS, FUSING, PATTERNS, Pattern, rhythm
from ml.training.beat_synthesis import AFTER, BEFORE, RATE_HZ, Source, source, stretch_pairs
from ml.training.examples import Examples, folds, without
from tests.ml.signals.ectopic import made

COUNT = 60


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    ectopic = made("NNNNNNNNV" * 12, RATE_HZ)
    regular = made("N" * 90, RATE_HZ)
    both = [("ectopic", ectopic), ("regular", regular)]
    found = [source(name, 0, each.signal_mv, each.r_peaks, np.array(list(each.classes))) for name, each in both]
    return [each for each in found if each is not None]


@pytest.mark.parametrize("pattern", BEAT_PATTERNS)
def test_a_rhythm_holds_only_the_beats_of_its_pattern(pattern: Pattern) -> None:
    beats = rhythm(pattern, 0.8, COUNT, np.random.default_rng(1))
    assert len(beats.classes) == len(beats.interval_s) == COUNT
    assert set(beats.classes) <= {"N", *pattern.classes, *("F" if pattern.fusing else "")}
    assert (beats.interval_s >= 0.28).all()


def test_premature_beats_are_early_and_ventricular_ones_are_compensated() -> None:
    beats = rhythm(Pattern("S", gap=(4, 4)), 0.8, 400, np.random.default_rng(1))
    early = np.array(list(beats.classes)) == "S"
    assert beats.interval_s[early].max() < 0.95 * np.median(beats.interval_s[~early])


def test_a_stretch_names_everyone_whose_beats_it_is_made_of(sources: list[Source]) -> None:
    assert [each.person for each in sources] == ["ectopic", "regular"]
    pairs = list(stretch_pairs(sources, np.random.default_rng(1), COUNT))
    assert len(pairs) == 2 * len(PATTERNS)
    for pattern, stretch in pairs:
        host_of_plain = len(stretch.persons) == 1
        assert pattern.ventricular or pattern.blocked or host_of_plain
        if pattern.ventricular:
            assert "ectopic" in stretch.persons
        assert len(stretch.r_peaks) == len(stretch.classes) == COUNT
        assert stretch.r_peaks[-1] < len(stretch.signal_mv)


def test_a_beat_conducted_otherwise_keeps_its_p_wave_and_is_normal(sources: list[Source]) -> None:
    pattern = Pattern("B", gap=(2, 4), run=(1, 3))
    beats = rhythm(pattern, 0.8, 200, np.random.default_rng(2))
    blocked = np.array(list(beats.classes)) == "B"
    assert 0.2 < blocked.mean() < 0.8
    assert np.median(beats.interval_s[blocked]) == pytest.approx(np.median(beats.interval_s[~blocked]), rel=0.1)
    made_of = [made for each, made in stretch_pairs(sources, np.random.default_rng(1), COUNT) if each.classes == "B"]
    assert made_of
    assert all(set(each.classes) == {"N"} for each in made_of)


def test_a_fusion_beat_comes_when_the_sinus_beat_is_due() -> None:
    beats = rhythm(Pattern("V", gap=(3, 6), fusing=0.5), 0.8, 400, np.random.default_rng(2))
    letters = np.array(list(beats.classes))
    fused, ventricular = beats.interval_s[letters == "F"], beats.interval_s[letters == "V"]
    assert min(len(fused), len(ventricular)) > 20
    assert fused.min() > 0.85 * 0.8 > ventricular.mean()


def test_a_fusion_beat_is_made_of_both_waves(sources: list[Source]) -> None:
    """It is nearer to the sum of both, each moved by up to a tenth of a second, than to either alone."""
    pairs = stretch_pairs(sources[:1], np.random.default_rng(1), COUNT, FUSING[:1], mixed=0.0)
    made_of = next(made for _, made in pairs)
    waves = {
        name: [made_of.signal_mv[at - BEFORE : at + AFTER] for at in made_of.r_peaks[made_of.classes == name]]
        for name in "NVF"
    }
    normal, ventricular = (np.median(waves[name], axis=0) for name in "NV")
    moved = [np.column_stack((normal, np.roll(ventricular, lag))) for lag in range(-36, 23)]
    for beat in waves["F"]:
        both = min(np.linalg.lstsq(pair, beat, rcond=None)[1][0] for pair in moved)
        alone = min(np.linalg.lstsq(pair[:, [column]], beat, rcond=None)[1][0] for pair in moved for column in (0, 1))
        assert both < 0.9 * alone


def test_the_same_seed_makes_the_same(sources: list[Source]) -> None:
    one, other = (next(iter(stretch_pairs(sources, np.random.default_rng(3), COUNT)))[1] for _ in range(2))
    assert np.array_equal(one.signal_mv, other.signal_mv)


def test_whoever_is_held_out_has_no_part_in_training() -> None:
    nothing = np.zeros((0, 1), np.float32), np.zeros(0, np.int64), np.zeros(0)
    every = [Examples(frozenset(persons), *nothing) for persons in ({"a"}, {"b"}, {"a", "b"}, {"c"})]
    assert [each.persons for each in without(every, frozenset({"a"}))] == [{"b"}, {"c"}]
    assert folds(["a", "b", "c", "d", "e"], 2) == [{"a", "c", "e"}, {"b", "d"}]
