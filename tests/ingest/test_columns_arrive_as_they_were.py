"""Columns are PostgreSQL's binary arrays: what is put in comes out again, for every type and any length."""

import math
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.ingest.columns import BIGINT, DOUBLE, INTEGER, REAL, SMALLINT, Column, blobs, numbers, texts, uuids
from tests.ingest.batches import intake

UUIDS = [uuid4(), None, UUID(int=0), UUID(int=2**128 - 1)]
TEXTS = ["", "9f3a61c0", 'quoted "and" {braced}, \\', "Ångström ♥"]


def back(column: Column, kind: str) -> list[Any]:
    door, _ = intake()
    found: list[Any] = door.connection.execute(f"SELECT %b::{kind}[]", [column]).fetchone()[0]  # type: ignore[index]
    return found


@pytest.mark.parametrize(
    ("column", "kind", "expected"),
    [
        (uuids(UUIDS), "uuid", UUIDS),
        (texts(TEXTS), "text", TEXTS),
        (blobs([b"", b"\x00\xff" * 500]), "bytea", [b"", b"\x00\xff" * 500]),
        (numbers(SMALLINT, [-(2**15), 0, 2**15 - 1]), "smallint", [-(2**15), 0, 2**15 - 1]),
        (numbers(INTEGER, [-(2**31), 2**31 - 1]), "integer", [-(2**31), 2**31 - 1]),
        (numbers(BIGINT, [-(2**63), 2**53 - 1, 2**63 - 1]), "bigint", [-(2**63), 2**53 - 1, 2**63 - 1]),
        (numbers(REAL, [0.0, 1.5]), "real", [0.0, 1.5]),
        (numbers(DOUBLE, np.array([0.1, -math.inf])), "double precision", [0.1, -math.inf]),
        (uuids([]), "uuid", []),
        (texts([]), "text", []),
        (numbers(BIGINT, []), "bigint", []),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_is_put_in_comes_out(database: None, column: Column, kind: str, expected: Sequence[Any]) -> None:
    assert back(column, kind) == expected


@pytest.mark.parametrize(("kind", "number"), [(SMALLINT, 2**15), (INTEGER, 2**31), (BIGINT, 2**63)])
def test_a_number_that_does_not_fit_is_refused(kind: tuple[int, str], number: int) -> None:
    with pytest.raises(OverflowError):
        numbers(kind, [number])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(moments=st.lists(st.floats(1.0e9, 4.0e9), min_size=1, max_size=20))
def test_a_time_keeps_its_microsecond(database: None, moments: list[float]) -> None:
    """Times are sent as epoch seconds: a double holds the microsecond until the year 2255."""
    rounded = [round(moment, 6) for moment in moments]
    door, _ = intake()
    query = "SELECT extract(epoch FROM to_timestamp(t))::double precision FROM unnest(%b::double precision[]) AS t"
    rows = door.connection.execute(query, [numbers(DOUBLE, rounded)]).fetchall()
    door.connection.close()
    assert [row[0] for row in rows] == rounded
