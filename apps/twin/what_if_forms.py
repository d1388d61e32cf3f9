"""What may be tried on a body, and what comes of it, as the API takes and gives it."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from apps.core.serializers import Number, StrictSerializer, Text
from apps.twin.forms import ReserveForm
from apps.twin.organs import ORGANS
from apps.twin.scenarios import KINDS, Change
from apps.twin.what_if import AS_NOW, Scenario

MOST_SCENARIOS: Final = 5
MOST_CHANGES: Final = 8
HOURS: Final = (0.5, 12.0)
MINUTES: Final = (1.0, 720.0)
_DOSES: Final = "; ".join(
    f"`{name}` {kind.low:g} to {kind.high:g} {kind.unit}{f' {kind.note}' if kind.note else ''}"
    for name, kind in KINDS.items()
)
ASKED: Final = {
    "hours": 6,
    "scenarios": [
        {"name": "Walk in the heat", "changes": [{"kind": "heat", "dose": 38, "minutes": 120, "start_minute": 0}]},
        {
            "name": "Bleed and drink",
            "changes": [
                {"kind": "bleeding", "dose": 500, "minutes": 30},
                {"kind": "drinking", "dose": 500, "minutes": 15, "start_minute": 30},
            ],
        },
    ],
}
_BAND: Final = {"low": [64.1, 66.0], "high": [69.8, 72.3]}
ANSWERED: Final = {
    "patient": "3f0e8f2a-52b0-4d8e-9d7b-2c7f5b1f7a01",
    "at": "2026-01-02T03:04:05.000Z",
    "simulated": False,
    "hours": 6.0,
    "basis": "inferred",
    "scenarios": [
        {
            "name": AS_NOW,
            "minutes": [0.0, 5.0],
            "quantities": [
                {
                    "code": "heart_rate",
                    "label": "Heart rate",
                    "unit": "/min",
                    "median": [67.0, 69.0],
                    "p50": _BAND,
                    "p90": _BAND,
                }
            ],
            "reserves": [{"organ": "heart", "reserve": {"median": 81.0, "low": 74.0, "high": 88.0}}],
        }
    ],
}


class ChangeForm(StrictSerializer):
    kind = serializers.ChoiceField(tuple(KINDS))
    dose = Number(help_text=_DOSES)
    minutes = Number(min_value=MINUTES[0], max_value=MINUTES[1], help_text="How long; an amount is spread over it.")
    start_minute = Number(default=0.0, min_value=0.0, max_value=MINUTES[1], help_text="From now.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kind = KINDS[attrs["kind"]]
        if not kind.low <= attrs["dose"] <= kind.high:
            raise serializers.ValidationError({"dose": [f"{kind.low:g} to {kind.high:g} {kind.unit}."]})
        return attrs


class ScenarioForm(StrictSerializer):
    name = Text(max_length=60)
    changes = serializers.ListField(child=ChangeForm(), min_length=1, max_length=MOST_CHANGES)


@extend_schema_serializer(examples=[OpenApiExample("Two scenarios", value=ASKED, request_only=True)])
class WhatIfForm(StrictSerializer):
    hours = Number(default=6.0, min_value=HOURS[0], max_value=HOURS[1])
    scenarios = serializers.ListField(child=ScenarioForm(), min_length=1, max_length=MOST_SCENARIOS)

    def asked(self) -> list[Scenario]:
        """As the service takes them, once they are valid."""
        return [
            Scenario(
                one["name"],
                tuple(
                    Change(said["kind"], said["dose"], said["minutes"], said["start_minute"]) for said in one["changes"]
                ),
            )
            for one in self.validated_data["scenarios"]
        ]


class BandForm(serializers.Serializer[Any]):
    low = serializers.ListField(child=serializers.FloatField())
    high = serializers.ListField(child=serializers.FloatField())


class CourseForm(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Of the register, or `cardiac_output`, `blood_volume`, `sweat_rate`.")
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField(help_text="UCUM.")
    median = serializers.ListField(child=serializers.FloatField(), help_text="One for each of `minutes`.")
    p50 = BandForm()
    p90 = BandForm()


class OrganReserveForm(serializers.Serializer[Any]):
    organ = serializers.ChoiceField(ORGANS)
    reserve = ReserveForm(allow_null=True, help_text="Null where it cannot be judged.")


class RunForm(serializers.Serializer[Any]):
    name = serializers.CharField()
    minutes = serializers.ListField(child=serializers.FloatField(), help_text="From now.")
    quantities = CourseForm(many=True)
    reserves = OrganReserveForm(many=True, help_text="At the end, in the order of the twin's organs.")


@extend_schema_serializer(examples=[OpenApiExample("What comes of it", value=ANSWERED, response_only=True)])
class WhatIfAnswer(serializers.Serializer[Any]):
    patient = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="Up to when the body had taken in what was measured.")
    simulated = serializers.BooleanField(help_text="Whether the patient is a simulated body.")
    hours = serializers.FloatField()
    basis = serializers.ChoiceField(
        ("inferred", "prior"), help_text="`prior`: nothing was taken in yet, it is a body of averages."
    )
    scenarios = RunForm(many=True, help_text="The first is `As now`, then those asked for, in their order.")
