"""What each input of the shipped signal models means, for their cards."""

from typing import Final

from ml.signals import beat_features, rhythm
from ml.training.shipping import Input

LOG: Final = "natural logarithm of a ratio: "
BESIDE: Final = {"before": "former", "after": "next", "later": "second next"}
SHAPE: Final = {
    "shape_share": "share of the beats of the last quarter of an hour with this QRS",
    "shape_count": "natural logarithm of 1 + how many beats had this QRS",
    "shape_likeness": "correlation of the QRS with its shape, less 0.15 for each e-fold in size",
    "reference_likeness": "correlation of the QRS with the reference, the most common shape that is not early",
    "reference_rest": "QRS less the reference, of the reference's size",
    "reference_size": f"{LOG}size of the QRS to the reference's",
    "reference_spread": f"{LOG}QRS duration to the reference's",
    "reference_p": "correlation of the P wave with the reference's",
    "reference_p_share": "how much of the reference's P wave is there",
    "reference_t": "correlation of the T wave with the reference's",
    "shape_spread": f"{LOG}QRS duration of the beats of this shape to the reference's",
    "shape_early": "mean prematurity of the beats of this shape, less the reference's",
    "shape_pace": f"{LOG}interval before the beats of this shape to that before the reference's",
    "shape_pause": "mean delay after the beats of this shape, less that after the reference's",
    "shape_p": "mean correlation of the P waves of this shape with the reference's",
    "early": f"{LOG}interval before the beat to the mean of those before it",
    "early_of_minute": f"{LOG}interval before the beat to the mean of the last sixty or so",
    "early_of_long": f"{LOG}interval before the beat to the 80th percentile of those before it",
    "since_reference": "natural logarithm of 1 + beats since the reference was seen",
    "run_of_shape": "natural logarithm of 1 + beats of this shape in succession",
    "ectopic_share": "share of the beats of the last quarter of an hour with the ectopic shape, the common one that is "
    "early and unlike the reference",
    "ectopic_early": "mean prematurity of the beats of the ectopic shape, less the reference's",
    "ectopic_spread": f"{LOG}QRS duration of the ectopic shape to the reference's",
    "ectopic_likeness": "correlation of the QRS with the ectopic shape",
    "toward_spread": "QRS duration on the way from the reference (0) to the ectopic shape (1)",
    "toward_t": "T wave on the way from the reference (0) to the ectopic shape (1)",
    "beside_t": "how far the T wave is beside that way, of its length",
    "fusion_share": "share of the reference in the best sum of it and the ectopic shape, each moved by a little",
    "fusion_size": "size of the ectopic part of that sum, of the ectopic shape",
    "fusion_rest": "what that sum leaves of the QRS, of its size",
    "gain_on_reference": "how much more the reference alone leaves",
    "gain_on_ectopic": "how much more the ectopic shape alone leaves",
    **{f"early_{which}": f"the same of the {beat} beat" for which, beat in BESIDE.items()},
    **{
        f"reference_likeness_{which}": f"correlation of the {beat} beat's QRS with the reference"
        for which, beat in BESIDE.items()
    },
    "change": f"{LOG}interval after the beat to the one before",
    "change_before": f"{LOG}interval before the beat to the one before that",
    "change_later": f"{LOG}second interval after the beat to the one before",
}
BEAT: Final = {
    **SHAPE,
    **{
        f"rr_to_p{p}": f"{LOG}interval before the beat to the {p}th percentile of its window"
        for p in (10, 25, 50, 75, 90)
    },
    "next_to_p50": f"{LOG}interval after the beat to the median",
    "next_to_p75": f"{LOG}interval after the beat to the 75th percentile",
    "before_to_p50": f"{LOG}interval before the former beat to the median",
    "later_to_p50": f"{LOG}second interval after the beat to the median",
    "rr_to_recent": f"{LOG}interval before the beat to the median of the last ten",
    "rr_to_recent_long": f"{LOG}the same to the 85th percentile of the last ten",
    "rr_to_local": f"{LOG}interval before the beat to the median of the eight on either side",
    "rr_to_local_long": f"{LOG}the same to their 85th percentile",
    "next_to_local": f"{LOG}interval after the beat to the median of the eight on either side",
    "pause": f"{LOG}both intervals together to two local medians",
    "rr_to_next": f"{LOG}interval before to interval after",
    "rr_to_before": f"{LOG}interval before to the one before that",
    "rr_to_later": f"{LOG}interval before to the second one after",
    "before_to_earlier": f"{LOG}former interval to the one before that",
    "rr_s": "interval before the beat",
    "next_s": "interval after the beat",
    "usual_s": "median interval",
    "p90_to_p10": f"{LOG}90th to 10th percentile of the intervals",
    "p75_to_p25": f"{LOG}75th to 25th percentile of the intervals",
    "irregular_share": "share of interval changes above 8 % of the median",
    "irregular_median": "median interval change, of the median interval",
    "alike_share": "share of neighbours with this QRS",
    "unlike_share": "share of neighbours with another QRS",
    "likeness_of_best": "mean correlation with the three most similar neighbours",
    "likeness_median": "median correlation with the neighbours",
    "likeness_before": "correlation with the beat before",
    "likeness_after": "correlation with the beat after",
    "alike_early": "mean prematurity of the neighbours with this QRS",
    "alike_pause": "mean logarithm of interval before to after, of the neighbours with this QRS",
    "unlike_early": "mean prematurity of the neighbours with another QRS",
    "unlike_pause": "mean logarithm of interval before to after, of the neighbours with another QRS",
    "spread_to_unlike": f"{LOG}QRS duration to that of the neighbours with another QRS",
    "half_to_unlike": f"{LOG}QRS width at half its size to that of the neighbours with another QRS",
    "alike_spread": f"{LOG}QRS duration of the neighbours with this QRS to that of all",
    "alike_p": f"{LOG}swing before the QRS of the neighbours with this QRS to that of all",
    "spread_ratio": f"{LOG}QRS duration (standard deviation in time of its squared slope) to the template's",
    "area_ratio": f"{LOG}QRS area over height to the template's",
    "steep_ratio": f"{LOG}time that the QRS is steep to the template's",
    "half_ratio": f"{LOG}QRS width at half its size to the template's",
    "slope_ratio": f"{LOG}steepest slope to the template's",
    "p_ratio": f"{LOG}swing before the QRS to the template's",
    "t_ratio": f"{LOG}swing after the QRS to the template's",
    "roughness_ratio": f"{LOG}bentness from sample to sample to the template's",
    "spread_s": "QRS duration: standard deviation in time of its squared slope",
    "area_s": "QRS area over its height",
    "steep_s": "time that the QRS is steep",
    "half_s": "QRS width at half its size",
    "usual_spread_s": "QRS duration of the template",
    "roughness": "bentness from sample to sample, of the template's height",
    "spike": "steepest step before the QRS, of its usual steepness",
    "height_ratio": f"{LOG}QRS height to the template's",
    "qrs_likeness": "correlation of the QRS with the template",
    "qrs_rest": "QRS less the template, of the template's size",
    "narrow_likeness": "correlation of the middle of the QRS with the template",
    "likeness_of_before": "correlation of the former beat's QRS with the template",
    "likeness_of_after": "correlation of the next beat's QRS with the template",
    "t_likeness": "correlation of the T wave with the template",
    "t_rest": "T wave less the template's, of the template's height",
    "before_t_likeness": "correlation of the former beat's T wave with the template",
    "before_t_rest": "former beat's T wave less the template's, of the template's height",
    **{
        f"{late}p_{name}": f"{about}, template of {whose}"
        for late, whose in (("", "common beats that came on time"), ("late_", "common beats that came late"))
        for name, about in (
            ("likeness", "correlation of the P wave with the template's"),
            ("rest", "P wave less the template's, of the template's height"),
            ("prominence", "P wave of the template, of its height"),
            ("share", "how much of the template's P wave is there"),
            ("rest_to_prominence", "P wave less the template's, of the template's P wave"),
        )
    },
}
RHYTHM: Final = {
    "usual_s": "median interval",
    **{
        f"p{high}_to_p{low}": f"{LOG}{high}th to {low}th percentile of the intervals"
        for high, low in ((90, 10), (75, 25), (95, 5))
    },
    **{f"change_p{p}": f"{p}th percentile of the interval's changes, of the median interval" for p in (25, 50, 75)},
    "change_mean": "mean change of the interval, of the median interval",
    "change_rms": "root mean square change of the interval, of the median interval",
    **{f"change_over_{p}": f"share of changes above {p} % of the median interval" for p in (5, 10, 20)},
    "steady_share": "share of successive changes both below 5 %",
    "early_then_late": "share of changes by -12 % or more and then +12 % or more",
    "turns": "share of successive changes of opposite sign",
    "cells": "visited cells of the plane of successive changes, of their number",
    "correlation": "of an interval with the next",
    "correlation_of_second": "of an interval with the second next",
    "entropy": "sample entropy of the intervals, length 1, tolerance 8 %",
    "alike_pairs": "share of pairs of intervals within 8 %",
    "alike_share": "share of beats whose QRS correlates with the mean one above 0.8",
    "roughness": "bentness from sample to sample, of the QRS height",
    **{
        f"{part}_{name}": f"{about} {where}"
        for part, where in (("p", "before the QRS"), ("t", "after the QRS"))
        for name, about in (
            ("prominence", "root mean square, of the QRS height, of the mean wave"),
            ("swing", "lowest to highest, of the QRS height, of the mean wave"),
            ("coherence", "power of the mean wave, of the waves' mean power,"),
            ("likeness", "median correlation with the mean wave"),
            ("rest", "root mean square of what is left of each wave without the mean one, of the QRS height,"),
            ("rest_to_prominence", "the same, of the mean wave's root mean square,"),
        )
    },
}  # fmt: skip


def _inputs(names: tuple[str, ...], about: dict[str, str]) -> tuple[Input, ...]:
    return tuple(Input(name, "s" if name.endswith("_s") else "1", about[name]) for name in names)


BEAT_INPUTS: Final = _inputs(beat_features.NAMES, BEAT)
FUSION_INPUTS: Final = _inputs(beat_features.FUSION_NAMES, BEAT)
RHYTHM_INPUTS: Final = _inputs(rhythm.NAMES, RHYTHM)
