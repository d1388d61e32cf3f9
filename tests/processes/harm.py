"""Killing parts of a demo under load, and seeing that it goes on and that nothing was lost."""

import os
import signal
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from apps.demo.device_client import DeviceClient
from tests.demo.real_demo import RealDemo
from tests.processes.counts import count, tell
from tests.processes.load import EVERY_S, Frame, Load
from tests.waiting import until

UNDER_LOAD_S = 3.0
BACK_WITHIN_S = 60.0
CONFIRMED_WITHIN_S = 90.0
ANSWERED_WITHIN_S = 20.0


def stored(demo: RealDemo, nodes: list[DeviceClient]) -> list[Frame]:
    query = """SELECT d.uid, f.boot, f.seq FROM readings_frame f JOIN devices_device d ON d.id = f.device_id
               WHERE f.boot = ANY(%s)"""
    return [(uid, boot, seq) for uid, boot, seq in demo.rows(query, [node.boot for node in nodes])]


def loaded(load: Load) -> None:
    """Go on for a while, with frames on their way in every state."""
    enough = len(load.sent) + UNDER_LOAD_S / EVERY_S
    until(lambda: len(load.sent) >= enough and load.confirmed(), "the load goes on", CONFIRMED_WITHIN_S)


def kill(demo: RealDemo, name: str) -> int:
    pid = demo.pid(name)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def is_back(demo: RealDemo, name: str, killed: int) -> bool:
    return demo.pid(name) not in (None, killed)


class Recovery:
    """Begun when the harm ends, under load."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._before = set(load.sent)
        self._began_s = time.monotonic()

    def wait(self) -> float:
        """Until everything sent before is confirmed: how many seconds that took, from the beginning."""
        until(lambda: self._before <= self._load.confirmed(), "all of it is safe", CONFIRMED_WITHIN_S)
        return time.monotonic() - self._began_s


def everything_is_stored_once(
    demo: RealDemo, nodes: list[DeviceClient], load: Load, *, harm: str, recovered_s: float
) -> None:
    """What the devices repeat arrives, and nothing is there twice. Tells the counts."""
    in_time = all(node.wait_until_confirmed(CONFIRMED_WITHIN_S) for node in nodes)
    counts = count(load.sent, load.confirmed(), stored(demo, nodes))
    tell(harm, counts, recovered_s)
    assert in_time
    assert counts.whole, counts


def ticks_go_on(demo: RealDemo) -> None:
    """Every shard is ticked again, so that alarms are raised."""
    ((now,),) = demo.rows("SELECT clock_timestamp()")
    query = "SELECT bool_and(ticked_at > %s) FROM ingest_shard"
    until(lambda: demo.rows(query, now)[0][0], "ticks go on", BACK_WITHIN_S)


def accepted(demo: RealDemo, username: str, password: str) -> bool:
    """Whether the broker lets somebody in."""
    answers: list[bool] = []
    answered = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
    client.username_pw_set(username, password)

    def on_connect(_client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _more: object) -> None:
        answers.append(not reason.is_failure)
        answered.set()

    client.on_connect = on_connect
    client.connect(*demo.broker)
    client.loop_start()
    try:
        assert answered.wait(ANSWERED_WITHIN_S), "the broker did not answer"
    finally:
        client.disconnect()
        client.loop_stop()
    return answers[0]
