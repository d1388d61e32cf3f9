"""`patients/{id}/news2/`: the early warning score as it stands, and the decisions it goes by."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.endpoint import Endpoint
from apps.core.clock import SYSTEM_CLOCK
from apps.core.instants import utc_text
from apps.patients.endpoint import PatientEndpoint
from apps.patients.models import Patient
from apps.scores.decisions import decide
from apps.scores.deterioration import deterioration_of
from apps.scores.forms import DecisionForm, HistoryForm, HistoryQuery, News2Form
from apps.scores.history import news2_history
from apps.scores.models import DecisionKind
from apps.scores.news2 import news2_of
from apps.scores.unusual import unusual_of


class News2(PatientEndpoint):
    @extend_schema(
        operation_id="news2_read",
        summary="NEWS2 (Royal College of Physicians, 2017), now",
        description="What is missing or too old is never taken for normal: `total` is null then, and the score lies "
        "between `lowest` and `highest`.",
        tags=["scores"],
        responses=News2Form,
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        self.query()
        patient = self.patient(patient_id)
        return Response(_scores(patient))


class News2History(PatientEndpoint):
    query_form = HistoryQuery

    @extend_schema(
        operation_id="news2_history",
        summary="NEWS2 of the past hours, by the quarter of an hour",
        description="Made anew from what was measured and entered, so that what was marked as entered in error is not "
        "in it. Empty where NEWS2 does not apply.",
        tags=["scores"],
        parameters=[HistoryQuery],
        responses=HistoryForm,
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        query = self.query()
        patient = self.patient(patient_id)
        now = SYSTEM_CLOCK.now()
        scores = news2_history(patient, hours=query["hours"], now=now)
        return Response({"patient": patient.pk, "at": utc_text(now), "simulated": patient.simulated, "scores": scores})


class ScoringDecisions(Endpoint):
    @extend_schema(
        operation_id="news2_decide",
        summary="Decide how a patient is scored",
        description="For clinicians: scale 2 of SpO₂ (confirmed hypercapnic respiratory failure, target 88 to 92 %), "
        "or that NEWS2 does not apply in pregnancy. The latest decision holds; all are kept.",
        tags=["scores"],
        request=DecisionForm,
        responses=News2Form,
    )
    def post(self, request: Request, patient_id: UUID) -> Response:
        form = DecisionForm(data=request.data)
        form.is_valid(raise_exception=True)
        kind, value = _decision(form.validated_data)
        decision = decide(
            actor=self.actor, patient_id=patient_id, kind=kind, value=value, reason=form.validated_data["reason"]
        )
        return Response(_scores(decision.patient))


def _scores(patient: Patient) -> dict[str, Any]:
    now = SYSTEM_CLOCK.now()
    news2 = news2_of([patient], now=now, named=True)[patient.pk]
    beside = {"deterioration": deterioration_of(patient, now=now), "unusual": unusual_of(patient, now=now)}
    return {**news2, **beside}


def _decision(said: dict[str, Any]) -> tuple[DecisionKind, int]:
    if "spo2_scale" in said:
        return DecisionKind.SPO2_SCALE, int(said["spo2_scale"])
    return DecisionKind.PREGNANT, int(said["pregnant"])
