"""What tells atrial fibrillation from every other rhythm, in a window of beats: intervals without order, no P wave.

From the intervals: how much they change and whether a change foretells the next (Sarkar, Ritscher and Mehra 2008, IEEE
Trans Biomed Eng 55:1219, on the plane of successive changes; Lake and Moorman 2011, Am J Physiol 300:H319, on the
entropy of short series), with quantiles beside means, so that a few ectopic beats do not pass for disorder. From the
waves: whether something before the QRS keeps time with it, as a P wave does and fibrillation does not.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from ml.signals.beat_neighbours import ordered_rows, quantile, quantile_of
from ml.signals.beat_waves import MIDDLE, QRS, Floats, T, centred, detrended
from ml.signals.filters import BoolArray, FloatArray

BEFORE_QRS: Final = slice(MIDDLE - 34, MIDDLE - 8)
ALIKE: Final = 0.8
TOLERANCE: Final = 0.08  # of the usual interval: as near as two intervals are alike
CELL: Final = 0.06
LEAST_HEIGHT_MV: Final = 0.05
Named = Iterator[tuple[str, FloatArray]]


def interval_features(rr_s: FloatArray) -> dict[str, FloatArray]:
    """(k,) by name, of (k, n) intervals, not-a-number where there are fewer."""
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = quantile(rr_s, 0.5)
        relative = rr_s / usual[:, None]
        return {"usual_s": usual, **dict(_spread(relative)), **dict(_changes(relative)), **dict(_order(relative))}


def wave_features(wave: Floats, present: BoolArray) -> dict[str, FloatArray]:
    """(k,) by name, of (k, n) beats' waves (k, n, LENGTH)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return dict(_waves(wave, present))


def _spread(relative: FloatArray) -> Named:
    ordered, count = ordered_rows(relative)
    p = {percent: quantile_of(ordered, count, percent / 100) for percent in (5, 10, 25, 75, 90, 95)}
    yield "p90_to_p10", np.log(p[90] / p[10])
    yield "p75_to_p25", np.log(p[75] / p[25])
    yield "p95_to_p5", np.log(p[95] / p[5])


def _changes(relative: FloatArray) -> Named:
    change = np.diff(relative, axis=1)
    size = np.abs(change)
    ordered, count = ordered_rows(size)
    for percent in (25, 50, 75):
        yield f"change_p{percent}", quantile_of(ordered, count, percent / 100)
    yield "change_mean", _mean(size)
    yield "change_rms", np.sqrt(_mean(size * size))
    for limit in (0.05, 0.1, 0.2):
        yield f"change_over_{round(100 * limit)}", _share(size > limit, size)
    pairs = np.stack((change[:, :-1], change[:, 1:]))
    known = np.isfinite(pairs[0] + pairs[1])
    both = np.maximum(known.sum(axis=1), 1)
    yield "steady_share", ((np.abs(pairs) < 0.05).all(axis=0)).sum(axis=1) / both
    yield "early_then_late", ((pairs[0] < -0.12) & (pairs[1] > 0.12)).sum(axis=1) / both
    yield "turns", (pairs[0] * pairs[1] < 0).sum(axis=1) / both
    yield "cells", _cells(pairs, known) / both


def _cells(pairs: FloatArray, known: BoolArray) -> FloatArray:
    """How many cells of the plane of successive changes are visited."""
    cell = np.clip(np.rint(np.where(known, pairs, 0.0) / CELL), -40, 40)
    number = np.sort(np.where(known, cell[0] * 100 + cell[1], np.inf), axis=1)
    new = np.diff(number, axis=1, prepend=-np.inf) > 0
    return np.asarray((new & np.isfinite(number)).sum(axis=1), dtype=np.float64)


def _order(relative: FloatArray) -> Named:
    """Whether an interval foretells the next."""
    now, following = relative[:, :-1], relative[:, 1:]
    yield "correlation", _correlation(now, following)
    yield "correlation_of_second", _correlation(relative[:, :-2], relative[:, 2:])
    near = np.abs(now[:, :, None] - now[:, None, :]) < TOLERANCE
    near_next = near & (np.abs(following[:, :, None] - following[:, None, :]) < TOLERANCE)
    own = np.isfinite(now).sum(axis=1)
    alike = near.sum(axis=(1, 2)) - own
    alike_next = near_next.sum(axis=(1, 2)) - np.isfinite(now + following).sum(axis=1)
    yield "entropy", -np.log((alike_next + 1.0) / (alike + 1.0))
    yield "alike_pairs", alike / np.maximum(own * (own - 1), 1)


def _waves(wave: Floats, present: BoolArray) -> Named:
    first = _mean_wave(wave, present.astype(np.float64))
    likeness = _likeness(_centred3(wave[:, :, QRS]), centred(first[:, QRS])[:, None])
    alike = present & (likeness > ALIKE)
    alike = np.where(alike.sum(axis=1, keepdims=True) >= 3, alike, present)
    mean = _mean_wave(wave, alike.astype(np.float64))
    height = np.maximum(mean[:, QRS].max(axis=1) - mean[:, QRS].min(axis=1), LEAST_HEIGHT_MV)
    count = np.maximum(present.sum(axis=1), 1)
    yield "alike_share", alike.sum(axis=1) / count
    yield "roughness", _middle(np.abs(np.diff(wave, n=2, axis=2)).mean(axis=2), alike) / height
    for name, part in (("p", BEFORE_QRS), ("t", T)):
        usual = detrended(mean[:, part])
        each = _detrended3(wave[:, :, part])
        power = np.where(alike, (each * each).mean(axis=2), np.nan)
        rest = np.where(alike, ((each - usual[:, None]) ** 2).mean(axis=2), np.nan)
        yield f"{name}_prominence", np.sqrt((usual * usual).mean(axis=1)) / height
        yield f"{name}_swing", (usual.max(axis=1) - usual.min(axis=1)) / height
        yield f"{name}_coherence", (usual * usual).mean(axis=1) / np.maximum(_mean(power), 1e-9)
        yield f"{name}_likeness", _middle(_likeness(each, usual[:, None]), alike)
        yield f"{name}_rest", np.sqrt(quantile(rest, 0.5)) / height
        yield (
            f"{name}_rest_to_prominence",
            np.sqrt(quantile(rest, 0.5) / np.maximum((usual * usual).mean(axis=1), 1e-9)),
        )


def _centred3(wave: Floats) -> FloatArray:
    return np.asarray(wave - wave.mean(axis=2, keepdims=True), dtype=np.float64)


def _detrended3(wave: Floats) -> FloatArray:
    along = np.arange(wave.shape[2]) - (wave.shape[2] - 1) / 2
    flat = _centred3(wave)
    return np.asarray(flat - ((flat * along).sum(axis=2) / (along * along).sum())[:, :, None] * along)


def _mean_wave(wave: Floats, weights: FloatArray) -> FloatArray:
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.matmul(weights[:, None].astype(np.float32), wave)[:, 0], dtype=np.float64)


def _likeness(one: FloatArray, other: FloatArray) -> FloatArray:
    size = np.sqrt((one * one).sum(axis=-1) * (other * other).sum(axis=-1))
    return np.asarray((one * other).sum(axis=-1) / np.maximum(size, 1e-9))


def _middle(values: FloatArray, which: BoolArray) -> FloatArray:
    return quantile(np.where(which, values, np.nan), 0.5)


def _mean(values: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.where(known.any(axis=1), known.sum(axis=1), np.nan))


def _share(true: BoolArray, values: FloatArray) -> FloatArray:
    known = np.isfinite(values).sum(axis=1)
    return np.asarray(true.sum(axis=1) / np.where(known > 0, known, np.nan))


def _correlation(one: FloatArray, other: FloatArray) -> FloatArray:
    known = np.isfinite(one + other)
    one, other = np.where(known, one, np.nan), np.where(known, other, np.nan)
    one, other = one - _mean(one)[:, None], other - _mean(other)[:, None]
    return np.asarray(_mean(one * other) / np.maximum(np.sqrt(_mean(one * one) * _mean(other * other)), 1e-9))
