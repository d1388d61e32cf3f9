"""The alert as the API shows it (DESIGN: `alert`), and what may be asked and said about alerts."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from apps.alerts.models import Kind, Priority, State
from apps.core.serializers import StrictSerializer, Text

SHOWN_STATES = [State.ACTIVE.value, State.ACKNOWLEDGED.value, State.RESOLVED.value]
EXAMPLE = {
    "id": "b7a1c0de-3c52-4f0a-8d1e-5e2f6a7b8c9d",
    "patient": "3f0e8f2a-52b0-4d8e-9d7b-2c7f5b1f7a01",
    "simulated": False,
    "code": "spo2_low",
    "priority": "high",
    "kind": "physiological",
    "state": "active",
    "since": "2026-01-02T03:04:05.000Z",
    "value": 86.0,
    "limit": 90.0,
    "text": "SpO₂ 86 %, below 90 %",
    "acknowledged_by": None,
}


@extend_schema_serializer(examples=[OpenApiExample("An alert", value=EXAMPLE)])
class AlertForm(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField()
    simulated = serializers.BooleanField(help_text="Whether the patient is a simulated body.")
    code = serializers.CharField(help_text="Of the condition.")
    priority = serializers.ChoiceField(Priority.choices, help_text="IEC 60601-1-8.")
    kind = serializers.ChoiceField(Kind.choices)
    state = serializers.ChoiceField(SHOWN_STATES)
    since = serializers.DateTimeField(help_text="Onset of the condition.")
    value = serializers.FloatField(allow_null=True)
    limit = serializers.FloatField(allow_null=True)
    text = serializers.CharField()
    acknowledged_by = serializers.CharField(allow_null=True, help_text="The person's name.")


class AlertsQuery(StrictSerializer):
    state = serializers.ListField(
        child=serializers.ChoiceField(SHOWN_STATES), required=False, max_length=3, help_text="May be repeated."
    )
    patient = serializers.UUIDField(required=False, help_text="Only those of this patient.")
    kind = serializers.ChoiceField(Kind.choices, required=False)


class NothingForm(StrictSerializer):
    """An empty object, or no body at all."""


class ReasonForm(StrictSerializer):
    reason = Text(max_length=300, required=False, allow_blank=True, help_text="Why, for who reads it later.")
