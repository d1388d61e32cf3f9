"""Each test has rate limits and cached sessions of its own, whatever else uses the same Redis."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}
    caches.close_all()
