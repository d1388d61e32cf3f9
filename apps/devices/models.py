"""Devices, what they sign in with, whom they are on and when, and how they are."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models

from apps.core.models import TenantModel
from apps.patients.models import Patient

uid_form = RegexValidator(r"^[a-z0-9-]{4,32}\Z", "4 to 32 of a-z, 0-9 and hyphen.")


class Device(TenantModel):
    """A sensor node or hub. Its uid is its MQTT user name and never changes its organization."""

    uid = models.CharField(max_length=32, unique=True, validators=[uid_form])
    model = models.CharField(max_length=60)
    label = models.CharField(max_length=80, blank=True)
    hub = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="nodes")
    simulated = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["uid"]

    def __str__(self) -> str:
        return self.uid


class Purpose(models.TextChoices):
    DEVICE = "device", "The device itself"
    ROTATION = "rotation", "Its next secret"
    REPLAY = "replay", "A replayed recording"
    SIMULATOR = "simulator", "A simulated body"


class Credential(TenantModel):
    """One secret of a device, kept as the SHA-256 of 256 random bits: there is nothing to guess, so nothing to slow
    down. A device may hold several at once, or rotation could not be done without losing it.

    `mosquitto_entry`: the same secret as a password file of Mosquitto wants it; empty where it was issued before that
    was kept. A secret is seen only once, so it cannot be made up for."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="credentials", db_constraint=False)
    verifier = models.CharField(max_length=64, unique=True)
    mosquitto_entry = models.CharField(max_length=140, blank=True, default="", editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.DEVICE)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.created_at:%Y-%m-%d %H:%M}"


class Binding(TenantModel):
    """A device is on a patient during a period; never on two at one time."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="bindings", db_constraint=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="bindings", db_constraint=False)
    period = DateTimeRangeField()

    class Meta:
        ordering = ["-period"]
        constraints = [
            ExclusionConstraint(
                name="one_patient_at_a_time",
                expressions=[("device", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.device_id} on {self.patient_id}"


class DeviceStatus(TenantModel):
    """How a device was when it was last heard; the ingest service writes it every few seconds."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, related_name="status", db_constraint=False)
    last_seen_at = models.DateTimeField()
    last_frame_t = models.DateTimeField(null=True)
    last_frame_boot = models.CharField(max_length=32, blank=True)
    last_frame_seq = models.BigIntegerField(null=True)
    battery_percent = models.FloatField(null=True)
    battery_mv = models.FloatField(null=True)
    charging = models.BooleanField(null=True)
    flags = ArrayField(models.CharField(max_length=32), default=list)

    class Meta:
        verbose_name_plural = "device status"
        constraints: ClassVar[list[models.BaseConstraint]] = []

    def __str__(self) -> str:
        return f"{self.device_id} at {self.last_seen_at:%H:%M:%S}"
