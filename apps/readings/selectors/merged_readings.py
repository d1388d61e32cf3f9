"""Single readings out of blocks of values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from apps.readings.blocks import values
from apps.readings.blocks.values import DerivedColumns, FrameColumns
from apps.readings.selectors.raw_reading import Found
from apps.readings.storage import microseconds, moment


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page asks for: quantities by number, those beyond (moment, tie), in which direction, how many at most."""

    codes: Collection[int]
    after: tuple[datetime, str] | None
    backwards: bool
    limit: int

    def is_beyond(self, found: Found) -> bool:
        if self.after is None:
            return True
        return found.key < self.after if self.backwards else found.key > self.after


def readings_of_block(
    data: bytes, device_id: UUID | None, wanted: Wanted, *, lower: datetime, upper: datetime
) -> Iterator[Found]:
    """What a block holds of it at lower <= t < upper, in no particular order: as many as are wanted, the first in the
    page's direction, and a few more. Without a device it is a block of what was derived, from whichever device."""
    bounds = microseconds(lower), microseconds(upper)
    if device_id is None:
        derived = values.decode_derived(data)
        return filter(wanted.is_beyond, _of_derived(derived, _chosen(derived, wanted, bounds)))
    frames = values.decode_frames(data)
    return filter(wanted.is_beyond, _of_frames(frames, device_id, _chosen(frames, wanted, bounds)))


def _chosen(columns: FrameColumns | DerivedColumns, wanted: Wanted, bounds: tuple[int, int]) -> NDArray[np.int64]:
    """The places of the wanted values: the first of them in the page's direction, and all of the last one's moment."""
    t_us = columns.t_us[columns.values.entry]
    lower, upper = bounds
    places = np.flatnonzero(np.isin(columns.values.code, list(wanted.codes)) & (t_us >= lower) & (t_us < upper))
    # The moment of the cursor may hold readings that are not beyond it: those do not count.
    counted = places if wanted.after is None else places[t_us[places] != microseconds(wanted.after[0])]
    if len(counted) <= wanted.limit:
        return places
    times = np.sort(t_us[counted])
    enough = t_us[places] >= times[-wanted.limit] if wanted.backwards else t_us[places] <= times[wanted.limit - 1]
    chosen: NDArray[np.int64] = places[enough]
    return chosen


def _of_frames(columns: FrameColumns, device_id: UUID, places: NDArray[np.int64]) -> Iterator[Found]:
    found = columns.values.where(places)
    for entry, number, value in zip(found.entry.tolist(), found.code.tolist(), found.number.tolist(), strict=True):
        at, origin = moment(int(columns.t_us[entry])), int(columns.origin[entry])
        tie = f"{number:05d} f {device_id} {columns.boot[entry]} {columns.seq[entry]}"
        yield Found(at, tie, number, value, origin, 1.0, device_id)


def _of_derived(columns: DerivedColumns, places: NDArray[np.int64]) -> Iterator[Found]:
    found = columns.values.where(places)
    rows = zip(places.tolist(), found.entry.tolist(), found.code.tolist(), found.number.tolist(), strict=True)
    for place, entry, number, value in rows:
        at, origin, device_id = moment(int(columns.t_us[entry])), int(columns.origin[entry]), columns.device_id[place]
        quality = float(columns.quality[place])
        yield Found(at, f"{number:05d} d {device_id}", number, value, origin, quality, device_id)
