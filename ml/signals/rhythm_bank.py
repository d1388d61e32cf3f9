"""Beat classes, rhythm and fibrillation of many leads at once, from second to second."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals import rhythm
from ml.signals.beats import CLASSES, BeatClassBank, ClassedBeats
from ml.signals.filters import FloatArray, IntArray
from ml.signals.rhythm_events import LONG_AGO_S, LONGEST_PATTERN, LOOK_BACK, Rhythm, rhythms_of

KEPT: Final = 320  # beats: a minute at 320 /min
MINUTE_S: Final = 60.0
EVERY_BEATS: Final = 15  # a window of fibrillation ends at every such beat; every fourth is one of the offline windows
WINDOWS_KEPT: Final = 240  # 3,600 beats, most of an hour


@dataclass(frozen=True)
class RhythmState:
    """(rows,) as known now, up to the last beat whose class is. Not-a-number where too little was heard."""

    beats: IntArray  # classed since the lane began
    rhythm: IntArray  # as `Rhythm`
    ectopics_per_min: FloatArray  # ventricular, of the last minute
    fibrillation: FloatArray  # probability, of the last window
    burden: FloatArray  # share of windows that likely fibrillate


class RhythmBank:
    """`lanes` ECG leads of one rate, 100 to 1000 Hz (else ValueError), millivolts."""

    def __init__(self, rate_hz: float, lanes: int) -> None:
        self._rate_hz = rate_hz
        self._classes = BeatClassBank(rate_hz, lanes)
        self._count: IntArray = np.zeros(lanes, np.int64)
        self._seconds: FloatArray = np.zeros((lanes, KEPT))
        self._class = np.zeros((lanes, KEPT), dtype=np.uint8)  # as in `CLASSES`
        self._ventricular: IntArray = np.zeros((lanes, KEPT), np.int64)  # how many up to each beat
        self._first_s: FloatArray = np.zeros(lanes)
        self._first_of_minute: IntArray = np.zeros(lanes, np.int64)
        self._rhythm: IntArray = np.zeros(lanes, np.int64)
        self._ectopics: FloatArray = np.zeros(lanes)
        self._fibrillation: FloatArray = np.zeros(lanes)
        self._windows: FloatArray = np.zeros((lanes, WINDOWS_KEPT))
        self._window_count: IntArray = np.zeros(lanes, np.int64)
        self._burden: FloatArray = np.zeros(lanes)
        self.reset(np.arange(lanes))

    def reset(self, rows: IntArray) -> None:
        self._classes.reset(rows)
        self._count[rows] = 0
        self._first_of_minute[rows] = 0
        self._rhythm[rows] = int(Rhythm.NONE)
        self._ectopics[rows] = np.nan
        self._fibrillation[rows] = np.nan
        self._windows[rows] = np.nan
        self._burden[rows] = np.nan
        self._window_count[rows] = 0

    def push(self, rows: IntArray, samples: FloatArray, peak_lane: IntArray, peak_sample: IntArray) -> ClassedBeats:
        """As `BeatClassBank.push`; `state` then tells what it came to."""
        piece = max(1, int(self._rate_hz))
        none = np.zeros(0, np.int64)
        found = [self._push(rows, samples[:, :piece], peak_lane, peak_sample)]
        for cut in range(piece, samples.shape[1], piece):
            found.append(self._push(rows, samples[:, cut : cut + piece], none, none))
        return ClassedBeats.join(found)

    def _push(self, rows: IntArray, samples: FloatArray, peak_lane: IntArray, peak_sample: IntArray) -> ClassedBeats:
        found = self._classes.push(rows, samples, peak_lane, peak_sample)
        if len(found.lane):
            self._learn(found)
        return found

    def state(self, rows: IntArray) -> RhythmState:
        return RhythmState(
            beats=self._count[rows],
            rhythm=self._rhythm[rows],
            ectopics_per_min=self._ectopics[rows],
            fibrillation=self._fibrillation[rows],
            burden=self._burden[rows],
        )

    def _learn(self, found: ClassedBeats) -> None:
        lane = found.lane
        number = self._count[lane] + np.arange(len(lane)) - np.searchsorted(lane, lane)
        self._seconds[lane, number % KEPT] = found.sample / self._rate_hz
        self._class[lane, number % KEPT] = found.numbers
        self._count_ventricular(lane, number)
        begun = lane[number == 0]
        self._first_s[begun] = self._seconds[begun, 0]
        lanes, heard = np.unique(lane, return_counts=True)
        before = self._count[lanes]
        self._count[lanes] += heard
        self._learn_rhythm(lanes)
        self._learn_ectopics(lanes)
        whole = self._count[lanes] // EVERY_BEATS
        due = (whole > before // EVERY_BEATS) & (whole * EVERY_BEATS >= rhythm.WINDOW_BEATS)
        if due.any():
            self._learn_fibrillation(lanes[due], whole[due] * EVERY_BEATS)

    def _count_ventricular(self, lane: IntArray, number: IntArray) -> None:
        """`number` of each beat, of each lane in order."""
        is_ventricular = (self._class[lane, number % KEPT] == CLASSES.index("V")).astype(np.int64)
        first = np.searchsorted(lane, lane)
        among = np.cumsum(is_ventricular)
        own = among - among[first] + is_ventricular[first]
        before = np.where(number[first] > 0, self._ventricular[lane, (number[first] - 1) % KEPT], 0)
        self._ventricular[lane, number % KEPT] = before + own

    def _learn_rhythm(self, lanes: IntArray) -> None:
        """Only where one of the last beats is ectopic is there anything to tell."""
        recent = np.take(self._class, self._last(lanes, LONGEST_PATTERN))
        there = self._count[lanes, None] > np.arange(LONGEST_PATTERN - 1, -1, -1)
        ectopic = (recent == CLASSES.index("V")) | (recent == CLASSES.index("S"))
        some = (ectopic & there).any(axis=1)
        self._rhythm[lanes[~some]] = int(Rhythm.NONE)
        if some.any():
            self._learn_ectopic_rhythm(lanes[some])

    def _learn_ectopic_rhythm(self, lanes: IntArray) -> None:
        at = self._last(lanes, LOOK_BACK)
        there = self._count[lanes, None] > np.arange(LOOK_BACK - 1, -1, -1)
        seconds = np.where(there, np.take(self._seconds, at), LONG_AGO_S)
        classes = np.take(self._class, at)
        ventricular, supraventricular = (there & (classes == CLASSES.index(name)) for name in "VS")
        self._rhythm[lanes] = rhythms_of(seconds, ventricular, supraventricular, there)

    def _learn_ectopics(self, lanes: IntArray) -> None:
        """Of the minute up to the last beat; of the beats that are kept, if it has more."""
        last = self._count[lanes] - 1
        now_s = self._seconds[lanes, last % KEPT]
        first = np.maximum(self._first_of_minute[lanes], last + 1 - KEPT)
        while (old := self._seconds[lanes, first % KEPT] <= now_s - MINUTE_S).any():
            first += old
        self._first_of_minute[lanes] = first
        counted = self._ventricular[lanes, last % KEPT] - self._ventricular[lanes, first % KEPT]
        counted += self._class[lanes, first % KEPT] == CLASSES.index("V")
        heard_a_minute = now_s - self._first_s[lanes] >= MINUTE_S
        self._ectopics[lanes] = np.where(heard_a_minute, counted, np.nan)

    def _last(self, lanes: IntArray, count: int) -> IntArray:
        """Where the last `count` beats of each lane are, in a ring whose axes are one."""
        return np.asarray(lanes[:, None] * KEPT + (self._count[lanes, None] + np.arange(-count, 0)) % KEPT)

    def _learn_fibrillation(self, lanes: IntArray, number: IntArray) -> None:
        """Of the windows that end before beat `number` of each lane."""
        seconds, waves = self._classes.beats.beats_before(lanes, number, rhythm.WINDOW_BEATS)
        windows = rhythm.window_rows(seconds, np.ones(seconds.shape, dtype=np.bool_), waves)
        self._fibrillation[lanes] = rhythm.probabilities(windows)
        self._windows[lanes, self._window_count[lanes] % WINDOWS_KEPT] = self._fibrillation[lanes]
        self._window_count[lanes] += 1
        likely = (self._windows[lanes] >= rhythm.LIKELY).sum(axis=1)
        self._burden[lanes] = likely / np.minimum(self._window_count[lanes], WINDOWS_KEPT)
