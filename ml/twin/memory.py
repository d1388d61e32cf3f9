"""What a twin remembers beside its body: the last reading of each sensor, the last three hours of what is forecast by
its own course as well, and what is usual for the person over about a day."""

from typing import Final

import numpy as np

from ml.physiology.quantities import Array
from ml.twin.keeping import PAST_BIN_S, PAST_BINS, REMEMBERED, Kept

USUAL_OVER_S: Final = 43_200.0


def note(kept: Kept, index: int, code: str, value: Array) -> None:
    """A reading (patients,) of the sensor at `index`, not-a-number where there is none."""
    known = np.isfinite(value)
    since_s = np.where(np.isfinite(kept.last_at_s[index]), kept.at_s - kept.last_at_s[index], 0.0)
    kept.last_value[index] = np.where(known, value, kept.last_value[index])
    kept.last_at_s[index] = np.where(known, kept.at_s, kept.last_at_s[index])
    if code in REMEMBERED:
        which = REMEMBERED.index(code)
        turn_page(kept)
        latest = kept.past[which, :, -1]
        kept.past[which, :, -1] = np.where(known, np.where(np.isfinite(latest), 0.5 * (latest + value), value), latest)
        _usual(kept, which, np.where(known, value, np.nan), since_s)


def turn_page(kept: Kept) -> None:
    """The past by as many bins as have gone by; what is further back than it reaches is forgotten."""
    now = np.floor(kept.at_s / PAST_BIN_S)
    gone = np.clip(now - kept.past_bin, 0, PAST_BINS).astype(np.int64)
    if not gone.any():
        return
    place = np.arange(PAST_BINS)[None, :] + gone[:, None]
    inside = place < PAST_BINS
    kept.past[...] = np.where(
        inside, np.take_along_axis(kept.past, np.minimum(place, PAST_BINS - 1)[None], axis=2), np.nan
    )
    kept.past_bin[...] = now


def _usual(kept: Kept, which: int, value: Array, since_s: Array) -> None:
    """Running mean and deviation, over half a day of readings, whatever their interval."""
    mean, deviation = kept.usual[which], kept.usual_deviation[which]
    first = np.isnan(mean) & np.isfinite(value)
    mean[first], deviation[first] = value[first], 0.0
    share = np.clip(-np.expm1(-since_s / USUAL_OVER_S), 0.0, 0.5)
    known = np.isfinite(value)
    away = np.where(known, value - mean, 0.0)
    mean += share * away
    deviation += np.where(known, share * (np.abs(away) - deviation), 0.0)
