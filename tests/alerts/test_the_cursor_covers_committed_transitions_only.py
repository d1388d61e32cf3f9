"""Nothing that is committed later may lie before a cursor that was given out, in whatever order writers began."""

import threading
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.db import connection

from apps.alerts.models import Alert, AlertTransition
from apps.alerts.selectors import latest_cursor, transitions_after
from apps.core.tenancy import bind
from tests.alerts.rows import breach, settle
from tests.held_clock import HeldClock
from tests.personas import World


class Writer:
    """Another connection, in a transaction that stays open until it is told to commit."""

    def __init__(self, alert: Alert) -> None:
        self._alert = alert
        self._work: list[Callable[[], object]] = []
        self._given = threading.Semaphore(0)
        self._done = threading.Semaphore(0)
        self._result: object = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            with bind(self._alert.organization_id):
                while self._given.acquire() and self._work:
                    self._result = self._work.pop()()
                    self._done.release()
        finally:
            connection.close()

    def _do(self, work: Callable[[], object]) -> object:
        self._work.append(work)
        self._given.release()
        assert self._done.acquire(timeout=20)
        return self._result

    def begin(self) -> None:
        """Write something, so that the transaction has its number."""
        self._do(lambda: Alert.objects.filter(pk=self._alert.pk).values("pk").select_for_update().none())
        self._do(self._number)

    def _number(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")

    def move(self) -> int:
        """Write a transition, not yet committed; returns its id."""
        row = AlertTransition(
            organization_id=self._alert.organization_id,
            alert=self._alert,
            patient_id=self._alert.patient_id,
            state="active",
            at=self._alert.since,
        )
        self._do(row.save)
        return row.pk

    def commit(self) -> None:
        if self._thread.is_alive():
            self._given.release()
            self._thread.join(20)


@pytest.fixture
def alert(world: World, clock: HeldClock) -> Alert:
    raised = breach(world.north.alice, clock)
    settle(world.north.id)
    return raised


@pytest.fixture
def writers(alert: Alert) -> Iterator[tuple[Writer, Writer]]:
    pair = Writer(alert), Writer(alert)
    yield pair
    for writer in pair:
        writer.commit()


def read(organization_id: UUID, cursor: int) -> tuple[list[int], list[int], int]:
    with bind(organization_id):
        page = transitions_after(cursor)
    return [row.pk for row in page.settled], [row.pk for row in page.unsettled], page.cursor


def test_a_transition_is_given_once_it_is_committed(alert: Alert, writers: tuple[Writer, Writer]) -> None:
    with bind(alert.organization_id):
        cursor = latest_cursor()
    pk = writers[0].move()
    assert read(alert.organization_id, cursor) == ([], [], cursor)
    writers[0].commit()
    settle(alert.organization_id)
    assert read(alert.organization_id, cursor) == ([pk], [], pk)


@pytest.mark.parametrize("first_to_begin", [0, 1])
def test_the_cursor_does_not_pass_a_writer_that_is_still_at_it(
    alert: Alert, writers: tuple[Writer, Writer], first_to_begin: int
) -> None:
    """Both orders of transaction numbers against ids: the slow writer has the lower id, then also the higher number."""
    slow, quick = writers
    writers[first_to_begin].begin()
    writers[1 - first_to_begin].begin()
    with bind(alert.organization_id):
        cursor = latest_cursor()
    slow_id, quick_id = slow.move(), quick.move()
    quick.commit()
    settled, unsettled, upto = read(alert.organization_id, cursor)
    assert settled + unsettled == [quick_id]
    with bind(alert.organization_id):
        given_out = latest_cursor()
    slow.commit()
    settle(alert.organization_id)
    for position in (upto, given_out):
        assert slow_id in read(alert.organization_id, position)[0]


def test_reading_on_page_by_page_gives_everything_once(alert: Alert) -> None:
    with bind(alert.organization_id):
        cursor, seen, more = 0, [], True
        while more:
            page = transitions_after(cursor, limit=1)
            seen += [row.pk for row in page.settled]
            cursor, more = page.cursor, page.more
        assert seen == list(AlertTransition.objects.order_by("id").values_list("pk", flat=True))
        assert len(seen) > 1
        assert latest_cursor() == seen[-1]


def test_an_organization_reads_its_own_transitions_only(world: World, alert: Alert, clock: HeldClock) -> None:
    breach(world.south.alice, clock)
    settle(world.south.id)
    with bind(world.south.id):
        page = transitions_after(0)
    assert {row.organization_id for row in page.settled} == {world.south.id}
    assert read(world.north.id, page.cursor)[0] == []


def test_a_cursor_beyond_the_end_is_the_end(alert: Alert) -> None:
    with bind(alert.organization_id):
        latest = latest_cursor()
    assert read(alert.organization_id, latest + 10**6) == ([], [], latest + 10**6)
