"""Which candidates are R peaks: a glimpse and three looks, all by boosted trees, in place of a rule's threshold.

Candidates come at a low threshold, so that hardly any beat is not among them. A glimpse (`qrs_glimpse`) settles what is
plain. The first look (`qrs_glance`) sees the candidate's shape and the heights around it; the second and the third
(`qrs_context`, `qrs_last`), each a little later, see how the one before judged those around it and what it took for
this person's beats. None reads a decision of the last, so an error does not breed others, and everything of one push is
judged at once, whatever the number of lanes. Of two too near for both to be beats, the first goes if the second looked
likelier, or if such pairs of the cycles before say so (`qrs_echo`): a P wave may be as high as its QRS complex, and
nearly as likely. In an irregular rhythm a lower score is enough for what has the shape of a beat, for when it came says
little there.

What is read of the future is bounded: `LOOKAHEAD_S`. A lane's results do not depend on how its signal was cut.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from ml.signals import qrs_context, qrs_echo, qrs_glance, qrs_glimpse, qrs_last
from ml.signals.beat_memory import BeatMemory, Learning
from ml.signals.beat_ring import RIVAL_S, BeatRing
from ml.signals.candidate_table import LOOKS, CandidateTable, rank_in_lane, where_known
from ml.signals.filters import BoolArray, FloatArray, IntArray, WaveArray
from ml.signals.peaks import Candidates
from ml.signals.qrs_glance import Columns
from ml.signals.qrs_judges import Judge

LOOKAHEAD_S: Final = qrs_glance.LOOKAHEAD_S + sum(qrs_context.LOOKAHEAD_S)
REFRACTORY_S: Final = 0.18
PR_S: Final = 0.25  # of two so near, the first may be a P wave as high as its QRS complex
PLAINLY_NONE: Final = -4.0  # what a glimpse scores below this is not looked at,
PLAINLY_BEAT: Final = 4.75  # nor above this
HOPELESS: Final = -6.0  # a first score below this is not looked at again,
SURE: Final = 5.0  # nor one above this
CLEARLY: Final = 3.0  # likelier by this much
ECLIPSE_S: Final = 0.25
ECLIPSE: Final = 0.5  # octaves
DWARFED: Final = 3.5  # octaves below another one close by: not looked at once
LIKELY: Final = 0.0  # for the look after
ACCEPTED: Final = -0.8  # by the last: below even odds, for on persons unseen the looks miss more than they invent
JUST: Final = ACCEPTED + 0.01
ACCEPTED_UNTIMED: Final = -2.0  # the same in an irregular rhythm and a calm lead: no beat is due at any time,
SHAPED: Final = -1.0  # for what the first look, which knows no rhythm, scored above this
IRREGULAR: Final = 0.1  # mean deviation of the last intervals from their median, of it
CALM: Final = 0.1  # doubt for each beat, among
CALM_OF: Final = (16, 48)  # so many candidates before
FAINT: Final = 12.0  # times lower than this person's usual beat: an amplifier's noise in an asystole, unless
FAINT_ACCEPTED: Final = 3.0  # it is this likely
NEVER: Final = -9.0
NO_DOUBT: Final = 0.2  # what is as sure as this, one way or the other, is sure
DOUBT_MEMORY_S: Final = 5.0
LONG_AGO: Final = -(2**40)


class QrsDecision:
    """State per lane; see `BeatDecision`, in whose place it stands. `judges`: of the glimpse and each look."""

    def __init__(self, envelope_hz: float, lanes: int, shape_length: int, judges: Sequence[Judge]) -> None:
        self.memory = BeatMemory(lanes, shape_length, envelope_hz, Learning())
        self._table = CandidateTable(lanes, shape_length, envelope_hz)
        self._likely = [BeatRing(lanes, shape_length, envelope_hz) for _ in qrs_context.LOOKAHEAD_S]
        self._judges = judges
        self._hz = envelope_hz
        self._seen: IntArray = np.zeros((LOOKS, lanes), np.int64)  # number of the first candidate not yet looked at,
        self._compared: IntArray = np.zeros((LOOKS - 1, lanes), np.int64)  # not yet compared with its rivals
        self._until: IntArray = np.zeros(lanes, np.int64)
        self._doubt: FloatArray = np.zeros((2, lanes))  # recent doubt, and recent beats
        self._last_beat: IntArray = np.full(lanes, LONG_AGO)

    def reset(self, rows: IntArray) -> None:
        """Forget these lanes, their pending candidates too."""
        self.memory.reset(rows)
        self._table.reset(rows)
        for ring in self._likely:
            ring.reset(rows)
        self._seen[:, rows] = 0
        self._compared[:, rows] = 0
        self._last_beat[rows] = LONG_AGO
        self._until[rows] = 0
        self._doubt[:, rows] = 0.0

    def decide(self, new: Candidates, known_until: IntArray) -> Candidates:
        """`known_until` (lanes,): envelope samples of each lane of which every candidate has been given."""
        self._table.append(new)
        until = known_until
        for look, ahead_s in enumerate((qrs_glance.LOOKAHEAD_S, *qrs_context.LOOKAHEAD_S)):
            until = until - self._samples(ahead_s)
            lane, number = self._table.waiting(self._seen[look], until)
            self._seen[look, lane] = number + 1
            if look == 0:
                self._glance(lane, number)
            else:
                self._look_again(look, lane, number)
            if look < LOOKS - 1:
                self._remember_likely(look, until - self._samples(RIVAL_S))
        at = self._table.at(lane, number)
        self._learn_doubt(lane, self._table.scores[-1, at], until)
        self._heed_p_waves(lane, number)
        beat = self._table.scores[-1, at] > ACCEPTED_UNTIMED
        lane, number = lane[beat], number[beat]
        beat = ~self._table.outdone(lane, number, PR_S, LOOKS - 2)
        lane, number = lane[beat], number[beat]
        beat = self._timely_or_shaped(lane, number)
        return self._accept(lane[beat], number[beat])

    def doubt(self, rows: IntArray) -> FloatArray:
        """How unsure the last decisions were, 0 to 1, for each beat that there may have been; 0 before the first."""
        each: FloatArray = self._doubt[0, rows] / np.maximum(self._doubt[1, rows], 1.0)
        return np.minimum(1.0, each)

    def _learn_doubt(self, lane: IntArray, score: WaveArray, until: IntArray) -> None:
        passed_s = np.maximum(until - self._until, 0) / self._hz
        self._until = np.maximum(until, self._until)
        p = 1.0 / (1.0 + np.exp(-score.astype(np.float64)))
        self._doubt *= np.exp(-passed_s / DOUBT_MEMORY_S)
        for kind, amount in enumerate((np.maximum(0.0, 2.0 * np.minimum(p, 1.0 - p) - NO_DOUBT), p)):
            self._doubt[kind] += np.bincount(lane, amount, minlength=len(self._until))

    def _samples(self, seconds: float) -> int:
        return int(np.ceil(seconds * self._hz)) + 1

    def _glance(self, lane: IntArray, number: IntArray) -> None:
        if not len(lane):
            return
        self._table.scores[0, self._table.at(lane, number)] = NEVER
        seen = ~self._table.dwarfed(lane, number, DWARFED, (6, 1.0), (qrs_glance.FUTURE, qrs_glance.LOOKAHEAD_S))
        lane, number = lane[seen], number[seen]
        score = self._ask(0, lane, number, qrs_glimpse.glimpse(self._table, lane, number))
        open_yet = np.flatnonzero((score > PLAINLY_NONE) & (score < PLAINLY_BEAT))
        score = np.where(score > 0.0, np.float32(SURE), np.float32(NEVER))
        if len(open_yet):
            asked = lane[open_yet], number[open_yet]
            score[open_yet] = self._ask(1, *asked, qrs_glance.glance(self._table, *asked))
        self._table.scores[0][self._table.at(lane, number)] = score

    def _look_again(self, look: int, lane: IntArray, number: IntArray) -> None:
        """At those of which the look before was not sure; of the others its score stands.

        A candidate whose rival is clearly the likelier beat is none, nor one that a much higher likely beat follows.
        """
        table, at = self._table, self._table.at(lane, number)
        score = table.scores[look - 1].take(at)
        hopeful = np.flatnonzero(score > HOPELESS)
        asked = lane[hopeful], number[hopeful]
        lost = table.eclipse(*asked, look - 1, ECLIPSE_S, ECLIPSE)
        lost |= table.beaten(*asked, RIVAL_S, look - 1, by=CLEARLY)
        score[hopeful[lost]] = NEVER
        unsure = hopeful[~lost & (score[hopeful] < SURE)]
        if len(unsure):
            asked = lane[unsure], number[unsure]
            inputs = self._inputs(look, *asked)
            score[unsure] = self._ask(look + 1, *asked, inputs)
            if look == qrs_last.LOOK:
                table.p_wave[at[unsure]] = qrs_echo.is_p_wave(inputs)
        table.scores[look][at] = score

    def _inputs(self, look: int, lane: IntArray, number: IntArray) -> Columns:
        if look == qrs_last.LOOK:
            return qrs_last.last(self._table, self._likely, lane, number)
        return qrs_context.context(self._table, self._likely, look, lane, number)

    def _ask(self, judge: int, _lane: IntArray, _number: IntArray, inputs: Columns) -> WaveArray:
        return self._judges[judge](qrs_glance.rows_of(inputs))

    def _remember_likely(self, look: int, before: IntArray) -> None:
        """Those that a look takes for beats, and the best of their rivals."""
        table = self._table
        lane, number = table.waiting(self._compared[look], before)
        self._compared[look, lane] = number + 1
        likely = table.scores[look].take(table.at(lane, number)) > LIKELY
        lane, number = lane[likely], number[likely]
        if not len(lane):
            return
        best = ~table.beaten(lane, number, RIVAL_S, look)
        lane, number = lane[best], number[best]
        at = table.at(lane, number)
        shape = table.shape.take(at, axis=0)
        self._likely[look].append(lane, table.index[at], table.height[at], table.sharpness[at], shape)

    def _accept(self, lane: IntArray, number: IntArray) -> Candidates:
        """In their order, each if it does not follow a beat too soon nor is faint; learned from by the memory."""
        at = self._table.at(lane, number)
        index = self._table.index[at]
        score = self._table.scores[-1].take(at)
        likely, untimely = score > FAINT_ACCEPTED, score <= ACCEPTED
        height = FAINT * self._table.amplitude[at]
        accepted = np.zeros(len(lane), dtype=np.bool_)
        rank = rank_in_lane(lane)
        order = np.argsort(rank, kind="stable")
        for turn in np.split(order, np.flatnonzero(np.diff(rank[order])) + 1) if len(order) else ():
            free = index[turn] - self._last_beat[lane[turn]] > REFRACTORY_S * self._hz
            free &= likely[turn] | (height[turn] >= self.memory.signal[lane[turn]])
            if untimely[turn].any():
                free &= ~untimely[turn] | (self.memory.irregularity(lane[turn]) > IRREGULAR)
            turn = turn[free]  # noqa: PLW2901
            accepted[turn] = True
            self._last_beat[lane[turn]] = index[turn]
            self._learn(lane[turn], at[turn])
        at = at[accepted]
        no_shape = np.zeros((len(at), 0), np.float32)
        return Candidates(
            lane[accepted], index[accepted], self._table.amplitude[at], self._table.fiducial[at], no_shape
        )

    def _heed_p_waves(self, lane: IntArray, number: IntArray) -> None:
        """What goes before another as P waves did in the cycles before is none, however likely; the other is a beat."""
        table, at = self._table, self._table.at(lane, number)
        score = table.scores[-1]
        found = np.flatnonzero(table.p_wave.take(at))
        found = found[score.take(at[found]) > ACCEPTED]
        if len(found):
            found = found[~table.outdone(lane[found], number[found], PR_S, LOOKS - 2)]
            score[at[found]] = NEVER
            which = lane[found], number[found]
            future = table.future(*which, qrs_context.FUTURE, qrs_context.LOOKAHEAD_S[-1], LOOKS - 2)
            table.due[table.at(which[0], which[1] + 1 + qrs_echo.partner(future))] = True
        due = at[table.due.take(at)]
        score[due] = np.maximum(score[due], np.float32(JUST))

    def _timely_or_shaped(self, lane: IntArray, number: IntArray) -> BoolArray:
        """Which the last look accepts, or have at least the shape of a beat and come after candidates that were clear.

        The looks at the context score the latter low because no beat is due; if none is ever due, that says nothing.
        """
        at = self._table.at(lane, number)
        beat: BoolArray = self._table.scores[-1].take(at) > ACCEPTED
        asked = np.flatnonzero(~beat & (self._table.scores[0].take(at) > SHAPED))
        if not len(asked):
            return beat
        near = self._table.past(lane[asked], number[asked], CALM_OF[-1], LOOKS - 2)
        chance = where_known(near.known, 1.0 / (1.0 + np.exp(-near.score)), 0.0)
        doubt = chance * (1.0 - chance)
        calm = [doubt[:k].sum(axis=0) < CALM * np.maximum(chance[:k].sum(axis=0), 1.0) for k in CALM_OF]
        beat[asked] = np.all(calm, axis=0)
        return beat

    def _learn(self, lane: IntArray, at: IntArray) -> None:
        """One beat of each of several lanes."""
        table, memory = self._table, self.memory
        begins = memory.signal[lane] == 0.0
        if begins.any():
            memory.begin(lane[begins], table.index[at[begins]], table.amplitude[at[begins]])
        memory.learn_beats(memory.moment(lane, table.index[at], table.amplitude[at], table.shape.take(at, axis=0)))
