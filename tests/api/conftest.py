"""Each test has rate limits and cached sessions of its own, whatever else uses the same Redis."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches

from apps.ingest.http.door import DOOR


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}
    caches.close_all()


@pytest.fixture(autouse=True)
def close_the_door() -> Iterator[None]:
    """Connections that devices' requests opened as the ingest role end with the test."""
    yield
    DOOR.close()
