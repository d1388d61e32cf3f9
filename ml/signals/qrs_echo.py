"""What the last look reads of the cycles before: P and T waves come back with every beat, an extra beat does not.

A candidate that follows the last beat as a T wave would, and is as high and as shaped as what followed the beats
before, is one; where nothing as high followed those, it is likelier a beat. And of two candidates that keep coming a
fifth of a second apart the one is the other's P wave: which of them is sharper is told better by several cycles.
"""

from typing import Final

import numpy as np

from ml.signals.candidate_table import CandidateTable, Near, where_known
from ml.signals.filters import BoolArray, IntArray, WaveArray
from ml.signals.qrs_glance import Columns

PAST: Final = 32
CYCLES: Final = 6
SOONEST_S: Final = 0.15  # after a beat; what comes sooner is part of it
PARTNER_S: Final = (0.1, 0.36)  # a P wave before its QRS complex, or a QRS complex before its T wave
AGO_S: Final = 0.3  # of another cycle
OFF_S: Final = np.float32(0.045)
OFF_SHARE: Final = np.float32(0.06)  # of the time since the beat: a T wave moves with the rate
PR_S: Final = (0.16, 0.26)
PAIRED: Final = 4  # cycles
SHARPER: Final = 0.2  # octaves
NOT_HOPELESS: Final = -3.0
AS_HIGH: Final = np.float32(0.8)  # octaves
AS_HIGH_PARTNER: Final = np.float32(1.0)
ALIKE: Final = np.float32(0.75)
NONE_HIGHER: Final = np.float32(-4.0)
SURE_NOT: Final = np.float32(-9.0)


def echoes(table: CandidateTable, lane: IntArray, number: IntArray, past: Near, future: Near) -> Columns:
    """For n candidates, (n,) each, by name; `past`: the `PAST` before each."""
    at = table.at(lane, number - np.arange(1, PAST + 1)[:, None])
    likeness = np.einsum("kns,ns->kn", table.shape[at], table.shape[table.at(lane, number)])
    likeness = where_known(past.known, likeness, -1.0)
    return {
        **_after_beats(past, likeness),
        **_pairs("next", past, future, likeness, later=True),
        **_pairs("before", past, past, likeness, later=False),
    }


def _after_beats(past: Near, likeness: WaveArray) -> Columns:
    """What followed the likely beats before as soon as this one follows the last."""
    beat, there = _nearest(past.known & (past.score > 0.0) & (past.after_s >= SOONEST_S), CYCLES + 1)
    since_s = past.after_s.take(beat)
    off_s = np.abs(since_s[1:, None] - past.after_s - since_s[0])
    near = past.known & (off_s <= OFF_S + OFF_SHARE * since_s[0])
    higher = np.maximum(_most(near, past.higher, NONE_HIGHER), NONE_HIGHER)
    alike, score = _most(near, likeness, np.float32(-1.0)), _most(near, past.score, SURE_NOT)
    cycles = there[1:]
    some = np.asarray(cycles.any(axis=0))
    last_higher = past.higher.take(beat[0])
    return {
        "since_beat_s": where_known(there[0], since_s[0]),
        "since_beat_higher": where_known(there[0], last_higher),
        "echoes": cycles.sum(axis=0, dtype=np.float32),
        "echo_higher": _mean(cycles, higher),
        "echo_highest": where_known(some, np.where(cycles, higher, SURE_NOT).max(axis=0)),
        "echo_as_high": _mean(cycles, (higher > -AS_HIGH).astype(np.float32)),
        "echo_likeness": _mean(cycles, alike),
        "echo_likest": where_known(some, np.where(cycles, alike, np.float32(-1.0)).max(axis=0)),
        "echo_score": _mean(cycles, score),
    }


def _pairs(name: str, past: Near, side: Near, likeness: WaveArray, *, later: bool) -> Columns:
    """The likeliest close by on one side, and whether those before that are like this one had such a partner too."""
    score, some = _beside(side)
    best = _flat(score.argmax(axis=0))
    gap_s, partner = side.after_s.take(best), side.higher.take(best)
    alike = past.known & (np.abs(past.higher) < AS_HIGH) & (likeness > ALIKE) & (past.after_s > AGO_S) & some
    one, there = _nearest(alike, CYCLES)
    apart_s = past.after_s.take(one)[:, None] - past.after_s
    near = past.known & (np.abs(apart_s * (1 if later else -1) - gap_s) <= OFF_S)
    near &= np.abs(past.higher - partner) < AS_HIGH_PARTNER
    paired, other = there & near.any(axis=1), _flat(near.argmax(axis=1))

    def over(values: WaveArray) -> WaveArray:
        return _mean(paired, values.take(other) - values.take(one))

    return {
        f"{name}_partner_s": where_known(some, gap_s),
        f"{name}_partner_higher": where_known(some, partner),
        f"{name}_partner_sharper": where_known(some, side.sharper.take(best)),
        f"{name}_partner_score": where_known(some, score.max(axis=0)),
        f"{name}_alike": there.sum(axis=0, dtype=np.float32),
        f"{name}_paired": paired.sum(axis=0, dtype=np.float32),
        f"{name}_pairs_higher": over(past.higher),
        f"{name}_pairs_sharper": over(past.sharper),
        f"{name}_pairs_score": over(past.score),
    }


def partner(side: Near) -> IntArray:
    """Which of those on one side, (n,), is the likeliest close by."""
    return np.asarray(_beside(side)[0].argmax(axis=0))


def _beside(side: Near) -> tuple[WaveArray, BoolArray]:
    """Scores (k, n) of those close by; whether there is one, (n,)."""
    beside = side.known & (side.after_s >= PARTNER_S[0]) & (side.after_s <= PARTNER_S[1])
    return where_known(beside, side.score, 2.0 * float(SURE_NOT)), np.asarray(beside.any(axis=0))


def is_p_wave(read: Columns) -> BoolArray:
    """(n,): goes before another as those like it did before, each of a pair in which the later one was the sharper."""
    after_s = read["next_partner_s"]
    found = (after_s > PR_S[0]) & (after_s < PR_S[1])
    found &= (read["next_paired"] >= PAIRED) & (read["next_pairs_sharper"] > SHARPER)
    return np.asarray(found & (read["next_partner_score"] > NOT_HOPELESS))


def _nearest(which: BoolArray, count: int) -> tuple[IntArray, BoolArray]:
    """Where in the flat (k, n) the first `count` that are true in each column are, (count, n); are there so many?"""
    first = _flat(np.argsort(~which, axis=0, kind="stable")[:count])
    return first, which.take(first)


def _flat(row: IntArray) -> IntArray:
    """Places in a flat (k, n) of rows (…, n), one for each column."""
    n = row.shape[-1]
    return np.asarray(row * n + np.arange(n))


def _most(near: BoolArray, values: WaveArray, otherwise: np.float32) -> WaveArray:
    """(cycles, k, n) of (k, n) -> (cycles, n)."""
    return np.asarray(np.where(near, values, otherwise).max(axis=1))


def _mean(which: BoolArray, values: WaveArray) -> WaveArray:
    """Over the cycles that there are; not-a-number where there is none."""
    count = which.sum(axis=0)
    total = np.where(which, values, np.float32(0.0)).sum(axis=0)
    return where_known(count > 0, total / np.maximum(count, 1).astype(np.float32))
