"""The twin as the API shows it (DESIGN: `twin`)."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from apps.twin.organs import ORGANS, STATUSES

EXAMPLE = {
    "patient": "3f0e8f2a-52b0-4d8e-9d7b-2c7f5b1f7a01",
    "at": "2026-01-02T03:04:05.000Z",
    "simulated": False,
    "organs": [
        {
            "organ": "heart",
            "status": "good",
            "reserve": {"median": 81.0, "low": 74.0, "high": 88.0},
            "confidence": 0.97,
            "basis": "measured",
            "reasons": [
                {
                    "text": "Heart rate 72 /min, normal for an adult at rest",
                    "code": "heart_rate",
                    "value": 72.0,
                    "unit": "/min",
                    "usual": 66.0,
                }
            ],
        }
    ],
    "states": [
        {
            "name": "cardiac_output",
            "median": 5.2,
            "low": 4.1,
            "high": 6.4,
            "unit": "L/min",
            "identifiability": 0.3,
        }
    ],
    "hypotheses": [{"name": "none", "probability": 0.93}, {"name": "dehydration", "probability": 0.04}],
    "refit": {
        "night": "2026-01-02",
        "at": "2026-01-02T03:01:10.000Z",
        "taken": True,
        "why": "Foresaw the readings of its last hours better than before.",
        "readings": 360,
        "gain": 0.041,
        "error": 0.012,
        "changes": [{"name": "resting_pressure", "unit": "mmHg", "before": 88.2, "after": 92.1}],
    },
}


class ReasonForm(serializers.Serializer[Any]):
    text = serializers.CharField()
    code = serializers.CharField(allow_null=True, help_text="The quantity; null where it is about none.")
    value = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_null=True, help_text="UCUM.")
    usual = serializers.FloatField(
        allow_null=True,
        help_text="What is usual for this person at this hour, by their own past week; null while not known.",
    )


class ReserveForm(serializers.Serializer[Any]):
    median = serializers.FloatField()
    low = serializers.FloatField(help_text="Lower end of the 90 % band.")
    high = serializers.FloatField()


class OrganForm(serializers.Serializer[Any]):
    organ = serializers.ChoiceField(ORGANS)
    status = serializers.ChoiceField(STATUSES, help_text="`unknown` where the evidence is too thin; never green then.")
    reserve = ReserveForm(allow_null=True, help_text="0 to 100; null where nothing estimates it.")
    confidence = serializers.FloatField(help_text="0 to 1: freshness times quality of the evidence.")
    basis = serializers.ChoiceField(("measured", "inferred", "prior"))
    reasons = ReasonForm(many=True, help_text="The strongest first, three at most.")


class StateForm(serializers.Serializer[Any]):
    name = serializers.CharField()
    median = serializers.FloatField()
    low = serializers.FloatField(help_text="Lower end of the 90 % band.")
    high = serializers.FloatField()
    unit = serializers.CharField()
    identifiability = serializers.FloatField(help_text="0: measurements told nothing of it; 1: all.")


class HypothesisForm(serializers.Serializer[Any]):
    name = serializers.CharField(
        help_text="`none`, `bleeding`, `dehydration`, `fever`, `exertion`, `drug`, `hypoxia`, `arrhythmia`, `meal` "
        "(or insulin, not entered), or `sensor_fault:` and a quantity."
    )
    probability = serializers.FloatField()


class ChangeForm(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What was fitted.")
    unit = serializers.CharField()
    before = serializers.FloatField()
    after = serializers.FloatField()


class RefitForm(serializers.Serializer[Any]):
    night = serializers.DateField(help_text="The morning after, by the organization's calendar.")
    at = serializers.DateTimeField(help_text="When it was done.")
    taken = serializers.BooleanField(help_text="Else the body went on as it was.")
    why = serializers.CharField()
    readings = serializers.IntegerField(help_text="How many readings it was judged by.")
    gain = serializers.FloatField(allow_null=True, help_text="Nat a reading by which they were foreseen better.")
    error = serializers.FloatField(allow_null=True, help_text="Standard error of that.")
    changes = ChangeForm(many=True, help_text="What is learned of the person; empty where it was not taken.")


@extend_schema_serializer(examples=[OpenApiExample("A twin", value=EXAMPLE)])
class TwinForm(serializers.Serializer[Any]):
    patient = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="When it was assessed.")
    simulated = serializers.BooleanField(help_text="Whether the patient is a simulated body.")
    organs = OrganForm(many=True)
    states = StateForm(many=True)
    hypotheses = HypothesisForm(many=True, help_text="What could be behind what is measured, the likeliest first.")
    refit = RefitForm(allow_null=True, help_text="What came of the last night's refit; null before the first.")
