"""`patients/{id}/news2/`: the early warning score as it stands, and the decisions it goes by."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.endpoint import Endpoint
from apps.core.clock import SYSTEM_CLOCK
from apps.patients.selectors import patient as visible_patient
from apps.scores.decisions import decide
from apps.scores.forms import DecisionForm, News2Form
from apps.scores.models import DecisionKind
from apps.scores.news2 import news2_of

DOOR = "api"


class News2(Endpoint):
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
        patient = visible_patient(self.actor, patient_id, door=DOOR)
        return Response(news2_of([patient], now=SYSTEM_CLOCK.now(), named=True)[patient.pk])


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
        shown = news2_of([decision.patient], now=SYSTEM_CLOCK.now(), named=True)
        return Response(shown[patient_id])


def _decision(said: dict[str, Any]) -> tuple[DecisionKind, int]:
    if "spo2_scale" in said:
        return DecisionKind.SPO2_SCALE, int(said["spo2_scale"])
    return DecisionKind.PREGNANT, int(said["pregnant"])
