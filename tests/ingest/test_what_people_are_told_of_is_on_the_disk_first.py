"""A tick waits for the disk only where an alert changed its state: all else is made again from frames that are safe."""

import pytest
from django.db import connection

from apps.ingest import pipeline
from tests.ingest.claiming import all_due, another
from tests.personas import World


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """PostgreSQL's word for it, at the end of each tick's transaction."""
    seen: list[str] = []

    def look(*_: object, **__: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('synchronous_commit')")
            seen.append(cursor.fetchone()[0])

    monkeypatch.setattr(pipeline, "tell_vitals", look)
    return seen


@pytest.mark.parametrize(("transitions", "wanted"), [([], "off"), (["one"], "on")])
def test_it_is_waited_for_only_then(
    world: World, waits: list[str], monkeypatch: pytest.MonkeyPatch, transitions: list[str], wanted: str
) -> None:
    monkeypatch.setattr(pipeline, "evaluate", lambda **_: transitions)
    [claim] = [claim for claim in all_due(another()) if claim.organization_id == world.north.id]
    pipeline.tick(claim)
    assert waits == [wanted]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit')")
        assert cursor.fetchone()[0] == "on"
