"""The device as the API shows it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from apps.core.serializers import Instant, StrictSerializer
from apps.devices.models import Device, DeviceStatus

EXAMPLE = {
    "id": "9f0b6c52-7f3a-4a60-9a3e-0c9d5b8e7f11",
    "uid": "node-3f9a2c10",
    "model": "bodylink-node",
    "label": "Chest strap 4",
    "simulated": False,
    "hub": None,
    "patient": "3f0e8f2a-52b0-4d8e-9d7b-2c7f5b1f7a01",
    "retired_at": None,
    "status": {
        "last_seen_at": "2026-01-02T03:04:05.600000Z",
        "last_frame_at": "2026-01-02T03:04:04.250000Z",
        "battery_percent": 81.0,
        "battery_mv": 3912.0,
        "charging": False,
        "flags": ["lead_off"],
    },
}


class DeviceStatusForm(serializers.Serializer[DeviceStatus]):
    """How the device was when it was last heard."""

    last_seen_at = Instant()
    last_frame_at = Instant(
        source="last_frame_t", allow_null=True, help_text="First sample of its latest frame, by corrected clock."
    )
    battery_percent = serializers.FloatField(allow_null=True)
    battery_mv = serializers.FloatField(allow_null=True)
    charging = serializers.BooleanField(allow_null=True)
    flags = serializers.ListField(child=serializers.CharField(), help_text="Its own complaints, such as lead_off.")


@extend_schema_serializer(examples=[OpenApiExample("A device", value=EXAMPLE)])
class DeviceForm(serializers.Serializer[Device]):
    id = serializers.UUIDField()
    uid = serializers.CharField(help_text="Its MQTT user name; readings name it so.")
    model = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the device's, not the form's
    simulated = serializers.BooleanField()
    hub = serializers.CharField(
        source="hub.uid", allow_null=True, default=None, help_text="The uid of the hub that carries its frames."
    )
    patient = serializers.SerializerMethodField(help_text="Whom it is on now, where you may know of them.")
    retired_at = Instant(allow_null=True)
    status = serializers.SerializerMethodField(help_text="Null until it was heard for the first time.")

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_patient(self, device: Any) -> Any:
        """`bindings_now`: what selectors.with_state prefetches."""
        return device.bindings_now[0].patient_id if device.bindings_now else None

    @extend_schema_field(DeviceStatusForm(allow_null=True))
    def get_status(self, device: Device) -> Any:
        status = getattr(device, "status", None)
        return DeviceStatusForm(status).data if status else None


class DevicesQuery(StrictSerializer):
    patient = serializers.UUIDField(required=False, help_text="Only the devices that are on this patient now.")
    unit = serializers.UUIDField(required=False, help_text="Only those that are on patients of this unit now.")
