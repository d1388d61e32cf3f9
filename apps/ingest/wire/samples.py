"""Samples as they are sent -> counts in the smallest of int16, uint16, int32. No Python work per sample in CBOR."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from cbor2 import CBORTag
from numpy.typing import NDArray

from apps.ingest.wire.fault import ChannelError
from apps.ingest.wire.frame import shown
from apps.readings.waves import Samples, narrowest

Counts: TypeAlias = NDArray[Any]

# RFC 8746, table 1. Missing: 76 (reserved), 83 and 87 (128-bit floats).
_DTYPE_BY_TAG: Mapping[int, np.dtype[Any]] = {
    tag: np.dtype(name)
    for tag, name in {
        **{64: "u1", 65: ">u2", 66: ">u4", 67: ">u8", 68: "u1", 69: "<u2", 70: "<u4", 71: "<u8"},
        **{72: "i1", 73: ">i2", 74: ">i4", 75: ">i8", 77: "<i2", 78: "<i4", 79: "<i8"},
        **{80: ">f2", 81: ">f4", 82: ">f8", 84: "<f2", 85: "<f4", 86: "<f8"},
    }.items()
}
_STORED_AS_SENT = frozenset({69, 77})
_INTEGER_TYPES = frozenset({int})
_NUMBER_TYPES = frozenset({int, float})


def read_samples(raw: object) -> Samples:
    """A typed array or a list of counts. Floats are taken only where each is a whole number: samples are counts, and
    the scale belongs in `scale`. Raises ChannelError."""
    if type(raw) is CBORTag:
        counts = _from_typed_array(raw)
        if raw.tag in _STORED_AS_SENT:
            return counts
    elif type(raw) is list:
        counts = _from_list(raw)
    else:
        raise ChannelError("type", f"samples are a list or a typed array, not {shown(raw)}")
    if counts.dtype.kind == "f":
        counts = _whole(counts)
    try:
        return narrowest(counts)
    except ValueError as error:
        raise ChannelError("range", str(error)) from error


def _from_typed_array(array: CBORTag) -> Counts:
    dtype = _DTYPE_BY_TAG.get(array.tag)
    if dtype is None:
        raise ChannelError("type", f"typed arrays of tag {array.tag} are not taken")
    data = array.value
    if type(data) is not bytes or len(data) % dtype.itemsize:
        raise ChannelError("type", f"typed array of tag {array.tag} holds {shown(data)}")
    if not data:
        raise ChannelError("empty", "no samples")
    return np.frombuffer(data, dtype)


def _from_list(numbers: list[object]) -> Counts:
    if not numbers:
        raise ChannelError("empty", "no samples")
    types = set(map(type, numbers))
    if not types <= _NUMBER_TYPES:
        raise ChannelError(
            "type", f"samples are numbers, not {shown(next(n for n in numbers if type(n) not in _NUMBER_TYPES))}"
        )
    try:
        return np.array(numbers, np.int64 if types == _INTEGER_TYPES else np.float64)
    except OverflowError as error:
        raise ChannelError("range", "a sample does not fit 32 bits") from error


def _whole(numbers: Counts) -> Counts:
    numbers = numbers.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise ChannelError("not_finite", "a sample is NaN or infinite")
    if (numbers != np.rint(numbers)).any():
        raise ChannelError("type", "samples are whole counts; put the step into scale")
    if np.abs(numbers).max() >= 2.0**31:
        raise ChannelError("range", "a sample does not fit 32 bits")
    return numbers.astype(np.int64)
