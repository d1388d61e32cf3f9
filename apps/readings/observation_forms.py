"""Observations as the API takes and shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from apps.core.serializers import Instant, Number, StrictSerializer, Text
from apps.readings.observing import BY_HAND, Given

ACVPU: Final = "ACVPU"
AT = "2026-01-02T03:04:00.000Z"
ENTRY_EXAMPLE = {
    "id": "0f1f7c58-7f0c-4f5b-9c57-7f4a3f1d2b11",
    "patient": "3f0e8f2a-52b0-4d8e-9d7b-2c7f5b1f7a01",
    "at": AT,
    "entered_at": "2026-01-02T03:05:10.000Z",
    "entered_by": "Clara Northgate",
    "simulated": False,
    "observations": [
        {
            "id": "7d6a3f8e-9a11-4a3e-8c0d-51b6f2f3a4c2",
            "code": "consciousness",
            "value": 0.0,
            "unit": "1",
            "at": AT,
            "origin": "manual",
            "state": "final",
            "in_error_reason": "",
        }
    ],
}
TAKEN_EXAMPLE = {
    "at": AT,
    "observations": [
        {"code": "systolic_pressure", "value": 128},
        {"code": "diastolic_pressure", "value": 76},
        {"code": "core_temperature", "value": 98.9, "unit": "[degF]"},
        {"code": "consciousness", "value": "A"},
        {"code": "supplemental_oxygen", "value": 2},
    ],
}


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string", "enum": list(ACVPU)}]})
class NumberOrLetter(Number):
    """A finite number; consciousness also by its letter."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, str) and len(data) == 1 and data in ACVPU:
            return float(ACVPU.index(data))
        return super().to_internal_value(data)


class GivenForm(StrictSerializer):
    code = serializers.ChoiceField(BY_HAND)
    value = NumberOrLetter(help_text="In `unit`. Consciousness: its number, or a letter of ACVPU.")
    unit = Text(required=False, max_length=20, help_text="UCUM; the register's own if left out.")


@extend_schema_serializer(
    examples=[
        OpenApiExample("Several of one moment", value=TAKEN_EXAMPLE, request_only=True),
        OpenApiExample("A single one, now", value={"code": "weight", "value": 71.5}, request_only=True),
    ]
)
class ObservationsForm(StrictSerializer):
    """Either `observations`, or `code` and `value` of a single one."""

    at = Instant(required=False, help_text="When it was true of the body: now if left out, never in the future.")
    observations = serializers.ListField(child=GivenForm(), required=False, allow_empty=False, max_length=len(BY_HAND))
    code = serializers.ChoiceField(BY_HAND, required=False)
    value = NumberOrLetter(required=False)
    unit = Text(required=False, max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        single: dict[str, Any] = {name: attrs.pop(name) for name in ("code", "value", "unit") if name in attrs}
        if bool(single) == ("observations" in attrs):
            raise serializers.ValidationError({"observations": ["Give these, or one `code` and `value`."]})
        for name in ("code", "value"):
            if single and name not in single:
                raise serializers.ValidationError({name: ["This field is required."]})
        taken: list[dict[str, Any]] = [single] if single else attrs.pop("observations")
        attrs["given"] = [Given(**each) for each in taken]
        _letters(self.initial_data, attrs["given"])
        return attrs


def _letters(said: Any, given: list[Given]) -> None:
    """A letter says how somebody responds, and nothing else."""
    items = said.get("observations", [said])
    for place, (item, each) in enumerate(zip(items, given, strict=True)):
        if isinstance(item["value"], str) and each.code != "consciousness":
            where = f"observations.{place}.value" if "observations" in said else "value"
            raise serializers.ValidationError({where: ["A number, please."]})


@extend_schema_serializer(examples=[OpenApiExample("One of an entry", value=ENTRY_EXAMPLE["observations"][0])])  # type: ignore[index]
class ObservationForm(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.ChoiceField(BY_HAND)
    value = serializers.FloatField()
    unit = serializers.CharField(help_text="UCUM.")
    at = serializers.DateTimeField()
    origin = serializers.CharField(help_text="`manual`.")
    state = serializers.ChoiceField(["final", "entered-in-error"], help_text="As FHIR names it.")
    in_error_reason = serializers.CharField(allow_blank=True)


@extend_schema_serializer(examples=[OpenApiExample("An entry", value=ENTRY_EXAMPLE)])
class EntryForm(serializers.Serializer[Any]):
    """What was entered at once."""

    id = serializers.UUIDField()
    patient = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="When it was true of the body.")
    entered_at = serializers.DateTimeField()
    entered_by = serializers.CharField(allow_null=True, help_text="Null for who is no member any more.")
    simulated = serializers.BooleanField(help_text="Whether the patient is a simulated body.")
    observations = ObservationForm(many=True)


@extend_schema_serializer(examples=[OpenApiExample("Why", value={"reason": "Read from the wrong bed"})])
class InErrorForm(StrictSerializer):
    reason = Text(min_length=3, max_length=300, help_text="What was wrong.")
