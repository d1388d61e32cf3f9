"""Connections that a test opened as the ingest role are closed behind it."""

from collections.abc import Iterator

import pytest

from tests.ingest.batches import OPEN


@pytest.fixture(autouse=True)
def close_intakes() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().connection.close()
