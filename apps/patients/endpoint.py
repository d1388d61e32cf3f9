"""What endpoints beneath `patients/{id}/` have in common: whose data it is, and that it was looked at."""

from uuid import UUID

from apps.accounts.endpoint import Endpoint, ListEndpoint
from apps.patients.models import Patient
from apps.patients.selectors import patient

DOOR = "api"


class PatientEndpoint(Endpoint):
    def patient(self, patient_id: UUID) -> Patient:
        """The patient, whose data the actor may see; noted in the audit trail. Raises NotFound."""
        return patient(self.actor, patient_id, door=DOOR)


class PatientListEndpoint(PatientEndpoint, ListEndpoint):
    """The same for what is given by pages."""
