"""A day that a device could not send: a frame every ten seconds, delivered at once, out of order, half of it twice."""

import random
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from apps.ingest.wire import encode
from tests.ingest.batches import frame

EVERY_S = 10
FRAMES = 86_400 // EVERY_S
END = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=20)
START = END - timedelta(days=1)
FAST_BY = timedelta(minutes=37)
"""How fast the device's clock turns out to have been. No whole number of quarters of an hour."""
_NOISE = np.random.default_rng(7).integers(-2_000, 2_000, 1_250, dtype=np.int16)


def moment(seq: int, *, fast_by: timedelta = timedelta()) -> datetime:
    return START + timedelta(seconds=EVERY_S * seq) - fast_by


def value(seq: int) -> float:
    """One that tells a frame from its neighbours."""
    return 80.0 + seq % 1_999 / 100


def payload(seq: int, *, fast_by: timedelta = timedelta()) -> bytes:
    ecg = {"rate": 250, "unit": "uV", "scale": 2.5, "offset": 0, "samples": _NOISE[seq % 999 : seq % 999 + 250]}
    ppg = {"rate": 100, "unit": "1", "scale": 1, "offset": 0, "samples": _NOISE[seq % 997 : seq % 997 + 100]}
    t = moment(seq, fast_by=fast_by).timestamp()
    return encode(frame(seq, t=t, values={"spo2": value(seq)}, waves={"ecg": ecg, "ppg_red": ppg}), cbor=True)


def jumbled(seqs: Collection[int], *, seed: int) -> list[int]:
    """Out of order, and half of them twice."""
    chance = random.Random(seed)
    twice = [*seqs, *chance.sample(sorted(seqs), len(seqs) // 2)]
    chance.shuffle(twice)
    return twice


def in_batches(payloads: Iterable[bytes], size: int) -> Iterable[list[bytes]]:
    waiting = list(payloads)
    return (waiting[first : first + size] for first in range(0, len(waiting), size))
