"""`patients/{id}/twin/`: the organs, and what they are judged by."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.endpoint import Endpoint
from apps.core.clock import SYSTEM_CLOCK
from apps.patients.selectors import patient as visible_patient
from apps.twin.forms import TwinForm
from apps.twin.selectors import twins_of


class Twin(Endpoint):
    @extend_schema(
        operation_id="twin_read",
        summary="The organs: how each is, how sure that is, and why",
        description="An assessment that was not repeated for half a minute is not shown any more: all is unknown then.",
        tags=["twin"],
        responses=TwinForm,
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        self.query()
        patient = visible_patient(self.actor, patient_id, door="api")
        twin = twins_of([patient.pk], now=SYSTEM_CLOCK.now())[patient.pk]
        return Response({**twin, "simulated": patient.simulated})
