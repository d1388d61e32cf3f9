"""Measurements as the API shows them (DESIGN: `vitals`, `reading`, `rollup`, `waveform`)."""

from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    PolymorphicProxySerializer,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers

from apps.readings.freshness import Freshness
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.quantity import Form

VALUE_CODES = [code for code, quantity in REGISTER.items() if quantity.form is Form.VALUE]
WAVE_CODES = [code for code, quantity in REGISTER.items() if quantity.form is Form.WAVE]
ORIGINS = [origin.label for origin in Origin]

_PATIENT = "3f0e8f2a-52b0-4d8e-9d7b-2c7f5b1f7a01"
_AT = "2026-01-02T03:04:05.000Z"
VITALS_EXAMPLE = {
    "patient": _PATIENT,
    "at": _AT,
    "simulated": False,
    "vitals": [
        {
            "code": "heart_rate",
            "value": 72.0,
            "unit": "/min",
            "at": "2026-01-02T03:04:03.800Z",
            "age_s": 1.2,
            "state": "live",
            "origin": "derived",
            "quality": 0.97,
            "device": "node-3f9a2c10",
        }
    ],
}
READING_EXAMPLE = {
    "code": "spo2",
    "value": 97.0,
    "unit": "%",
    "at": _AT,
    "origin": "measured",
    "quality": 1.0,
    "device": "node-3f9a2c10",
}
ROLLUP_EXAMPLE = {
    "code": "spo2",
    "start": "2026-01-02T03:04:00.000Z",
    "count": 60,
    "min": 95.0,
    "mean": 96.8,
    "max": 98.0,
}
WAVEFORM_EXAMPLE = {
    "channel": "ecg",
    "unit": "uV",
    "simulated": False,
    "segments": [
        {
            "start": "2026-01-02T03:04:05.000000Z",
            "rate_hz": 250.0,
            "origin": "measured",
            "device": "node-3f9a2c10",
            "samples": [30.0, 35.0],
        }
    ],
}


class VitalForm(serializers.Serializer[Any]):
    code = serializers.ChoiceField(VALUE_CODES)
    value = serializers.FloatField()
    unit = serializers.CharField(help_text="UCUM.")
    at = serializers.DateTimeField(help_text="When it was measured.")
    age_s = serializers.FloatField(help_text="How old it was when this answer was made.")
    state = serializers.ChoiceField(
        [str(state) for state in Freshness], help_text="`lost`: too old to be shown as a value."
    )
    origin = serializers.ChoiceField(ORIGINS)
    quality = serializers.FloatField(help_text="0 to 1.")
    device = serializers.CharField(allow_null=True, help_text="Its uid; null for what was entered by hand.")


@extend_schema_serializer(examples=[OpenApiExample("Vitals", value=VITALS_EXAMPLE)])
class VitalsForm(serializers.Serializer[Any]):
    patient = serializers.UUIDField()
    at = serializers.DateTimeField()
    simulated = serializers.BooleanField()
    vitals = VitalForm(many=True)


class ReadingForm(serializers.Serializer[Any]):
    code = serializers.ChoiceField(VALUE_CODES)
    value = serializers.FloatField()
    unit = serializers.CharField(help_text="UCUM.")
    at = serializers.DateTimeField()
    origin = serializers.ChoiceField(ORIGINS)
    quality = serializers.FloatField(help_text="0 to 1.")
    device = serializers.CharField(allow_null=True)


class RollupForm(serializers.Serializer[Any]):
    code = serializers.ChoiceField(VALUE_CODES)
    start = serializers.DateTimeField()
    count = serializers.IntegerField(help_text="How many readings.")
    min = serializers.FloatField()
    mean = serializers.FloatField()
    max = serializers.FloatField()


def _page(*results: dict[str, Any]) -> dict[str, Any]:
    return {"next": None, "previous": None, "simulated": False, "results": list(results)}


@extend_schema_serializer(
    examples=[
        OpenApiExample("Without a resolution: readings", value=_page(READING_EXAMPLE)),
        OpenApiExample("With one: rollups", value=_page(ROLLUP_EXAMPLE)),
    ]
)
class ReadingsForm(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    simulated = serializers.BooleanField()
    results = serializers.SerializerMethodField()

    @extend_schema_field(
        PolymorphicProxySerializer(
            component_name="ReadingOrRollup",
            serializers=[ReadingForm, RollupForm],
            resource_type_field_name=None,
            many=True,
        )
    )
    def get_results(self, page: Any) -> Any:
        return page["results"]


class SegmentForm(serializers.Serializer[Any]):
    start = serializers.DateTimeField(help_text="Of the first sample.")
    rate_hz = serializers.FloatField()
    origin = serializers.ChoiceField(ORIGINS)
    device = serializers.CharField()
    samples = serializers.ListField(child=serializers.FloatField(), help_text="Physical values.")


@extend_schema_serializer(examples=[OpenApiExample("Two samples of an ECG", value=WAVEFORM_EXAMPLE)])
class WaveformForm(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(WAVE_CODES)
    unit = serializers.CharField(help_text="UCUM.")
    simulated = serializers.BooleanField()
    segments = SegmentForm(many=True)
