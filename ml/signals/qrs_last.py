"""What the last look reads beside the context (`qrs_context`): the shape again, the noise about, the rhythm behind it,
and what the cycles before were like (`qrs_echo`).

Few candidates of a quiet lead come so far, so it may be thorough. In noise neither the likely beats nor their intervals
are sure: the rhythm is sought as a comb among all candidates, each counted as it is likely, and how unsure those before
were tells how noisy the lead is.
"""

from typing import Final

import numpy as np

from ml.signals import qrs_context, qrs_echo, qrs_glance
from ml.signals.beat_ring import RIVAL_S, BeatRing
from ml.signals.candidate_table import CandidateTable, Near, where_known
from ml.signals.filters import IntArray, WaveArray
from ml.signals.qrs_glance import Columns

LOOK: Final = 2
PAST: Final = 24
PR_S: Final = 0.26  # a P wave comes no earlier before its QRS complex, or hardly
INTERVALS_S: Final = np.geomspace(0.33, 1.6, 28).astype(np.float32)
TEETH: Final = 3
TOOTH: Final = np.float32(0.09)  # of the interval, half the width at the foot


def last(table: CandidateTable, likely: list[BeatRing], lane: IntArray, number: IntArray) -> Columns:
    """Inputs of the last look's model for n candidates, (n,) each, by name."""
    here = table.at(lane, number)
    far = table.past(lane, number, qrs_echo.PAST, LOOK - 1)
    past = far.nearest(PAST)
    future = table.future(lane, number, qrs_context.FUTURE, qrs_context.LOOKAHEAD_S[LOOK - 1], LOOK - 1)
    at_once = future.nearest(qrs_glance.FUTURE, qrs_glance.LOOKAHEAD_S)
    own = table.scores[LOOK - 1].take(here)
    near = past.nearest(qrs_context.PAST)
    context = qrs_context.context_of(table, likely, LOOK, lane, here, past=near, future=future)
    return {
        **context,
        **qrs_glance.glance_of(table, here, past.nearest(qrs_glance.PAST), at_once),
        **_rivals("past", past, own),
        **_rivals("future", future, own),
        **_noise(past),
        **_comb(past, future, context["usual_s"]),
        **qrs_echo.echoes(table, lane, number, far, future),
        **_wave(np.ascontiguousarray(table.shape[here].T)),
    }


def _wave(shape: WaveArray) -> Columns:
    """Of (2m, n) unit vectors, the analytic wave itself, turned so that its phase in the middle is none: neither the
    lead's polarity nor where in its wave the candidate lies leaves a trace."""
    m = len(shape) // 2
    even, odd = shape[:m], shape[m:]
    size = np.maximum(np.hypot(even[m // 2], odd[m // 2]), np.float32(1e-6))
    along, across = even[m // 2] / size, odd[m // 2] / size
    return {
        **{f"wave_along_{k}": even[k] * along + odd[k] * across for k in range(m)},
        **{f"wave_across_{k}": odd[k] * along - even[k] * across for k in range(m) if k != m // 2},
    }


def _chance(near: Near) -> WaveArray:
    """Of each to be a beat, 0 where there is none."""
    return where_known(near.known, 1.0 / (1.0 + np.exp(-near.score)), 0.0)


def _rivals(side: str, near: Near, own: WaveArray) -> Columns:
    """The likeliest that is too near for both to be beats, or may be the P wave's QRS complex."""
    beside = near.known & (near.after_s < PR_S) & (near.after_s >= 0.5 * RIVAL_S)
    score = where_known(beside, near.score, qrs_context.SURE_NOT)
    best, row = score.argmax(axis=0), np.arange(score.shape[1])
    some = np.asarray(beside.any(axis=0))
    return {
        f"{side}_rival_score_over": where_known(some, score[best, row] - own),
        f"{side}_rival_s": where_known(some, near.after_s[best, row]),
        f"{side}_rival_higher": where_known(some, near.higher[best, row]),
        f"{side}_rival_sharper": where_known(some, near.sharper[best, row]),
    }


def _noise(past: Near) -> Columns:
    chance = _chance(past)
    doubt = chance * (1.0 - chance)
    length_s = np.maximum(np.where(past.known, past.after_s, np.float32(0.0)).max(axis=0), np.float32(0.1))
    return {
        "doubt_a_second": doubt.sum(axis=0) / length_s,
        "beats_a_second": chance.sum(axis=0) / length_s,
        "candidates_a_second": past.known.sum(axis=0) / length_s,
        "doubt_of_8": doubt[:8].sum(axis=0),
        "higher_by_chance": (chance * where_known(past.known, past.higher, 0.0)).sum(axis=0)
        / np.maximum(chance.sum(axis=0), np.float32(0.1)),
    }


def _comb(past: Near, future: Near, usual_s: WaveArray) -> Columns:
    """How well one, two and three intervals ago, and one ahead, fit beats, at the interval that suits best."""
    chance, row = _chance(past), np.arange(past.known.shape[1])
    lengths_s = INTERVALS_S[:, None, None]
    teeth = np.stack([_at(past, chance, k * lengths_s, lengths_s) for k in range(1, TEETH + 1)])
    fit, worst = teeth.sum(axis=0), teeth.min(axis=0)
    best = (fit + worst).argmax(axis=0)
    interval_s = INTERVALS_S[best]
    usual = where_known(np.isfinite(usual_s), usual_s, 0.8)
    return {
        "comb": fit[best, row] / np.float32(TEETH),
        "comb_worst_tooth": worst[best, row],
        "comb_usual": interval_s / usual_s,
        "comb_next": _at(future, _chance(future), interval_s, interval_s),
        "one_usual_ago": _at(past, chance, usual, usual),
        "two_usual_ago": _at(past, chance, 2.0 * usual, usual),
        "half_usual_ago": _at(past, chance, 0.5 * usual, usual),
    }


def _at(near: Near, chance: WaveArray, away_s: WaveArray, interval_s: WaveArray) -> WaveArray:
    """The best chance of those about `away_s` from each, less the further they are; away (…, 1, n or 1) -> (…, n)."""
    fit = near.after_s - away_s
    np.abs(fit, out=fit)
    fit /= TOOTH * interval_s
    np.subtract(np.float32(1.0), fit, out=fit)
    np.maximum(fit, np.float32(0.0), out=fit)
    fit *= chance
    return np.asarray(fit.max(axis=-2), dtype=np.float32)
