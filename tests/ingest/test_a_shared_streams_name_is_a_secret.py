"""Ingests of one account share a group; who does not know their password cannot tell its name."""

from apps.ingest.subscriber import TOPIC, Subscriber


def topic(url: str, name: str, *, shared: bool) -> str:
    return Subscriber(url, name, shared=shared)._topic


def test_ingests_of_one_account_share_a_group_and_others_do_not_know_it() -> None:
    one, two = (topic("mqtts://us:s3cret@broker", name, shared=True) for name in ("one", "two"))
    other = topic("mqtts://us:another@broker", "one", shared=True)
    assert one == two != other
    start, group, *rest = one.split("/")
    assert (start, "/".join(rest)) == ("$share", TOPIC)
    assert len(group) == 32
    assert "s3cret" not in one


def test_otherwise_each_hears_everything() -> None:
    assert topic("mqtt://us:s3cret@broker", "one", shared=False) == TOPIC
