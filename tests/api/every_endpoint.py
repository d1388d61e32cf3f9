"""Each operation of the API, with the address at which a hospital's own people meet it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.test import Client

from apps.patients.models import Patient
from tests.factories import a_device, an_alert, an_observation
from tests.personas import Hospital


@dataclass(frozen=True)
class Endpoint:
    """`route` as the OpenAPI document has it; `of_patient`: what it gives or does concerns one patient."""

    method: str
    route: str
    of_patient: bool = True

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


PATIENT, DEVICE, ALERT = "/api/v1/patients/{patient_id}/", "/api/v1/devices/{device_id}/", "/api/v1/alerts/{alert_id}/"
OBSERVATION = f"{PATIENT}observations/{{observation_id}}/"
ENDPOINTS = [
    Endpoint("get", "/api/v1/units/", of_patient=False),
    Endpoint("get", "/api/v1/organizations/current/", of_patient=False),
    Endpoint("get", "/api/v1/patients/", of_patient=False),
    Endpoint("post", "/api/v1/patients/", of_patient=False),
    Endpoint("get", PATIENT),
    Endpoint("patch", PATIENT),
    Endpoint("get", f"{PATIENT}vitals/"),
    Endpoint("get", f"{PATIENT}readings/"),
    Endpoint("get", f"{PATIENT}waveforms/"),
    Endpoint("get", f"{PATIENT}observations/"),
    Endpoint("post", f"{PATIENT}observations/"),
    Endpoint("post", f"{OBSERVATION}entered-in-error/"),
    Endpoint("get", f"{PATIENT}news2/"),
    Endpoint("get", f"{PATIENT}news2/history/"),
    Endpoint("post", f"{PATIENT}news2/decisions/"),
    Endpoint("get", f"{PATIENT}twin/"),
    Endpoint("get", f"{PATIENT}twin/forecast/"),
    Endpoint("post", f"{PATIENT}twin/what-if/"),
    Endpoint("get", "/api/v1/devices/", of_patient=False),
    Endpoint("get", DEVICE),
    Endpoint("get", "/api/v1/alerts/", of_patient=False),
    Endpoint("post", f"{ALERT}acknowledge/"),
    Endpoint("post", f"{ALERT}resolve/"),
]
OF_DEVICES = [
    Endpoint("post", "/api/v1/frames/", of_patient=False),
    Endpoint("post", "/data/ingest", of_patient=False),
    Endpoint("get", "/data/analyze", of_patient=False),
    Endpoint("get", "/data", of_patient=False),
    Endpoint("post", "/alert/send", of_patient=False),
]
"""Those at which a device is heard, by its own credentials, and no person."""
BODIES: dict[str, dict[str, Any]] = {
    "/observations/": {"code": "weight", "value": 71.5},
    "/decisions/": {"spo2_scale": 2, "reason": "hypercapnic failure"},
    "/entered-in-error/": {"reason": "read from the wrong bed"},
    "/what-if/": {
        "hours": 0.5,
        "scenarios": [{"name": "Drink", "changes": [{"kind": "drinking", "dose": 300, "minutes": 15}]}],
    },
}
"""A good body for each operation that takes one, by how its address ends."""
OF_PATIENTS = [endpoint for endpoint in ENDPOINTS if endpoint.of_patient]


@dataclass(frozen=True)
class Things:
    """One of each kind, of one patient."""

    hospital: Hospital
    patient: Patient
    device_id: UUID
    alert_id: UUID
    observation_id: UUID

    def path(self, endpoint: Endpoint) -> str:
        return endpoint.route.format(
            patient_id=self.patient.pk,
            device_id=self.device_id,
            alert_id=self.alert_id,
            observation_id=self.observation_id,
        )

    def call(self, client: Client, endpoint: Endpoint) -> Any:
        """The operation upon these things, with a good body or query."""
        path = self.path(endpoint)
        if endpoint.method == "get":
            return client.get(path, {"channel": "ecg"} if path.endswith("waveforms/") else {})
        return getattr(client, endpoint.method)(path, self._body(endpoint), "application/json")

    def _body(self, endpoint: Endpoint) -> dict[str, Any]:
        if endpoint.route == PATIENT:
            return {"bed": "9"}
        if endpoint.route.endswith("/patients/"):
            unit = str(self.hospital.ward.pk)
            return {"mrn": "2001", "given_name": "Dora", "family_name": "Díaz", "unit": unit}
        return next((body for ending, body in BODIES.items() if endpoint.route.endswith(ending)), {})


def things_of(hospital: Hospital, patient: Patient) -> Things:
    device = a_device(hospital, f"on-{patient.pk.hex[:12]}", on=patient)
    return Things(hospital, patient, device.pk, an_alert(patient), an_observation(patient))
