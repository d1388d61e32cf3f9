"""The last frame of a device, for whoever has to see whether its signal is any good.

Frames belong to `readings`, which lies above: it registers how one is fetched.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from apps.devices.models import Device


@dataclass(frozen=True, slots=True, eq=False)
class PreviewWave:
    """One wave: `samples`, shape (n,), in `unit`, evenly spaced at `rate_hz` from the frame's first moment on."""

    label: str
    unit: str
    colour: str
    rate_hz: float
    samples: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PreviewValue:
    label: str
    text: str
    unit: str


@dataclass(frozen=True, slots=True)
class PreviewQuality:
    """How far a vital that is computed from this device's waves could be trusted at that moment, 0 to 1."""

    label: str
    quality: float
    at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A stored frame. `at`: its first sample, by corrected clock; `patient_id`: on whom it was measured, if on
    anybody."""

    boot: str
    seq: int
    at: datetime
    received_at: datetime
    origin: str
    patient_id: UUID | None
    waves: Sequence[PreviewWave]
    values: Sequence[PreviewValue]
    qualities: Sequence[PreviewQuality]
    flags: Sequence[str]


Source = Callable[[Device], Preview | None]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Say how the last frame of a device is found."""
    _sources.append(source)
    return source


def last_frame(device: Device) -> Preview | None:
    """The latest frame by event time, None where there is none (any more)."""
    return next((preview for source in _sources if (preview := source(device))), None)
