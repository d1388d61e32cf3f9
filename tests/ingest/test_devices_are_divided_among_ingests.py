"""Two ingests on one stream: each takes its share, a third moves a third, and who dies leaves nothing behind."""

from apps.ingest.connection import connect
from apps.ingest.division import LEASE_S, Division
from tests.ingest.batches import arrival, stored
from tests.personas import World

ARRIVALS = [arrival(f"node-{number}", b"{}") for number in range(300)]
UIDS = {each.uid for each in ARRIVALS}


def shares(*divisions: Division) -> list[set[str]]:
    return [{each.uid for each in division.share(ARRIVALS)} for division in divisions]


def renew(*divisions: Division) -> list[list[str]]:
    """Twice, since the first does not know of the last yet."""
    with connect() as connection:
        inherited = [[each.uid for each in division.renew(connection)] for division in divisions]
        for division in divisions:
            division.renew(connection)
    return inherited


def test_alone_it_takes_everything(world: World) -> None:
    one = Division("one")
    assert shares(one) == [UIDS]
    renew(one)
    assert shares(one) == [UIDS]


def test_two_take_a_share_each_and_together_everything(world: World) -> None:
    one, two = Division("one"), Division("two")
    renew(one, two)
    first, second = shares(one, two)
    assert (first | second, first & second) == (UIDS, set())
    assert 100 < len(first) < 200


def test_a_third_takes_from_both_and_moves_nothing_between_them(world: World) -> None:
    one, two, three = Division("one"), Division("two"), Division("three")
    renew(one, two)
    before = shares(one, two)
    renew(one, two, three)
    first, second, third = shares(one, two, three)
    assert (before[0] - first) | (before[1] - second) == third
    assert 60 < len(third) < 140


def test_what_one_has_not_taken_when_it_dies_is_taken_by_the_other(world: World) -> None:
    one, two = Division("one"), Division("two")
    renew(one, two)
    first, second = shares(one, two)
    with connect() as connection:
        connection.execute("UPDATE ingest_lease SET until = clock_timestamp() WHERE name = 'two'")
    [inherited] = renew(one)
    assert set(inherited) == second
    assert shares(one) == [first | second]


def test_who_leaves_is_not_waited_for(world: World) -> None:
    one, two = Division("one"), Division("two")
    renew(one, two)
    with connect() as connection:
        two.leave(connection)
    assert stored("SELECT name FROM ingest_lease") == [("one",)]
    renew(one)
    assert shares(one) == [UIDS]


def test_what_is_set_aside_is_let_go_when_its_owner_has_lived_on(world: World) -> None:
    now = [0.0]
    one, two = Division("one", lambda: now[0]), Division("two")
    renew(one, two)
    shares(one)
    now[0] = 3 * LEASE_S
    with connect() as connection:
        two.leave(connection)
    assert renew(one) == [[]]
