"""Forecasts as the API shows them (DESIGN: `forecast`)."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

EXAMPLE = {
    "patient": "3f0e8f2a-52b0-4d8e-9d7b-2c7f5b1f7a01",
    "at": "2026-01-02T03:04:05.000Z",
    "simulated": False,
    "horizons": [
        {
            "minutes": 30,
            "quantities": [
                {
                    "code": "glucose",
                    "median": 6.1,
                    "p50": [5.8, 6.5],
                    "p90": [5.2, 7.3],
                    "skill": 0.18,
                    "skill_of": "organization",
                    "calibration": {
                        "at": "2026-01-02T02:00:00.000Z",
                        "forecasts": 2016,
                        "persons": 14,
                        "coverage_50": 0.51,
                        "coverage_90": 0.9,
                        "skill_persistence": 0.18,
                        "skill_climatology": 0.41,
                    },
                }
            ],
            "without_skill": ["spo2"],
        }
    ],
}


class CalibrationForm(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="When it was counted.")
    forecasts = serializers.IntegerField()
    persons = serializers.IntegerField()
    coverage_50 = serializers.FloatField(help_text="Share of what came that lay in the 50 % band.")
    coverage_90 = serializers.FloatField()
    skill_persistence = serializers.FloatField(help_text="Against the latest value, with the spread of its own errors.")
    skill_climatology = serializers.FloatField(help_text="Against what the patient usually has.")


class ForetoldForm(serializers.Serializer[Any]):
    code = serializers.CharField()
    median = serializers.FloatField()
    p50 = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    p90 = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    skill = serializers.FloatField(help_text="By CRPS against the better of both references: 0 no better, 1 perfect.")
    skill_of = serializers.ChoiceField(
        ("organization", "recordings"), help_text="Counted over the organization's own last week, or on recordings."
    )
    calibration = CalibrationForm(allow_null=True, help_text="Null until there is a week's count of one's own.")


class HorizonForm(serializers.Serializer[Any]):
    minutes = serializers.IntegerField()
    quantities = ForetoldForm(many=True)
    without_skill = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of what is not shown: no skill, or none counted yet."
    )


@extend_schema_serializer(examples=[OpenApiExample("A forecast", value=EXAMPLE)])
class ForecastForm(serializers.Serializer[Any]):
    patient = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="When it was made.")
    simulated = serializers.BooleanField(help_text="Whether the patient is a simulated body.")
    horizons = HorizonForm(many=True, help_text="Empty where nothing is foretold.")
