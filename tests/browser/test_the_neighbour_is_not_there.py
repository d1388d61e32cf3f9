"""Signed in to one organization, nothing of the other can be reached: by page, API, admin, live stream or database."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.browser.visitors import Visitor, Visitors
from tests.demo.real_demo import RealDemo

HEADER = "X-BodyLink-Organization"
NOT_ALLOWED = 4403

# The code with which a stream that this page opens is closed after it asks for something.
ASKED = """
(wanted) => new Promise((resolve) => {
  const socket = new WebSocket(`ws://${location.host}/ws/v1/live/`);
  const seen = [];
  socket.onopen = () => socket.send(JSON.stringify({ op: "subscribe", ...wanted }));
  socket.onmessage = ({ data }) => seen.push(typeof data === "string" ? data : "a wave");
  socket.onclose = ({ code }) => resolve({ code, seen });
  setTimeout(() => resolve({ code: "still open", seen }), 15000);
})
"""


@pytest.fixture
def southbanks(visitors: Visitors) -> dict[str, Any]:
    """Ids of things of Southbank, as its own people see them."""
    clinician, technician = visitors.enter("clinician", "southbank"), visitors.enter("technician", "southbank")
    patients, units = clinician.json("/api/v1/patients/")["results"], clinician.json("/api/v1/units/")["results"]
    devices = technician.json("/api/v1/devices/")["results"]
    assert patients
    assert devices
    return {"patient": patients[0]["id"], "unit": units[0]["id"], "device": devices[0]}


@pytest.fixture
def northgates(visitors: Visitors) -> Iterator[Visitor]:
    return visitors.enter("clinician", "northgate")


def statuses(visitor: Visitor, *paths: str) -> dict[str, int]:
    return {path: visitor.get(path).status for path in paths}


def test_its_pages_are_not_found(northgates: Visitor, southbanks: dict[str, Any]) -> None:
    paths = [f"/patients/{southbanks['patient']}/", f"/ward/{southbanks['unit']}/"]
    assert set(statuses(northgates, *paths).values()) == {404}


def test_its_patients_are_not_found_by_the_api(northgates: Visitor, southbanks: dict[str, Any]) -> None:
    patient = f"/api/v1/patients/{southbanks['patient']}/"
    paths = [patient, *(patient + more for more in ("vitals/", "readings/", "waveforms/?channel=ecg"))]
    assert set(statuses(northgates, *paths).values()) == {404}


def test_its_patients_are_in_no_list(northgates: Visitor, southbanks: dict[str, Any]) -> None:
    for path in ("patients", "devices", "alerts", "units"):
        said = northgates.get(f"/api/v1/{path}/").text()
        assert southbanks["patient"] not in said
        assert southbanks["unit"] not in said
        assert southbanks["device"]["uid"] not in said


def test_naming_the_organization_opens_nothing(northgates: Visitor, southbanks: dict[str, Any]) -> None:
    for path in ("/api/v1/patients/", f"/api/v1/patients/{southbanks['patient']}/vitals/"):
        answer = northgates.get(path, **{HEADER: "southbank"})
        assert answer.status in (403, 404)
        assert southbanks["patient"] not in answer.text().replace(path, "")


@pytest.mark.parametrize("kind", ["patient", "unit"])
def test_its_stream_is_closed(northgates: Visitor, southbanks: dict[str, Any], kind: str) -> None:
    page = northgates.open("/api/docs/")
    answer = page.evaluate(ASKED, {kind: southbanks[kind]})
    assert answer["code"] == NOT_ALLOWED
    assert not any('"vitals"' in message or message == "a wave" for message in answer["seen"])


def test_its_devices_are_not_in_the_admin(visitors: Visitors, southbanks: dict[str, Any], demo: RealDemo) -> None:
    technician = visitors.enter("technician", "northgate")
    ((device,),) = demo.rows("SELECT id FROM devices_device WHERE uid = %s", southbanks["device"]["uid"])
    listed = technician.get("/admin/devices/device/")
    assert listed.status == 200
    assert "sim-0001" in listed.text()
    assert southbanks["device"]["uid"] not in listed.text()
    answer = technician.get(f"/admin/devices/device/{device}/change/")
    assert answer.status in (302, 404)  # Django's admin leads back to its first page
    assert southbanks["device"]["uid"] not in answer.text()


def test_the_applications_role_sees_no_row_without_an_organization(visitors: Visitors, demo: RealDemo) -> None:
    with psycopg.connect(demo.run["database_url"]) as connection:
        for table in ("patients_patient", "devices_device", "readings_frame", "alerts_alert", "accounts_membership"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # type: ignore[arg-type]
