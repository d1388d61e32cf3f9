"""Patients and devices that a test brings into the demo."""

import time
from typing import Any

from apps.demo.device_client import DeviceClient
from tests.browser.visitors import Visitor
from tests.demo.real_demo import RealDemo
from tests.waiting import until

OWN_UNIT = "Step-down"
"""Where tests admit; the wards that are looked at and photographed have the demo's own people."""


def admit(clinician: Visitor, mrn: str, family_name: str, unit: str = OWN_UNIT) -> dict[str, Any]:
    """A new patient, by the API, as the clinician's page would do it."""
    (home,) = [each["id"] for each in clinician.json("/api/v1/units/")["results"] if each["name"] == unit]
    answer = clinician.post(
        "/api/v1/patients/",
        {"mrn": mrn, "given_name": "Test", "family_name": family_name, "sex": "female", "unit": home, "bed": "T"},
    )
    assert answer.status == 201, answer.text()
    patient: dict[str, Any] = answer.json()
    return patient


def node_on(demo: RealDemo, mrn: str) -> tuple[str, DeviceClient]:
    """A device on this patient, on air: its uid, and what it speaks through."""
    made = demo.provision(model="Test node", mrn=mrn)
    client = DeviceClient(made["username"], made["password"], *demo.broker)
    client.start()
    until(lambda: client.connected, "the device is connected", 10)
    return made["device"], client


def speak(client: DeviceClient, seconds: int, **values: float) -> None:
    """A frame a second, as a node with these sensors sends them."""
    for _ in range(seconds):
        client.send(time.time() - 1.0, values=values)
        time.sleep(1.0)
