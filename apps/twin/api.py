"""`patients/{id}/twin/`: the organs and what they are judged by, what is foretold, and what if."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.clock import SYSTEM_CLOCK
from apps.patients.endpoint import PatientEndpoint
from apps.twin.forecast_forms import ForecastForm
from apps.twin.forms import TwinForm
from apps.twin.selectors import forecast_of, refit_of, twins_of
from apps.twin.what_if import what_if
from apps.twin.what_if_forms import WhatIfAnswer, WhatIfForm


class Twin(PatientEndpoint):
    @extend_schema(
        operation_id="twin_read",
        summary="The organs: how each is, how sure that is, and why",
        description="An assessment that was not repeated for half a minute is not shown any more: all is unknown then. "
        "States and hypotheses are those of the last analysis of the body, empty where it is older than three minutes. "
        "`refit`: what came of the last night's, null before the first.",
        tags=["twin"],
        responses=TwinForm,
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        self.query()
        patient = self.patient(patient_id)
        twin = twins_of([patient.pk], now=SYSTEM_CLOCK.now())[patient.pk]
        return Response({**twin, "simulated": patient.simulated, "refit": refit_of(patient.pk)})


class Forecast(PatientEndpoint):
    @extend_schema(
        operation_id="twin_forecast",
        summary="What is foretold, if nothing new is done",
        description="Bands of 50 and 90 % at 30 minutes and six hours. A quantity whose forecasts have no skill "
        "(against the latest value, or against what the patient usually has) is not in it.",
        tags=["twin"],
        responses=ForecastForm,
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        self.query()
        patient = self.patient(patient_id)
        forecast = forecast_of(patient.pk, now=SYSTEM_CLOCK.now())
        return Response({**forecast, "simulated": patient.simulated})


class WhatIf(PatientEndpoint):
    @extend_schema(
        operation_id="twin_what_if",
        summary="Try on the patient's own body what has not been done",
        description="For clinicians. Several scenarios are compared in one answer, before them `As now`. A model, not "
        "advice: nothing is written and nobody is told.",
        tags=["twin"],
        request=WhatIfForm,
        responses=WhatIfAnswer,
    )
    def post(self, request: Request, patient_id: UUID) -> Response:
        patient = self.patient(patient_id)
        form = WhatIfForm(data=request.data)
        form.is_valid(raise_exception=True)
        hours, scenarios = form.validated_data["hours"], form.asked()
        return Response(what_if(actor=self.actor, patient=patient, scenarios=scenarios, hours=hours))
