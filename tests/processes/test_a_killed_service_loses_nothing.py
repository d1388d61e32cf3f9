"""kill -9 of broker, Valkey or PostgreSQL under load, and a database that stands still: what a device was told is safe
is stored, once; what it repeats arrives."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from apps.demo.device_client import DeviceClient
from apps.demo.services.processes import every
from tests.demo.real_demo import RealDemo
from tests.processes.harm import (
    BACK_WITHIN_S,
    Recovery,
    everything_is_stored_once,
    is_back,
    kill,
    loaded,
    stored,
    ticks_go_on,
)
from tests.processes.load import EVERY_S, Load
from tests.waiting import until

STANDS_STILL_S = 20.0
ON_THE_WAY_S = 2.0

pytestmark = pytest.mark.processes


def test_a_killed_broker(demo: RealDemo, nodes: list[DeviceClient]) -> None:
    with Load(nodes) as load:
        loaded(load)
        killed = kill(demo, "broker")
        recovery = Recovery(load)
        until(lambda: is_back(demo, "broker", killed), "the broker is back", BACK_WITHIN_S)
        until(lambda: all(node.connected for node in nodes), "the devices are back", BACK_WITHIN_S)
        recovered_s = recovery.wait()
        loaded(load)
    everything_is_stored_once(demo, nodes, load, harm="broker, kill -9", recovered_s=recovered_s)


def test_a_killed_valkey(demo: RealDemo, nodes: list[DeviceClient]) -> None:
    with Load(nodes) as load:
        loaded(load)
        killed = kill(demo, "valkey")
        recovery = Recovery(load)
        until(lambda: is_back(demo, "valkey", killed), "Valkey is back", BACK_WITHIN_S)
        recovered_s = recovery.wait()
        loaded(load)
    everything_is_stored_once(demo, nodes, load, harm="Valkey, kill -9", recovered_s=recovered_s)
    ticks_go_on(demo)


def test_a_killed_database(demo: RealDemo, nodes: list[DeviceClient]) -> None:
    with Load(nodes) as load:
        loaded(load)
        safe = load.confirmed()
        killed = kill(demo, "postgres")
        recovery = Recovery(load)
        until(lambda: is_back(demo, "postgres", killed) and demo.rows("SELECT 1"), "PostgreSQL is back", BACK_WITHIN_S)
        assert safe <= set(stored(demo, nodes))
        recovered_s = recovery.wait()
        loaded(load)
    everything_is_stored_once(demo, nodes, load, harm="PostgreSQL, kill -9", recovered_s=recovered_s)
    ticks_go_on(demo)


def test_a_database_that_stands_still(demo: RealDemo, nodes: list[DeviceClient]) -> None:
    ingest = demo.pid("ingest")
    with Load(nodes) as load:
        loaded(load)
        with standing_still(demo):
            before = load.confirmed()
            time.sleep(STANDS_STILL_S)
            # An answer to what was committed just before may have been on its way.
            assert len(load.confirmed() - before) <= len(nodes) * ON_THE_WAY_S / EVERY_S
        recovered_s = Recovery(load).wait()
        loaded(load)
    everything_is_stored_once(
        demo, nodes, load, harm=f"PostgreSQL, SIGSTOP for {STANDS_STILL_S:g} s", recovered_s=recovered_s
    )
    assert demo.pid("ingest") == ingest
    ticks_go_on(demo)


@contextmanager
def standing_still(demo: RealDemo) -> Iterator[None]:
    """The postmaster and every backend, stopped where they are."""
    postmaster = demo.pid("postgres")
    assert postmaster is not None
    everybody = [postmaster, *(process.pid for process in every() if process.parent == postmaster)]
    for pid in everybody:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in everybody:
            os.kill(pid, signal.SIGCONT)
