"""NEWS2 as the API shows it, and the decisions it takes."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from apps.core.serializers import StrictSerializer, Text
from apps.readings.forms import ORIGINS
from apps.scores.history import MOST_HOURS
from apps.scores.inputs import Use
from ml.scoring.news2 import PARAMETERS

RISKS = ("low", "low-medium", "medium", "high")
_AT = "2026-01-02T03:04:05.000Z"
NEWS2_EXAMPLE = {
    "patient": "3f0e8f2a-52b0-4d8e-9d7b-2c7f5b1f7a01",
    "at": _AT,
    "simulated": False,
    "applicable": True,
    "not_applicable_because": None,
    "total": None,
    "lowest": 5,
    "highest": 8,
    "response": {
        "lowest": {"risk": "medium", "monitoring": "at least hourly", "action": "Urgent assessment by a clinician …"},
        "highest": {"risk": "high", "monitoring": "continuous", "action": "Emergency assessment by a team …"},
    },
    "scale": {"spo2": 1, "decided": None},
    "parts": [
        {
            "parameter": "consciousness",
            "label": "Consciousness",
            "state": "stale",
            "score": None,
            "code": "consciousness",
            "value": 0.0,
            "text": "Alert",
            "unit": "1",
            "at": "2026-01-01T19:04:05.000Z",
            "age_s": 28800.0,
            "origin": "manual",
            "device": None,
        }
    ],
    "missing": ["Consciousness"],
    "deterioration": {
        "state": "known",
        "probability": 0.084,
        "reasons": [
            {"text": "Age 81 raises it", "code": None, "log_odds": 0.41, "value": 81.0, "unit": "a"},
            {
                "text": "Heart rate 112/min raises it",
                "code": "heart_rate",
                "log_odds": 0.22,
                "value": 112.0,
                "unit": "/min",
            },
        ],
        "missing": [],
        "note": "Learned from intensive care stays; not validated for wards.",
    },
    "unusual": {
        "known": ["heart_rate", "spo2"],
        "reasons": [
            {
                "text": "Heart rate 22/min above your usual for this hour",
                "code": "heart_rate",
                "value": 92.0,
                "usual": 70.0,
                "unit": "/min",
                "spreads": 4.1,
            }
        ],
    },
}


class ResponseForm(serializers.Serializer[Any]):
    risk = serializers.ChoiceField(RISKS)
    monitoring = serializers.CharField()
    action = serializers.CharField()


class ResponsesForm(serializers.Serializer[Any]):
    lowest = ResponseForm(help_text="If all that is missing were best.")
    highest = ResponseForm(help_text="If it were worst.")


class DecidedForm(serializers.Serializer[Any]):
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class ScaleForm(serializers.Serializer[Any]):
    spo2 = serializers.IntegerField(help_text="1, or 2 by a clinician's decision.")
    decided = DecidedForm(allow_null=True)


class PartForm(serializers.Serializer[Any]):
    parameter = serializers.ChoiceField(PARAMETERS)
    label = serializers.CharField()  # type: ignore[assignment]  # the part's, not the field's
    state = serializers.ChoiceField(
        [str(use) for use in Use],
        help_text="`stale`: older than five minutes (six hours for what is taken now and then); `poor`: of a poor "
        "signal. Neither counts.",
    )
    score = serializers.IntegerField(allow_null=True, help_text="Null while it is open.")
    code = serializers.CharField(help_text="The quantity it goes by.")
    value = serializers.FloatField(allow_null=True)
    text = serializers.CharField(allow_blank=True, help_text="The value's name, where it has one.")
    unit = serializers.CharField(help_text="UCUM.")
    at = serializers.DateTimeField(allow_null=True)
    age_s = serializers.FloatField(allow_null=True)
    origin = serializers.ChoiceField(ORIGINS, allow_null=True)
    device = serializers.CharField(allow_null=True)


class RiskReasonForm(serializers.Serializer[Any]):
    text = serializers.CharField()
    code = serializers.CharField(allow_null=True, help_text="The quantity; null where it is a relation, or age.")
    log_odds = serializers.FloatField(help_text="How much it raises (above 0) or lowers the log-odds.")
    value = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(help_text="UCUM.")


class DeteriorationForm(serializers.Serializer[Any]):
    """Of the last two days. It raises no alarm and mutes none."""

    state = serializers.ChoiceField(["known", "unknown"], help_text="`unknown` where too little is measured.")
    probability = serializers.FloatField(allow_null=True, help_text="Of death in hospital, as in those stays.")
    reasons = RiskReasonForm(many=True, help_text="The strongest first, three at most.")
    missing = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField(help_text="Where it was learned, and that it is not validated for wards.")


class UnusualReasonForm(serializers.Serializer[Any]):
    text = serializers.CharField()
    code = serializers.CharField(allow_null=True, help_text="The quantity; null where several do not go together.")
    value = serializers.FloatField(allow_null=True, help_text="Mean of the last quarter of an hour.")
    usual = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_null=True, help_text="UCUM.")
    spreads = serializers.FloatField(help_text="How many of this person's own spreads it lies away.")


class UnusualForm(serializers.Serializer[Any]):
    """Against this person's own past week. It raises no alarm."""

    known = serializers.ListField(child=serializers.CharField(), help_text="Of which quantities the usual is known.")
    reasons = UnusualReasonForm(many=True, help_text="The strangest first.")


@extend_schema_serializer(examples=[OpenApiExample("Without a fresh consciousness", value=NEWS2_EXAMPLE)])
class News2Form(serializers.Serializer[Any]):
    """`total` is null unless the inputs decide it; `lowest` and `highest` are the range they leave."""

    patient = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="When it was computed.")
    simulated = serializers.BooleanField(help_text="Whether the patient is a simulated body.")
    applicable = serializers.BooleanField(help_text="False under 16 years and in pregnancy.")
    not_applicable_because = serializers.CharField(allow_null=True)
    total = serializers.IntegerField(allow_null=True)
    lowest = serializers.IntegerField(allow_null=True)
    highest = serializers.IntegerField(allow_null=True)
    response = ResponsesForm(allow_null=True)
    scale = ScaleForm()
    parts = PartForm(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="What is missing or does not count.")
    deterioration = DeteriorationForm()
    unusual = UnusualForm()


@extend_schema_serializer(
    examples=[OpenApiExample("Scale 2", value={"spo2_scale": 2, "reason": "Hypercapnic failure, target 88 to 92 %"})]
)
class DecisionForm(StrictSerializer):
    """One of the two, and why."""

    spo2_scale = serializers.ChoiceField([1, 2], required=False)
    pregnant = serializers.BooleanField(required=False)
    reason = Text(min_length=3, max_length=300)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("spo2_scale" in attrs) == ("pregnant" in attrs):
            raise serializers.ValidationError({"spo2_scale": ["Decide this, or `pregnant`: one at a time."]})
        return attrs


class HistoryQuery(StrictSerializer):
    hours = serializers.IntegerField(
        required=False, default=24, min_value=1, max_value=MOST_HOURS, help_text="How far back. 24 if left out."
    )


class PastScoreForm(serializers.Serializer[Any]):
    start = serializers.DateTimeField(help_text="Of the quarter of an hour.")
    lowest = serializers.IntegerField()
    highest = serializers.IntegerField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two quarters of an hour",
            value={
                "patient": NEWS2_EXAMPLE["patient"],
                "at": _AT,
                "simulated": False,
                "scores": [
                    {"start": "2026-01-02T02:45:00.000Z", "lowest": 2, "highest": 5},
                    {"start": "2026-01-02T03:00:00.000Z", "lowest": 5, "highest": 5},
                ],
            },
        )
    ]
)
class HistoryForm(serializers.Serializer[Any]):
    patient = serializers.UUIDField()
    at = serializers.DateTimeField()
    simulated = serializers.BooleanField(help_text="Whether the patient is a simulated body.")
    scores = PastScoreForm(many=True)
