"""The shapes that the beats of a lane have had: a few templates each, kept for a quarter of an hour.

Sixty beats are soon filled by another rhythm: an escape rhythm or a tachycardia of a minute is then what is usual. Here
a shape keeps its weight for `MEMORY_BEATS`. The one that was most common and did not come early is the reference; a
beat is told by which shape it has, by how that one has come so far (early? with a P wave? wide?), by how it differs
from the reference, and by whether it is a mixture of the reference and another known shape, as fusion beats are.

What is said of a beat is said when its wave is whole, from those before it alone, so it does not depend on frames.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from ml.signals import beat_fusion
from ml.signals.beat_tempo import LAST, LONGER, MEAN, MINUTE, RUN, SINCE, TEMPO, learn_tempo
from ml.signals.beat_waves import MEASURES, QRS, BeatWaves, Floats, P, T, centred, detrended
from ml.signals.filters import BoolArray, FloatArray, IntArray

SHAPES: Final = 6
ALIKE: Final = 0.87
SIZE_COUNTS: Final = 0.15  # of the likeness, for each e-fold in size
MEMORY_BEATS: Final = 1000.0
TEMPLATE_BEATS: Final = 32.0  # a template follows its beats as slowly
MOST_EARLY: Final = 1.0  # log of intervals
EARLY_COUNTS: Final = 4.0  # against a shape that comes early, in choosing the reference
KNOWN: Final = 1.5  # beats of a shape that may be the ectopic one
WIDER: Final = 0.15  # log of durations
APART: Final = 0.25  # of the reference, that a beat differs from it: nearer ones are no fusions
MOST_MISSING: Final = 0.3  # beats of which more is missing teach nothing
LEAST_POWER: Final = 1e-4
QRS_LENGTH: Final = QRS.stop - QRS.start
P_PART: Final = slice(QRS_LENGTH, QRS_LENGTH + P.stop - P.start)
T_PART: Final = slice(P_PART.stop, P_PART.stop + T.stop - T.start)
LENGTH: Final = T_PART.stop
SPREAD: Final = MEASURES.index("spread_s")

# What is kept of each shape. Those of `FOLLOWED` are means of the shape's last beats.
STATE: Final = ("weight", "count", "power", "pause", "early", "p", "spread_s", "pace_s")
WEIGHT, COUNT, POWER, PAUSE, EARLY, P_LIKENESS, WIDTH, PACE = range(len(STATE))
FOLLOWED: Final = slice(EARLY, len(STATE))

NAMES: Final = (
    "shape_share",
    "shape_count",
    "shape_likeness",
    "reference_likeness",
    "reference_rest",
    "reference_size",
    "reference_spread",
    "reference_p",
    "reference_p_share",
    "reference_t",
    "shape_spread",
    "shape_early",
    "shape_pace",
    "shape_pause",
    "shape_p",
    "early",
    "early_of_minute",
    "early_of_long",
    "since_reference",
    "run_of_shape",
    "ectopic_share",
    "ectopic_early",
    "ectopic_spread",
    "ectopic_likeness",
    "toward_spread",
    "toward_t",
    "beside_t",
    *beat_fusion.NAMES,
)


@dataclass(frozen=True)
class _Measured:
    """(k,) beats. `prepared` (k, LENGTH)."""

    lane: IntArray
    prepared: Floats
    spread_s: FloatArray
    rr_s: FloatArray
    good: BoolArray

    def take(self, which: IntArray) -> "_Measured":
        return _Measured(*(getattr(self, each.name)[which] for each in fields(self)))

    @staticmethod
    def join(parts: "list[_Measured]") -> "_Measured":
        return _Measured(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(_Measured)))


@dataclass(frozen=True)
class _Look:
    """(k,) beats against what their lanes knew just before. `state` (k, SHAPES, len(STATE)), `tempo` (k, len(TEMPO));
    `dots`, `likeness` (k, SHAPES): products with each shape, correlations; `usual`, `foreign` (k, LENGTH): the
    reference and the ectopic shape; `own`, `reference`, `ectopic`: their numbers; `known`: whether `own` was there;
    `has_ectopic`: whether `ectopic` was."""

    state: FloatArray
    tempo: FloatArray
    dots: FloatArray
    power: FloatArray
    likeness: FloatArray
    usual: FloatArray
    foreign: Floats
    own: IntArray
    reference: IntArray
    ectopic: IntArray
    known: BoolArray
    has_ectopic: BoolArray
    score: FloatArray
    early: FloatArray
    p: FloatArray

    @staticmethod
    def join(parts: "list[_Look]") -> "_Look":
        return _Look(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(_Look)))


class BeatShapes:
    """Arrays of `lanes` rows; a shape of weight 0 is not there."""

    def __init__(self, lanes: int) -> None:
        self._qrs: Floats = np.zeros((lanes, SHAPES, QRS_LENGTH), np.float32)
        self._beside_qrs: Floats = np.zeros((lanes, SHAPES, LENGTH - QRS_LENGTH), np.float32)
        self._state: FloatArray = np.zeros((lanes, SHAPES, len(STATE)))
        self._tempo: FloatArray = np.zeros((lanes, len(TEMPO)))

    def reset(self, rows: IntArray) -> None:
        self._state[rows] = 0.0
        self._tempo[rows] = 0.0

    def learn(self, lane: IntArray, rank: IntArray, waves: BeatWaves, rr_s: FloatArray) -> Floats:
        """(k, len(NAMES)) of new beats. `rank`: which of these each is in its lane; `rr_s`: the interval before it,
        not-a-number of a lane's first."""
        spread_s = np.maximum(waves.measures[:, SPREAD].astype(np.float64), 1e-3)
        beats = _Measured(lane, _prepared(waves.wave), spread_s, rr_s, waves.missing <= MOST_MISSING)
        turns = [np.flatnonzero(rank == turn) for turn in range(int(rank.max()) + 1)]
        with np.errstate(divide="ignore", invalid="ignore"):
            in_turn = [beats.take(turn) for turn in turns]
            looks = [self._learn_one_each(each) for each in in_turn]
            told = _told(_Measured.join(in_turn), _Look.join(looks))
            found = np.column_stack([told[name] for name in NAMES])
        said = np.empty(found.shape, np.float32)
        said[np.concatenate(turns)] = np.where(np.isfinite(found), found, np.nan)
        return said

    def _learn_one_each(self, beats: _Measured) -> _Look:
        """One beat of each of several lanes: what was known, and then it is known too."""
        look = self._look(beats)
        good = np.flatnonzero(beats.good)
        state, tempo = look.state.copy(), look.tempo.copy()
        if len(good):
            state[good], tempo[good] = self._remember(beats, look, good, state[good], tempo[good])
        learn_tempo(tempo, beats.rr_s)
        self._state[beats.lane], self._tempo[beats.lane] = state, tempo
        return look

    def _look(self, beats: _Measured) -> _Look:
        row = np.arange(len(beats.lane))
        state, tempo, shapes = self._state[beats.lane], self._tempo[beats.lane], self._qrs[beats.lane]
        early = _earliness(state, tempo, beats.rr_s)
        qrs = beats.prepared[:, :QRS_LENGTH]
        weight, powers = state[:, :, WEIGHT], np.maximum(state[:, :, POWER], LEAST_POWER)
        dots = (shapes * qrs[:, None]).sum(axis=2).astype(np.float64)
        power = np.maximum((qrs * qrs).sum(axis=1).astype(np.float64), LEAST_POWER)
        ratio = power[:, None] / powers
        likeness = np.where(weight > 0, dots / (powers * np.sqrt(ratio)), -1.0)
        score = np.where(weight > 0, likeness - SIZE_COUNTS * 0.5 * np.abs(np.log(ratio)), -2.0)
        best = np.argmax(score, axis=1)
        known = score[row, best] > ALIKE
        common = weight * np.exp(EARLY_COUNTS * np.minimum(state[:, :, EARLY], 0.0))
        reference = np.argmax(common, axis=1)
        between = (shapes * shapes[row, reference][:, None]).sum(axis=2).astype(np.float64)
        like_reference = between / np.sqrt(powers * powers[row, reference, None])
        earlier = state[:, :, EARLY] - state[row, reference, EARLY][:, None]
        strange = np.where(weight >= KNOWN, beat_fusion.strangeness(like_reference, earlier), 0.0)
        ectopic, has_ectopic = beat_fusion.ectopic_shape(strange, weight, reference, likeness)
        usual = self._template(beats.lane, reference).astype(np.float64)
        return _Look(
            state=state, tempo=tempo, dots=dots, power=power, likeness=likeness, usual=usual,
            foreign=self._template(beats.lane, ectopic), own=np.where(known, best, np.argmin(weight, axis=1)),
            reference=reference, ectopic=ectopic, known=known, has_ectopic=has_ectopic,
            score=score[row, best], early=early,
            p=_against(beats.prepared, usual, P_PART)[0],
        )  # fmt: skip

    def _template(self, lane: IntArray, shape: IntArray) -> Floats:
        return np.concatenate((self._qrs[lane, shape], self._beside_qrs[lane, shape]), axis=1)

    def _remember(
        self, beats: _Measured, look: _Look, which: IntArray, state: FloatArray, tempo: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """The shape of each of these beats follows it; one that is new takes the place of the rarest."""
        lane, own, known, row = beats.lane[which], look.own[which], look.known[which], np.arange(len(which))
        state[:, :, WEIGHT] *= 1.0 - 1.0 / MEMORY_BEATS
        was = np.where(known[:, None], state[row, own], 0.0)
        count = was[:, COUNT] + 1.0
        rate = 1.0 / np.minimum(count, TEMPLATE_BEATS)
        before = np.concatenate((self._qrs[lane, own], self._beside_qrs[lane, own]), axis=1)
        template = before + rate[:, None].astype(np.float32) * (beats.prepared[which] - before)
        self._qrs[lane, own] = template[:, :QRS_LENGTH]
        self._beside_qrs[lane, own] = template[:, QRS_LENGTH:]
        said = np.column_stack((look.early[which], look.p[which], beats.spread_s[which], beats.rr_s[which]))
        followed = was[:, FOLLOWED]
        follows = np.where(known[:, None] & np.isfinite(followed), followed + rate[:, None] * (said - followed), said)
        was[:, FOLLOWED] = np.where(np.isfinite(said), follows, np.where(known[:, None], followed, np.nan))
        was[:, WEIGHT] += 1.0
        was[:, COUNT] = count
        was[:, POWER] = (template[:, :QRS_LENGTH] ** 2).sum(axis=1)
        state[row, own] = was
        tempo[:, RUN] = np.where(tempo[:, LAST] == own, tempo[:, RUN] + 1.0, 1.0)
        tempo[:, SINCE] = np.where(own == look.reference[which], 0.0, tempo[:, SINCE] + 1.0)
        tempo[:, LAST] = own
        return state, tempo


def _earliness(state: FloatArray, tempo: FloatArray, rr_s: FloatArray) -> FloatArray:
    """Log of the interval, of the mean of those before; what it says of the shape before is put into `state`."""
    known = (tempo[:, MEAN] > 0) & np.isfinite(rr_s)
    early = np.log(np.where(known, rr_s, 1.0) / np.where(known, tempo[:, MEAN], 1.0))
    early = np.clip(early, -MOST_EARLY, MOST_EARLY)
    row, before = np.arange(len(state)), tempo[:, LAST].astype(np.int64)
    rate = 1.0 / np.clip(state[row, before, COUNT], 1.0, TEMPLATE_BEATS)
    pause = state[row, before, PAUSE]
    state[row, before, PAUSE] = np.where(known, pause + rate * (early - pause), pause)
    return early


def _told(beats: _Measured, look: _Look) -> dict[str, FloatArray]:
    row, prepared, known, tempo = np.arange(len(look.own)), beats.prepared, look.known, look.tempo
    own, usual = look.state[row, look.own], look.state[row, look.reference]
    whole, power = look.state[:, :, WEIGHT].sum(axis=1), np.maximum(usual[:, POWER], LEAST_POWER)
    rest = np.maximum(look.power + power - 2.0 * look.dots[row, look.reference], 0.0)
    t, _ = _against(prepared, look.usual, T_PART)

    def of_shape(column: int, new: FloatArray) -> FloatArray:
        return np.where(known, own[:, column], new)

    return {
        "shape_share": of_shape(WEIGHT, np.full(len(row), 0.5)) / (whole + 1.0),
        "shape_count": np.log1p(of_shape(COUNT, np.zeros(len(row)))),
        "shape_likeness": look.score,
        "reference_likeness": look.likeness[row, look.reference],
        "reference_rest": np.sqrt(rest / power),
        "reference_size": 0.5 * np.log(look.power / power),
        "reference_spread": np.log(beats.spread_s / usual[:, WIDTH]),
        "reference_p": look.p,
        "reference_p_share": _against(prepared, look.usual, P_PART)[1],
        "reference_t": t,
        "shape_spread": np.log(of_shape(WIDTH, beats.spread_s) / usual[:, WIDTH]),
        "shape_early": of_shape(EARLY, look.early) - usual[:, EARLY],
        "shape_pace": np.log(of_shape(PACE, beats.rr_s) / usual[:, PACE]),
        "shape_pause": of_shape(PAUSE, np.full(len(row), np.nan)) - usual[:, PAUSE],
        "shape_p": of_shape(P_LIKENESS, look.p),
        "early": look.early,
        "early_of_minute": np.log(beats.rr_s / tempo[:, MINUTE]),
        "early_of_long": np.log(beats.rr_s / tempo[:, LONGER]),
        "since_reference": np.log1p(tempo[:, SINCE]),
        "run_of_shape": np.log1p(np.where(known & (tempo[:, LAST] == look.own), tempo[:, RUN], 0.0)),
        **_beside_ectopic(beats, look),
    }


def _prepared(wave: Floats) -> Floats:
    """QRS, P and T, each about its own level; means of these are these of means."""
    exact = wave.astype(np.float64)
    parts = centred(exact[:, QRS]), detrended(exact[:, P]), centred(exact[:, T])
    return np.concatenate(parts, axis=1).astype(np.float32)


def _against(prepared: Floats, usual: FloatArray, part: slice) -> tuple[FloatArray, FloatArray]:
    """Likeness of one part to the reference's, and how much of that it holds."""
    one, other = prepared[:, part].astype(np.float64), usual[:, part]
    dot, power = (one * other).sum(axis=1), (other * other).sum(axis=1)
    size = np.sqrt((one * one).sum(axis=1) * power)
    least = 1e-4 * (usual[:, :QRS_LENGTH] ** 2).sum(axis=1) + 1e-9
    return dot / np.maximum(size, 1e-6), dot / np.maximum(power, least)


def _beside_ectopic(beats: _Measured, look: _Look) -> dict[str, FloatArray]:
    """What the ectopic shape is like, and how much of it the beat has: of one near the reference, none."""
    row, there = np.arange(len(look.own)), look.has_ectopic
    usual, its = look.state[row, look.reference], look.state[row, look.ectopic]
    wider = np.log(its[:, WIDTH] / usual[:, WIDTH])
    t, beside_t = beat_fusion.toward(
        *(each[:, T_PART].astype(np.float64) for each in (beats.prepared, look.usual, look.foreign))
    )
    power = np.maximum(usual[:, POWER], LEAST_POWER)
    apart = look.power + power - 2.0 * look.dots[row, look.reference] > APART**2 * power
    fused = np.tile((1.0, 0.0, np.nan, 0.0, np.nan), (len(row), 1))
    near = np.flatnonzero(there & apart)
    if len(near):
        fused[near] = beat_fusion.fusion(
            *(each[near, :QRS_LENGTH].astype(np.float32) for each in (beats.prepared, look.usual, look.foreign))
        )
    found = {
        "ectopic_share": its[:, WEIGHT] / (look.state[:, :, WEIGHT].sum(axis=1) + 1.0),
        "ectopic_early": its[:, EARLY] - usual[:, EARLY],
        "ectopic_spread": wider,
        "ectopic_likeness": look.likeness[row, look.ectopic],
        "toward_spread": np.log(beats.spread_s / usual[:, WIDTH]) / np.where(np.abs(wider) > WIDER, wider, np.nan),
        "toward_t": t,
        "beside_t": beside_t,
        **dict(zip(beat_fusion.NAMES, fused.T, strict=True)),
    }
    return {name: np.where(there, values, np.nan) for name, values in found.items()}
