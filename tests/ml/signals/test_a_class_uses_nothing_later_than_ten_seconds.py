"""A beat's class is settled ten seconds after it, and comes out of a live stream within that."""

import numpy as np

from ml.signals.beats import BeatClassStream, classify
from tests.ml.signals.ectopic import made

RATE_HZ = 250.0
STRETCH = made("NNNNNVNNNNNNVNNVNNNNNNNVVNNNNNNNVNNN" * 2, RATE_HZ)


def test_what_comes_ten_seconds_later_changes_nothing() -> None:
    """The signal turns to noise and the beats to nonsense: what was before stays what it was."""
    whole = classify(STRETCH.signal_mv, RATE_HZ, STRETCH.r_peaks)
    for cut_s in (15.0, 27.3, 40.0):
        cut = round(cut_s * RATE_HZ)
        signal = STRETCH.signal_mv.copy()
        signal[cut:] = np.random.default_rng(1).standard_normal(len(signal) - cut)
        peaks = STRETCH.r_peaks[STRETCH.r_peaks < cut]
        later = np.arange(cut + 20, len(signal) - 20, 77)
        changed = classify(signal, RATE_HZ, np.concatenate((peaks, later)))
        settled = int((STRETCH.r_peaks <= cut - 10.0 * RATE_HZ).sum())
        assert settled > 0
        assert changed[:settled].tolist() == whole[:settled].tolist()


def test_a_live_stream_gives_each_class_within_ten_seconds() -> None:
    """Seconds of signal; R peaks given as late as the detector may give them."""
    stream, given = BeatClassStream(RATE_HZ), 0
    frame, detector = round(RATE_HZ), round(1.4 * RATE_HZ)
    for start in range(0, len(STRETCH.signal_mv) - frame, frame):
        end = start + frame
        known = STRETCH.r_peaks <= end - detector
        new = STRETCH.r_peaks[known & (STRETCH.r_peaks > start - detector)]
        given += len(stream.push(STRETCH.signal_mv[start:end], new).sample)
        assert given >= (STRETCH.r_peaks <= end - 10.0 * RATE_HZ).sum()
