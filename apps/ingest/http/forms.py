"""The forms of what devices send and are told, for the OpenAPI document; and the checks of the papers' bodies."""

import math
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from apps.core.serializers import StrictSerializer, Text

FRAME = {
    "boot": "9f3a61c0",
    "seq": 812,
    "oldest": 790,
    "t": 1763600000.25,
    "waves": {"ecg": {"rate": 250, "unit": "uV", "scale": 2.5, "offset": 0, "samples": [12, 14, -3]}},
    "values": {"spo2": 97.0, "skin_temperature": 33.4},
    "battery": {"mv": 3912, "percent": 81, "charging": False},
    "flags": ["lead_off"],
}
TAKEN = {
    "acknowledged": [{"boot": "9f3a61c0", "upto": 812, "also": [815, 816]}],
    "quarantined": [
        {
            "index": 0,
            "boot": "9f3a61c0",
            "seq": 812,
            "node": None,
            "reason": "channel-range",
            "detail": "skin_temperature: 334 Cel is not within 0 to 50",
        }
    ],
}
CALL = {"ecg_data": [0.02, 0.05, 0.91], "ppg_data": [50211, 50190], "temperature_data": 33.4, "spo2_data": 97.0}


class WaveForm(serializers.Serializer[Any]):
    rate = serializers.FloatField(help_text="Samples a second.")
    unit = serializers.CharField(help_text="UCUM.")
    scale = serializers.FloatField(required=False, help_text="Physical value = sample x scale + offset.")
    offset = serializers.FloatField(required=False)
    samples = serializers.ListField(child=serializers.IntegerField())


class BatteryForm(serializers.Serializer[Any]):
    mv = serializers.IntegerField(required=False)
    percent = serializers.FloatField(required=False)
    charging = serializers.BooleanField(required=False)


@extend_schema_serializer(examples=[OpenApiExample("A frame", value=FRAME, request_only=True)])
class FrameForm(serializers.Serializer[Any]):
    """A frame as it goes over MQTT (docs/mqtt.md). It is the pipeline that judges it, not this form."""

    boot = serializers.CharField(help_text="Drawn anew at each start of the device, 1 to 32 of A-Z a-z 0-9 _ -.")
    seq = serializers.IntegerField(help_text="Counts from 0 within a boot.")
    oldest = serializers.IntegerField(required=False, help_text="The lowest seq that the device still holds.")
    t = serializers.FloatField(help_text="The first sample's time by the device's clock, epoch seconds.")
    waves = serializers.DictField(child=WaveForm(), required=False)
    values = serializers.DictField(child=serializers.FloatField(), required=False)
    battery = BatteryForm(required=False)
    flags = serializers.ListField(child=serializers.CharField(), required=False)
    node = serializers.CharField(required=False, help_text="From a hub: the uid of the node whose frame it is.")


class AcknowledgedForm(serializers.Serializer[Any]):
    """The same as `down/ack` over MQTT."""

    boot = serializers.CharField()
    upto = serializers.IntegerField(help_text="Every seq up to and with it is safe or given up; -1: none.")
    also = serializers.ListField(child=serializers.IntegerField(), help_text="Safe beyond `upto`.")
    node = serializers.CharField(required=False, help_text="Whose boot it is, where a hub sent it.")


class QuarantinedForm(serializers.Serializer[Any]):
    index = serializers.IntegerField(help_text="Which frame of the request, from 0.")
    boot = serializers.CharField(allow_null=True)
    seq = serializers.IntegerField(allow_null=True)
    node = serializers.CharField(allow_null=True)
    reason = serializers.CharField(
        help_text="`channel-…`: that channel was left out, the frame is stored. `overflow`: it could not even be kept."
    )
    detail = serializers.CharField()


@extend_schema_serializer(examples=[OpenApiExample("Stored but for one channel", value=TAKEN)])
class TakenForm(serializers.Serializer[Any]):
    acknowledged = AcknowledgedForm(many=True, help_text="What the device may forget, by boot. Nothing else.")
    quarantined = QuarantinedForm(many=True, help_text="What of these frames is in quarantine, and why.")


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}, "minItems": 1}]})
class Series(serializers.Field[Any, Any, Any, Any]):
    """A finite number, or a list of them. Checked without Python work per sample beyond its type."""

    default_error_messages = {
        "form": "A number or a list of numbers.",
        "empty": "At least one number.",
        "finite": "Every number must be finite.",
    }

    def to_internal_value(self, data: Any) -> list[float]:
        numbers = data if isinstance(data, list) else [data]
        if not set(map(type, numbers)) <= {int, float}:
            self.fail("form")
        if not numbers:
            self.fail("empty")
        try:
            floats = list(map(float, numbers))
        except OverflowError:
            self.fail("finite")
        if not all(map(math.isfinite, floats)):
            self.fail("finite")
        return floats

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_serializer(examples=[OpenApiExample("Some samples", value=CALL, request_only=True)])
class CallForm(StrictSerializer):
    """At least one of them. The last sample is of the moment of arrival; the rates are the device model's."""

    ecg_data = Series(required=False, help_text="ECG, mV.")
    ppg_data = Series(required=False, help_text="Pulse wave, counts of the converter.")
    temperature_data = Series(required=False, help_text="Temperature of the skin, degrees Celsius.")
    spo2_data = Series(required=False, help_text="Oxygen saturation, %.")
    bioimpedance_data = Series(required=False, help_text="Impedance at 50 kHz, ohms.")

    def validate(self, attrs: dict[str, list[float]]) -> dict[str, list[float]]:
        if not attrs:
            raise serializers.ValidationError("At least one of the series is needed.")
        return attrs


@extend_schema_serializer(examples=[OpenApiExample("Stored", value={"status": "success", "alert": False})])
class IngestedForm(serializers.Serializer[Any]):
    status = serializers.CharField(
        help_text="`success`; `partial: …` where a series was left out, `failure: …` where nothing could be stored."
    )
    alert = serializers.BooleanField(
        allow_null=True,
        help_text="Whether a physiological alert of the patient is on. Null where that is not known: the device is on "
        "nobody, or the alarm engine does not run.",
    )


ANALYZED = {"heart_rate": 72.0, "spo2": 97.0, "hydration": None, "temperature": 33.4, "simulated": False}


@extend_schema_serializer(examples=[OpenApiExample("Hydration is not measured", value=ANALYZED)])
class AnalyzedForm(serializers.Serializer[Any]):
    """The current values of the patient that the device is on; null where unknown, or lost."""

    heart_rate = serializers.FloatField(allow_null=True, help_text="/min; the pulse rate where there is no ECG.")
    spo2 = serializers.FloatField(allow_null=True, help_text="%")
    hydration = serializers.FloatField(allow_null=True, help_text="Water in % of the body's mass.")
    temperature = serializers.FloatField(allow_null=True, help_text="Cel; of the core, else of the skin.")
    simulated = serializers.BooleanField(help_text="Whether that is no real person.")


class ReportForm(StrictSerializer):
    user_id = Text(max_length=64, help_text="The patient's id, or their MRN. The device must be on them now.")
    alert_type = Text(max_length=60, help_text="One of those that docs/http-ingest.md lists; case does not matter.")


@extend_schema_serializer(examples=[OpenApiExample("Sent", value={"status": "success"})])
class ReportedForm(serializers.Serializer[Any]):
    status = serializers.CharField(help_text="`success` once it is on the screens of those who are responsible.")
