"""Rules, alerts and what became of them. An alert's life is rows; nothing of it is kept in a process."""

from django.db import models

from apps.accounts.models import User
from apps.core.models import TenantModel
from apps.patients.models import Patient


class Priority(models.TextChoices):
    """IEC 60601-1-8."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


class Kind(models.TextChoices):
    PHYSIOLOGICAL = "physiological", "Physiological"
    TECHNICAL = "technical", "Technical"
    RETROSPECTIVE = "retrospective", "Retrospective"


class State(models.TextChoices):
    PENDING = "pending", "Pending"
    ACTIVE = "active", "Active"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    RESOLVED = "resolved", "Resolved"


class Rule(TenantModel):
    """A limit for a quantity, in the register's unit. It holds for the organization, or for one patient instead."""

    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    quantity = models.CharField(max_length=40)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    hysteresis = models.FloatField(default=0, help_text="How far back inside the limit a value must come.")
    delay_s = models.FloatField("condition delay, s", default=10)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.MEDIUM)
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["quantity"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "patient", "quantity", "priority"],
                name="one_rule_per_priority",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.low or ''}–{self.high or ''}"


class Alert(TenantModel):
    """One condition of one patient, from its onset to its end."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="alerts", db_constraint=False)
    device_id = models.UUIDField(null=True)
    code = models.CharField(max_length=60, help_text="Of the condition: spo2_low, lead_off, device_silent.")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    priority = models.CharField(max_length=6, choices=Priority.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    latched = models.BooleanField(default=False)
    since = models.DateTimeField(help_text="Onset of the condition.")
    onsets = models.JSONField(default=dict, help_text="Onset of the breach of each priority's limit, ISO 8601.")
    activated_at = models.DateTimeField(null=True, help_text="Null: it ended within its delay and was never shown.")
    value = models.FloatField(null=True)
    limit = models.FloatField(null=True)
    unit = models.CharField(max_length=20, blank=True)
    text = models.CharField(max_length=200)
    acknowledged_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-since", "-id"]
        indexes = [models.Index(fields=["organization", "-since"], name="alerts_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "patient", "device_id", "code"],
                condition=~models.Q(state="resolved"),
                name="one_open_alert_per_condition",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.text


class AlertTransition(models.Model):
    """Who moved an alert to which state, when and why. Its id is the live stream's cursor.

    The table also has `transaction` (xid8), by which selectors.py tells what is committed for good.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE)
    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, related_name="transitions", db_constraint=False, db_index=False
    )
    patient_id = models.UUIDField()
    state = models.CharField(max_length=12, choices=State.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["organization", "id"], name="alert_cursor"),
            models.Index(fields=["alert", "id"], name="alert_transitions"),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.state}"
