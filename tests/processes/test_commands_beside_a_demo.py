"""`provision_device`, `replay` and `simulate` beside a demo that runs."""

import time
from pathlib import Path

import numpy as np
import pytest

from apps.devices.broker import topic_of
from apps.readings.origin import Origin
from apps.readings.waves import physical, unpack
from tests.demo.real_demo import RealDemo
from tests.demo.recordings import BASELINE, GAIN, ramps, write
from tests.processes.harm import BACK_WITHIN_S, accepted, is_back, kill
from tests.waiting import until

SECONDS, SPEED = 60, 30
DAWDLE_S = 2.0

pytestmark = pytest.mark.processes


def test_a_device_is_let_in_when_its_credentials_are_printed(demo: RealDemo) -> None:
    made = demo.provision(model="Node", mrn="SIM-0001")
    assert set(made) == {"device", "username", "password", "topic"}
    assert made["topic"] == topic_of(made["device"])
    assert accepted(demo, made["username"], made["password"])
    assert not accepted(demo, made["username"], "another password")
    ((patient,),) = demo.rows(
        """SELECT p.mrn FROM devices_binding b JOIN devices_device d ON d.id = b.device_id
           JOIN patients_patient p ON p.id = b.patient_id WHERE d.uid = %s""",
        made["device"],
    )
    assert patient == "SIM-0001"


def test_a_replay_sped_up_ends_now_and_gives_its_credential_back(demo: RealDemo, tmp_path: Path) -> None:
    uid = demo.provision(model="Node")["device"]
    counts = ramps(SECONDS, 2)
    record = write(tmp_path, counts, ["I", "II"], ["mV", "mV"])
    began = time.time()
    done = demo.manage("replay", str(record), "--device", uid, "--speed", str(SPEED), "--lead", "II")
    ended = time.time()
    assert done.returncode == 0, done.stderr
    assert f"{SECONDS} frames of made sent as {uid}, 0 unconfirmed." in done.stdout

    frames = demo.rows(
        """SELECT extract(epoch FROM f.t)::float8, f.origin, f.waves FROM readings_frame f
           JOIN devices_device d ON d.id = f.device_id WHERE d.uid = %s ORDER BY f.t""",
        uid,
    )
    assert len(frames) == SECONDS
    assert {origin for _, origin, _ in frames} == {Origin.REPLAYED}
    assert began < frames[-1][0] + 1 < ended + DAWDLE_S
    played = np.concatenate([physical(wave) for _, _, waves in frames for wave in unpack(bytes(waves))])
    assert played == pytest.approx((counts[:, 1] - BASELINE) / GAIN * 1000)

    lent = """SELECT c.revoked_at IS NOT NULL FROM devices_credential c JOIN devices_device d ON d.id = c.device_id
              WHERE d.uid = %s AND c.purpose = 'replay'"""
    assert demo.rows(lent, uid) == [(True,)]


def test_a_second_simulator_is_refused_with_one_line(demo: RealDemo) -> None:
    first = demo.pid("simulator")
    # Also after the database was away, and with it the lock by which there is one.
    killed = kill(demo, "postgres")
    until(lambda: is_back(demo, "postgres", killed) and demo.rows("SELECT 1"), "PostgreSQL is back", BACK_WITHIN_S)
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
    ((lock,),) = demo.rows("SELECT hashtext('bodylink-simulator')::bigint & 4294967295")
    until(lambda: demo.rows(held, lock)[0][0] == 1, "the first simulator has its lock again", BACK_WITHIN_S)
    refused = demo.manage("simulate", "--patients", "1")
    assert refused.returncode == 1
    assert refused.stderr.startswith("CommandError: A simulator runs already")
    assert refused.stderr.count("\n") == 1
    assert demo.pid("simulator") == first is not None
