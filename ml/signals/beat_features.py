"""What tells one class of beat from another, in proportion to this person's own beats.

Intervals are compared with several usual ones at once, because no single one holds: where premature beats outnumber
the others a median is theirs, and the longer intervals are the sinus node's. Waves are compared with two templates,
made of the common beats that came on time and of those that came late, whose P wave no T wave hides. What beats of one
shape have in common (are they early? wide?) is pooled: a single early beat may be chance, a shape that is always early
is not; that is done of the sixty beats before, and of many minutes in `beat_shapes`. No amplitude, rate or width of a
person enters without a reference but the widths of the QRS, whose limits physiology sets.

After de Chazal, O'Dwyer and Reilly 2004 (IEEE Trans Biomed Eng 51:1196) and Llamedo and Martínez 2011 (IEEE Trans
Biomed Eng 58:616), who have RR ratios and template likeness; the pooling and the two templates are ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.signals import beat_fusion, beat_shapes
from ml.signals.beat_neighbours import FUTURE, HERE, Neighbours, ordered_rows, pooled, quantile, quantile_of
from ml.signals.beat_waves import MEASURES, NARROW_QRS, QRS, Floats, P, T, centred, detrended
from ml.signals.filters import FloatArray

LEAST_HEIGHT_MV: Final = 0.05
Named = Iterator[tuple[str, FloatArray]]


@dataclass(frozen=True)
class Beside:
    """(k,) beats with what was known of each and of those beside it when their waves were whole.

    `said` (k, 5, len(beat_shapes.NAMES)) of the two before, the beat, and the two after; `rr_s` (k, 5) before each;
    not-a-number where there is none. `measures` (k, len(MEASURES)) and `spike` (k,) of the beat.
    """

    said: Floats
    rr_s: FloatArray
    measures: Floats
    spike: Floats


def plain_features(beside: Beside) -> dict[str, FloatArray]:
    """(k,) by name, not-a-number where one cannot be said: those that need few neighbours, by which most beats are
    plain."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return dict(_plain(beside))


def neighbour_features(near: Neighbours) -> dict[str, FloatArray]:
    """(k,) by name: those that need all neighbours but not their waves."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return {**dict(_timing(near)), **dict(_regularity(near)), **dict(_company(near)), **dict(_measured(near))}


def wave_features(near: Neighbours, wave: Floats) -> dict[str, FloatArray]:
    """(k,) by name, of the waves (k, WIDTH, LENGTH) of all of them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return dict(_shape(near, wave))


def columns(named: dict[str, FloatArray]) -> npt.NDArray[np.float32]:
    """(k, features) in the order that they have there."""
    every = np.column_stack(list(named.values()))
    return np.where(np.isfinite(every), every, np.nan).astype(np.float32)


def _plain(beside: Beside) -> Named:
    said = beside.said.astype(np.float64)
    for column, name in enumerate(beat_shapes.NAMES):
        yield name, said[:, 2, column]
    early = said[:, :, beat_shapes.NAMES.index("early")]
    likeness = said[:, :, beat_shapes.NAMES.index("reference_likeness")]
    for place, name in ((1, "before"), (3, "after"), (4, "later")):
        yield f"early_{name}", early[:, place]
        yield f"reference_likeness_{name}", likeness[:, place]
    yield "change", np.log(beside.rr_s[:, 3] / beside.rr_s[:, 2])
    yield "change_before", np.log(beside.rr_s[:, 2] / beside.rr_s[:, 1])
    yield "change_later", np.log(beside.rr_s[:, 4] / beside.rr_s[:, 2])
    own = beside.measures.astype(np.float64)
    for column in range(4):
        yield MEASURES[column], own[:, column]
    yield "spike", beside.spike.astype(np.float64)


def _timing(near: Neighbours) -> Named:
    """Log ratios of the interval before the beat (`rr`), after it (`next`) and farther ones to usual ones."""
    rr, after = near.rr_s[:, HERE], near.rr_s[:, HERE + 1]
    before, earlier, later = near.rr_s[:, HERE - 1], near.rr_s[:, HERE - 2], near.rr_s[:, HERE + 2]
    for percent in (10, 25, 50, 75, 90):
        yield f"rr_to_p{percent}", np.log(rr / quantile_of(near.ordered_s, near.known, percent / 100))
    long = quantile_of(near.ordered_s, near.known, 0.75)
    yield "next_to_p50", np.log(after / near.usual_s)
    yield "next_to_p75", np.log(after / long)
    yield "before_to_p50", np.log(before / near.usual_s)
    yield "later_to_p50", np.log(later / near.usual_s)
    ordered, count = ordered_rows(near.rr_s[:, HERE - 10 : HERE])
    yield "rr_to_recent", np.log(rr / quantile_of(ordered, count, 0.5))
    yield "rr_to_recent_long", np.log(rr / quantile_of(ordered, count, 0.85))
    ordered, count = ordered_rows(near.rr_s[:, HERE - 8 : HERE + 9])
    local = quantile_of(ordered, count, 0.5)
    yield "rr_to_local", np.log(rr / local)
    yield "rr_to_local_long", np.log(rr / quantile_of(ordered, count, 0.85))
    yield "next_to_local", np.log(after / local)
    yield "pause", np.log((rr + after) / (2.0 * local))
    yield "rr_to_next", np.log(rr / after)
    yield "rr_to_before", np.log(rr / before)
    yield "rr_to_later", np.log(rr / later)
    yield "before_to_earlier", np.log(before / earlier)
    yield "rr_s", rr
    yield "next_s", after
    yield "usual_s", near.usual_s


def _regularity(near: Neighbours) -> Named:
    """How irregular the rhythm is: in fibrillation an early beat is nothing."""
    spread = {percent: quantile_of(near.ordered_s, near.known, percent / 100) for percent in (10, 25, 75, 90)}
    yield "p90_to_p10", np.log(spread[90] / spread[10])
    yield "p75_to_p25", np.log(spread[75] / spread[25])
    changes = np.abs(np.diff(near.rr_s, axis=1))[:, HERE - 24 : HERE + 8] / near.usual_s[:, None]
    known = np.maximum(np.isfinite(changes).sum(axis=1), 1)
    yield "irregular_share", (np.nan_to_num(changes) > 0.08).sum(axis=1) / known
    yield "irregular_median", quantile(changes, 0.5)


def _company(near: Neighbours) -> Named:
    """How many neighbours have this beat's shape, and what those and the unlike ones have in common."""
    own = near.shape[:, HERE, :, None]
    likeness = np.where(near.present, np.matmul(near.shape, own)[:, :, 0].astype(np.float64), 0.0)
    alike = np.clip((likeness - 0.85) / 0.1, 0.0, 1.0) * near.others
    unlike = np.clip((0.8 - likeness) / 0.1, 0.0, 1.0) * near.others
    count = np.maximum(near.others.sum(axis=1), 1)
    yield "alike_share", alike.sum(axis=1) / count
    yield "unlike_share", unlike.sum(axis=1) / count
    yield "likeness_of_best", np.sort(np.where(near.others, likeness, -1.0), axis=1)[:, -3:].mean(axis=1)
    yield "likeness_median", quantile(np.where(near.others, likeness, np.nan), 0.5)
    yield "likeness_before", likeness[:, HERE - 1]
    yield "likeness_after", likeness[:, HERE + 1]
    following = np.concatenate((near.rr_s[:, 1:], np.full((len(near.rr_s), 1), np.nan)), axis=1)
    pause = np.log(near.rr_s / following)
    for name, weights in (("alike", alike), ("unlike", unlike)):
        yield f"{name}_early", pooled(near.relative, weights)
        yield f"{name}_pause", pooled(pause, weights)
    spread = near.measures[:, :, MEASURES.index("spread_s")].astype(np.float64)
    half = near.measures[:, :, MEASURES.index("half_s")].astype(np.float64)
    p_mv = near.measures[:, :, MEASURES.index("p_mv")].astype(np.float64)
    everyone = near.others.astype(np.float64)
    yield "spread_to_unlike", np.log(spread[:, HERE] / pooled(spread, unlike))
    yield "half_to_unlike", np.log(half[:, HERE] / pooled(half, unlike))
    yield "alike_spread", np.log(pooled(spread, alike) / pooled(spread, everyone))
    yield "alike_p", np.log(pooled(p_mv, alike) / pooled(p_mv, everyone))


def _measured(near: Neighbours) -> Named:
    """What is measured on the beat, against the common beats that came on time."""
    usual = np.matmul(_on_time(near)[:, None, :], near.measures)[:, 0].astype(np.float64)
    own = near.measures[:, HERE].astype(np.float64)
    for column, name in enumerate(MEASURES):
        yield f"{name.rsplit('_', 1)[0]}_ratio", np.log(np.maximum(own[:, column], 1e-4) / usual[:, column])
    yield "usual_spread_s", usual[:, 0]


def _shape(near: Neighbours, waves: Floats) -> Named:
    """The beat's wave against the templates of those on time and of those that came late."""
    late = _weights(
        near.commonness.astype(np.float64) * np.clip(np.nan_to_num(near.rr_s / _long(near)) - 0.9, 0.0, 0.5), near
    )
    templates = np.matmul(np.stack((_on_time(near), late), axis=1), waves).astype(np.float64)
    template, late_template = templates[:, 0], templates[:, 1]
    wave = waves[:, HERE].astype(np.float64)
    height = np.maximum(template[:, QRS].max(axis=1) - template[:, QRS].min(axis=1), LEAST_HEIGHT_MV)
    before, after = (_neighbour(near, waves, offset) for offset in (-1, 1))
    yield "roughness", near.measures[:, HERE, -1].astype(np.float64) / height
    yield "height_ratio", np.log(np.maximum(near.height_mv[:, HERE], 1e-3) / height)
    yield from _qrs(wave, template, before, after)
    yield from _p_wave("", wave, template, height)
    yield from _p_wave("late_", wave, late_template, height)
    yield from _t_wave("", wave, template, height)
    yield from _t_wave("before_", before, template, height)


def _on_time(near: Neighbours) -> npt.NDArray[np.float32]:
    return _weights(near.commonness.astype(np.float64) ** 2 * _nearly_usual(near.relative), near)


def _qrs(wave: FloatArray, template: FloatArray, before: FloatArray, after: FloatArray) -> Named:
    own, usual = centred(wave[:, QRS]), centred(template[:, QRS])
    size = np.maximum(np.sqrt((usual * usual).sum(axis=1)), LEAST_HEIGHT_MV)
    yield "qrs_likeness", _likeness(own, usual)
    yield "qrs_rest", np.sqrt(((own - usual) ** 2).sum(axis=1)) / size
    yield "narrow_likeness", _likeness(centred(wave[:, NARROW_QRS]), centred(template[:, NARROW_QRS]))
    yield "likeness_of_before", _likeness(centred(before[:, QRS]), usual)
    yield "likeness_of_after", _likeness(centred(after[:, QRS]), usual)


def _p_wave(whose: str, wave: FloatArray, template: FloatArray, height: FloatArray) -> Named:
    own, usual = detrended(wave[:, P]), detrended(template[:, P])
    rest, prominence = _rms(own - usual) / height, _rms(usual) / height
    power = np.maximum((usual * usual).sum(axis=1), 1e-4 * height**2)
    yield f"{whose}p_likeness", _likeness(own, usual)
    yield f"{whose}p_rest", rest
    yield f"{whose}p_prominence", prominence
    yield f"{whose}p_share", (own * usual).sum(axis=1) / power
    yield f"{whose}p_rest_to_prominence", rest / np.maximum(prominence, 0.005)


def _t_wave(whose: str, wave: FloatArray, template: FloatArray, height: FloatArray) -> Named:
    """Of the beat before: a P wave may hide there."""
    own, usual = centred(wave[:, T]), centred(template[:, T])
    yield f"{whose}t_likeness", _likeness(own, usual)
    yield f"{whose}t_rest", _rms(own - usual) / height


def _neighbour(near: Neighbours, waves: Floats, offset: int) -> FloatArray:
    """Its wave, not-a-number where there is none."""
    there = near.present[:, HERE + offset, None]
    return np.where(there, waves[:, HERE + offset], np.nan).astype(np.float64)


def _nearly_usual(relative: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-0.5 * (np.nan_to_num(relative, nan=0.3) / 0.12) ** 2))


def _long(near: Neighbours) -> FloatArray:
    return quantile_of(near.ordered_s, near.known, 0.75)[:, None]


def _weights(wish: FloatArray, near: Neighbours) -> npt.NDArray[np.float32]:
    """Of the other beats, sum 1; alike where none is wished for."""
    weights = (wish + 1e-6) * near.others
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _likeness(one: FloatArray, other: FloatArray) -> FloatArray:
    size = np.sqrt((one * one).sum(axis=1) * (other * other).sum(axis=1))
    return np.asarray((one * other).sum(axis=1) / np.maximum(size, 1e-6))


def _rms(wave: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt((wave * wave).mean(axis=1)))


def _names() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    nobody = np.zeros((1, HERE + 1 + FUTURE))
    wave = np.zeros((*nobody.shape, QRS.stop + T.stop), dtype=np.float32)
    none = nobody.astype(np.float32)
    near = Neighbours(nobody > 1, nobody * np.nan, wave, none, wave[:, :, : len(MEASURES)], none)
    said = np.zeros((1, 5, len(beat_shapes.NAMES)), dtype=np.float32)
    beside = Beside(said, np.ones((1, 5)), wave[:, 0, : len(MEASURES)], none[:, 0])
    return tuple(plain_features(beside)), tuple(neighbour_features(near)), tuple(wave_features(near, wave))


PLAIN_NAMES, NEIGHBOUR_NAMES, WAVE_NAMES = _names()
NAMES: Final = PLAIN_NAMES + NEIGHBOUR_NAMES + WAVE_NAMES
FUSION_NAMES: Final = (
    *beat_fusion.NAMES,
    "toward_spread",
    "toward_t",
    "ectopic_spread",
    "ectopic_early",
    "ectopic_share",
    "early",
    "early_of_minute",
    "rr_to_local",
    "reference_p",
)
