"""What a clinician decided about how a patient is scored. Append-only: the latest of each kind holds."""

from django.db import models

from apps.core.models import TenantModel
from apps.patients.models import Patient


class DecisionKind(models.TextChoices):
    SPO2_SCALE = "spo2_scale", "SpO₂ scale"
    PREGNANT = "pregnant", "Pregnancy"


class ScoringDecision(TenantModel):
    """`value`: the scale (1 or 2), or 1 and 0 for pregnant and not."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=20, choices=DecisionKind.choices)
    value = models.SmallIntegerField()
    reason = models.CharField(max_length=300)
    decided_by = models.UUIDField()
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "patient", "kind", "-decided_at"], name="decisions_of_patient")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
