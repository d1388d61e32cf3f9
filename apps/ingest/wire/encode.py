"""The other end: frames as a device sends them, and the acknowledgement as the server does."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import cbor2
import msgspec
import numpy as np
from numpy.typing import NDArray

from apps.readings.waves import Samples, narrowest

# RFC 8746, the little-endian tags of the three types in which samples are kept.
_TAG_BY_DTYPE = {"<i2": 77, "<u2": 69, "<i4": 78}


def encode(frame: Mapping[str, Any], *, cbor: bool) -> bytes:
    """The payload of a frame given with the keys of the contract (`decode.py`).

    `samples` of a wave is a 1-D integer array or a sequence of integers. Raises ValueError for samples that are not
    whole, or do not fit 32 bits, and for values that are not finite: JSON has no way to write them. Anything else is
    written as it is given, so that a test can write what a faulty device would.
    """
    tree = dict(frame)
    if "waves" in tree:
        tree["waves"] = {code: _wave(wave, cbor) for code, wave in tree["waves"].items()}
    if "values" in tree:
        tree["values"] = {code: _value(code, value) for code, value in tree["values"].items()}
    return cbor2.dumps(tree) if cbor else msgspec.json.encode(tree)


def encode_ack(boot: str, upto: int, also: Sequence[int], node: str | None = None) -> bytes:
    """What the server publishes to `down/ack` after the commit, as JSON.

    Every seq of `boot` up to and with `upto` need not be kept any longer, nor those in `also`. `upto` is -1 where seq 0
    is still missing. `node` is there when the frame came through a hub.
    """
    acknowledgement: dict[str, Any] = {"boot": boot, "upto": upto, "also": list(also)}
    if node is not None:
        acknowledgement["node"] = node
    return msgspec.json.encode(acknowledgement)


def _wave(wave: Mapping[str, Any], cbor: bool) -> dict[str, Any]:
    samples = _counts(wave["samples"])
    sent = cbor2.CBORTag(_TAG_BY_DTYPE[samples.dtype.str], samples.tobytes()) if cbor else samples.tolist()
    return {**wave, "samples": sent}


def _counts(samples: NDArray[Any] | Sequence[int]) -> Samples:
    counts = np.asarray(samples)
    if counts.ndim != 1 or (counts.size and counts.dtype.kind not in "iu"):
        raise ValueError(f"samples are whole numbers in one row, not {counts.dtype} of shape {counts.shape}")
    return narrowest(counts)


def _value(code: str, value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{code} is {value}")
    return float(value)
