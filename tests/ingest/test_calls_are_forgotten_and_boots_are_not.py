"""Calls to /data/ingest leave boots of their own in the ledger, which are forgotten after a week; those of devices are
kept for ever."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections

from apps.ingest.http.naming import BOOT_PREFIX, Calls, boot_of_key
from apps.ingest.pipeline import take
from apps.ingest.tasks import CALLS_KNOWN_FOR, forget_calls
from tests.factories import now
from tests.ingest.batches import BOOT, arrival, device, frame, intake, stored
from tests.personas import World


def boots() -> set[str]:
    return {row[0] for row in stored("SELECT boot FROM ingest_ledger")}


def last_heard(boot: str, *, ago: timedelta) -> None:
    with connections["migrator"].cursor() as cursor:
        cursor.execute("UPDATE ingest_ledger SET last_at = %s WHERE boot = %s", [now() - ago, boot])


def test_only_calls_are_forgotten_and_only_old_ones(world: World) -> None:
    node, (door, _) = device(world.north), intake()
    old, recent = boot_of_key("old"), boot_of_key("recent")
    take([arrival(node.uid, frame(0, boot=boot)) for boot in (BOOT, old, recent)], door)
    for boot in (BOOT, old):
        last_heard(boot, ago=CALLS_KNOWN_FOR + timedelta(hours=1))
    assert forget_calls() == 1
    assert boots() == {BOOT, recent}
    assert forget_calls() == 0


def test_nobody_can_forget_what_was_called_today(world: World) -> None:
    with pytest.raises(DatabaseError, match="a day at least"), connection.cursor() as cursor:
        cursor.execute("SELECT bodylink_forget_calls(now(), 10)")


def test_a_key_makes_a_boot_that_a_device_could_send_and_no_other_key_makes() -> None:
    made = {boot_of_key(str(number)) for number in range(1000)}
    assert len(made) == 1000
    assert {len(boot) for boot in made} == {32}
    assert all(boot.startswith(BOOT_PREFIX) for boot in made)


def test_calls_without_a_key_are_counted_by_device(world: World) -> None:
    calls, (first, second) = Calls(), (device(world.north).pk, device(world.north).pk)
    taken = [calls.take(device_id, count) for device_id, count in ((first, 3), (second, 1), (first, 2), (second, 1))]
    assert [seq for _, seq in taken] == [0, 0, 3, 1]
    assert len({boot for boot, _ in taken}) == 1


def test_when_too_many_devices_are_counted_it_begins_anew_under_another_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.ingest.http.naming.DEVICES_AT_MOST", 2)
    calls, known = Calls(), uuid4()
    taken = [calls.take(device_id, 1) for device_id in (known, uuid4(), known)]
    assert taken[0] != taken[2]
    assert len({boot for boot, _ in taken}) == 2
