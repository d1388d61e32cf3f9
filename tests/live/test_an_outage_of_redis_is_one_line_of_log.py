"""While Redis is away the log says so once, and the rest of it stays readable."""

import logging
from collections.abc import Iterator

import pytest
import redis

from apps.live.outage_log import AGAIN_AFTER_S, OnceInAWhile


class Clock:
    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> Iterator[logging.Logger]:
    logger = logging.getLogger("tests.outage")
    only = OnceInAWhile(clock)
    logger.addFilter(only)
    yield logger
    logger.removeFilter(only)


def fail(log: logging.Logger, error: Exception) -> None:
    try:
        raise error
    except Exception:
        log.exception("Unexpected exception in receive task")


def test_of_an_outage_one_line_a_minute(log: logging.Logger, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    for second in range(int(2 * AGAIN_AFTER_S)):
        clock.at_s = float(second)
        fail(log, redis.ConnectionError("refused"))
    assert [record.getMessage() for record in caplog.records] == [
        "the channel layer cannot reach Redis: ConnectionError"
    ] * 2
    assert all(record.exc_info is None for record in caplog.records)


def test_any_other_fault_keeps_its_traceback(log: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        fail(log, ValueError("ours"))
    assert [record.exc_info is not None for record in caplog.records] == [True, True]


def test_the_channel_layer_writes_through_it() -> None:
    assert any(isinstance(each, OnceInAWhile) for each in logging.getLogger("channels_redis.pubsub").filters)
