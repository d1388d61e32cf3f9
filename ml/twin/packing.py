"""A twin as bytes: a header that says which layout it is of, then every array, compressed.

Single precision is enough for all but times: a body's figures are known to a part in a thousand at best.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.twin.keeping import Kept, blank, layout

VERSION: Final = 3
_HEADER: Final = struct.Struct("<4sHH8sI")  # mark, version, members, layout, length of what follows when unpacked
_MARK: Final = b"twin"
_LAYOUT: Final = bytes.fromhex(layout())[:8]
_LEVEL: Final = 1


class UnknownVersion(ValueError):
    """The bytes are no twin of this version: begin anew."""


def packed(kept: Kept) -> list[bytes]:
    """One blob a patient, in their order."""
    patients, members = len(kept.at_s), kept.ensemble.shape[2]
    rows = np.concatenate(list(_columns(kept)), axis=1) if patients else np.zeros((0, 0), np.uint8)
    header = _HEADER.pack(_MARK, VERSION, members, _LAYOUT, rows.shape[1])
    return [header + zlib.compress(row.tobytes(), _LEVEL) for row in rows]


def unpacked(blobs: Sequence[bytes]) -> Kept:
    """Raises UnknownVersion for bytes of another version, or that are damaged; ValueError for none at all, or for twins
    of different numbers of members."""
    if not blobs:
        raise ValueError("there is no twin to unpack")
    read = [_read(blob) for blob in blobs]
    members = {count for count, _ in read}
    if len(members) > 1:
        raise ValueError(f"twins of {sorted(members)} members do not go together")
    rows = np.stack([np.frombuffer(body, np.uint8) for _, body in read])
    return _rebuilt(rows, members.pop())


def _read(blob: bytes) -> tuple[int, bytes]:
    if len(blob) < _HEADER.size:
        raise UnknownVersion(f"{len(blob)} bytes are no twin")
    mark, version, members, made_by, length = _HEADER.unpack_from(blob)
    if (mark, version, made_by) != (_MARK, VERSION, _LAYOUT):
        raise UnknownVersion(f"a twin of version {version}, layout {made_by.hex()}; here {VERSION}, {_LAYOUT.hex()}")
    try:
        body = zlib.decompress(blob[_HEADER.size :])
    except zlib.error as error:
        raise UnknownVersion(f"a damaged twin: {error}") from error
    if len(body) != length or length != _length(members):
        raise UnknownVersion(f"a twin of {len(body)} bytes, not {length}")
    return members, body


def _rebuilt(rows: npt.NDArray[np.uint8], members: int) -> Kept:
    kept, at = blank(len(rows), members), 0
    for each in fields(Kept):
        values = getattr(kept, each.name)
        first = np.moveaxis(values, each.metadata["axis"], 0)
        kind = _kind(values, exact=each.metadata["exact"])
        width = int(np.prod(first.shape[1:])) * kind.itemsize
        given = np.ascontiguousarray(rows[:, at : at + width]).view(kind)
        first[...] = given.reshape(first.shape)
        at += width
    return kept


def _columns(kept: Kept) -> Iterator[npt.NDArray[np.uint8]]:
    for each in fields(Kept):
        values = getattr(kept, each.name)
        first = np.moveaxis(values, each.metadata["axis"], 0)
        flat = np.ascontiguousarray(first, dtype=_kind(values, exact=each.metadata["exact"]))
        yield flat.reshape(len(flat), -1).view(np.uint8)


def _kind(values: npt.NDArray[Any], *, exact: bool) -> np.dtype[Any]:
    return (values.dtype if exact else np.dtype(np.float32)).newbyteorder("<")


@cache
def _length(members: int) -> int:
    return sum(column.shape[1] for column in _columns(blank(1, members)))
