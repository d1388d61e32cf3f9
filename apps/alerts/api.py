"""`alerts/`, `alerts/{id}/acknowledge/` and `alerts/{id}/resolve/`."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.endpoint import Endpoint, ListEndpoint, must_reach
from apps.alerts.forms import AlertForm, AlertsQuery, NothingForm, ReasonForm
from apps.alerts.models import Alert
from apps.alerts.selectors import as_json, visible_alerts
from apps.alerts.services import acknowledge, resolve


def shown(alert: Alert) -> dict[str, Any]:
    return {**as_json(alert), "simulated": alert.patient.simulated}


class _Shown(serializers.BaseSerializer[Alert]):
    def to_representation(self, instance: Alert) -> dict[str, Any]:
        return shown(instance)


class Alerts(ListEndpoint):
    ordering = ("-since", "-id")
    query_form = AlertsQuery

    @extend_schema(
        operation_id="alerts_list",
        summary="Alerts, the latest first",
        description="Those that are over included, unless `state` says otherwise. A technician sees technical ones.",
        tags=["alerts"],
        parameters=[AlertsQuery],
        responses=AlertForm(many=True),
    )
    def get(self, request: Request) -> Response:
        query = self.query()
        must_reach(self.actor.grant.alerts)
        alerts = visible_alerts(self.actor).select_related("patient")
        if "state" in query:
            alerts = alerts.filter(state__in=query["state"])
        if "patient" in query:
            alerts = alerts.filter(patient_id=query["patient"])
        if "kind" in query:
            alerts = alerts.filter(kind=query["kind"])
        return self.page(alerts, _Shown)


class Acknowledge(Endpoint):
    @extend_schema(
        operation_id="alerts_acknowledge",
        summary="Take an alert on",
        description="Clinicians; technicians a technical one. Who was first stays; 409 once it is over.",
        tags=["alerts"],
        request=NothingForm,
        responses=AlertForm,
    )
    def post(self, request: Request, alert_id: UUID) -> Response:
        NothingForm(data=request.data).is_valid(raise_exception=True)
        return Response(shown(acknowledge(actor=self.actor, alert_id=alert_id)))


class Resolve(Endpoint):
    @extend_schema(
        operation_id="alerts_resolve",
        summary="End an alert by hand",
        description="If its condition goes on it is raised anew, after its delay. 409 once it is over.",
        tags=["alerts"],
        request=ReasonForm,
        responses=AlertForm,
    )
    def post(self, request: Request, alert_id: UUID) -> Response:
        form = ReasonForm(data=request.data)
        form.is_valid(raise_exception=True)
        reason = form.validated_data.get("reason", "")
        return Response(shown(resolve(actor=self.actor, alert_id=alert_id, reason=reason)))
