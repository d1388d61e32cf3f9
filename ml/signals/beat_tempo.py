"""How fast a lane beats: means of the last intervals and of a minute's, and a long one; and the order of the shapes of
its last beats, which `beat_shapes` notes here."""

from typing import Final

import numpy as np

from ml.signals.filters import FloatArray

TEMPO_BEATS: Final = 8.0
MINUTE_BEATS: Final = 60.0
LONG: Final = 0.8  # share of the intervals that are shorter than the long one,
LONG_STEP: Final = 0.05  # which follows them by so much at most

# What is kept of each lane; the last three are of shapes: the last beat's, how many it ran, beats since the reference.
TEMPO: Final = ("mean_s", "minute_s", "long_s", "beats", "last", "run", "since")
MEAN, MINUTE, LONGER, BEATS, LAST, RUN, SINCE = range(len(TEMPO))


def learn_tempo(tempo: FloatArray, rr_s: FloatArray) -> None:
    """Follow intervals (k,) in `tempo` (k, len(TEMPO)), in place: means of the last ones, and the quantile `LONG`, for
    premature beats may outnumber the others, and the longer intervals are the sinus node's."""
    known = np.isfinite(rr_s)
    count = tempo[:, BEATS]
    for column, most in ((MEAN, TEMPO_BEATS), (MINUTE, MINUTE_BEATS)):
        mean = tempo[:, column]
        within = np.clip(rr_s, 0.5 * mean, 2.0 * mean)
        after = np.where(mean > 0, mean + (within - mean) / np.minimum(count + 1.0, most), rr_s)
        tempo[:, column] = np.where(known, after, mean)
    long_s = tempo[:, LONGER]
    follows = long_s * (1.0 + LONG_STEP * (LONG - (rr_s < long_s)))
    tempo[:, LONGER] = np.where(known, np.where(count > 0, follows, rr_s), long_s)
    tempo[:, BEATS] = count + known
