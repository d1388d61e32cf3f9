"""Rows that another connection holds for a moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Timer
from uuid import UUID

from django.db import connections
from django.db.models import Model

from apps.core.tenancy import bind

FOR_S = 0.3


@contextmanager
def held_for_a_moment(organization_id: UUID, model: type[Model], **named: object) -> Iterator[None]:
    """Somebody else has locked the rows that are so when the block begins, and lets them go soon after."""
    held, let_go = Event(), Event()

    def look() -> None:
        with bind(organization_id):
            assert list(model._default_manager.select_for_update().filter(**named))
            held.set()
            let_go.wait(10)
        connections.close_all()

    with ThreadPoolExecutor(1) as workers:
        looking = workers.submit(look)
        assert held.wait(10)
        Timer(FOR_S, let_go.set).start()
        yield
        looking.result()
