"""The columns of a batch as PostgreSQL's binary arrays, made whole: a call of the driver for each element would cost
more than all else that is done to a frame.

An array is its head (dimensions, whether it holds nulls, the type of its elements, their number, the first index), then
the length and the bytes of each element: `array_recv` in PostgreSQL's src/backend/utils/adt/arrayfuncs.c.
"""

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD = Struct(">iiIii")
_LENGTH = Struct(">i").pack
_NULL, _SIXTEEN = _LENGTH(-1), _LENGTH(16)
# The oids of PostgreSQL's own types never change (src/include/catalog/pg_type.dat).
_UUID, _TEXT, _BYTEA = 2950, 25, 17
SMALLINT, INTEGER, BIGINT = (21, ">i2"), (23, ">i4"), (20, ">i8")
REAL, DOUBLE = (700, ">f4"), (701, ">f8")


class Column(bytes):
    """An array as it is sent. The statement's cast says of what type."""

    __slots__ = ()


class ColumnDumper(Dumper):
    """For the connections that send columns."""

    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        return bytes(obj)


def numbers(kind: tuple[int, str], values: Sequence[float] | NDArray[Any]) -> Column:
    """`kind` is SMALLINT, INTEGER, BIGINT, REAL or DOUBLE. Raises OverflowError for a number that does not fit it."""
    oid, dtype = kind
    cells = np.empty(len(values), [("length", ">i4"), ("number", dtype)])
    cells["length"] = cells.dtype["number"].itemsize
    cells["number"] = values
    return _column(oid, len(values), cells.tobytes())


def uuids(ids: Sequence[UUID | None]) -> Column:
    return _column(_UUID, len(ids), b"".join([_NULL if each is None else _SIXTEEN + each.bytes for each in ids]))


def texts(values: Iterable[str]) -> Column:
    return _strings(_TEXT, [value.encode() for value in values])


def blobs(values: Sequence[bytes]) -> Column:
    return _strings(_BYTEA, values)


def _strings(oid: int, values: Sequence[bytes]) -> Column:
    return _column(oid, len(values), b"".join([part for value in values for part in (_LENGTH(len(value)), value)]))


def _column(oid: int, count: int, cells: bytes) -> Column:
    may_hold_nulls = oid == _UUID
    return Column(_HEAD.pack(1, may_hold_nulls, oid, count, 1) + cells)
