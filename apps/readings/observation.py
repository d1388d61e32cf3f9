"""What a person saw or measured and entered by hand. Append-only: a mistake is marked as one and stays readable, and
the application's database role may change nothing else of a row."""

from django.db import models

from apps.core.models import TenantModel
from apps.patients.models import Patient
from apps.readings.quantities import by_number


class ObservationEntry(TenantModel):
    """One act of entering: who, when, of whom. `key` makes a repeated request the same entry."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    entered_by = models.UUIDField()
    role = models.CharField(max_length=20)
    entered_at = models.DateTimeField()
    at = models.DateTimeField(help_text="When it was true of the body.")
    key = models.CharField(max_length=100, null=True, help_text="The Idempotency-Key that came with it.")
    digest = models.CharField(max_length=64, help_text="Of what was sent under that key.")

    class Meta:
        app_label = "readings"
        constraints = [
            models.UniqueConstraint(fields=["organization", "entered_by", "key"], name="one_observation_entry_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} at {self.at:%Y-%m-%d %H:%M}"


class Observation(TenantModel):
    """One value of an entry. `quantity` is the register's number, `value` in the register's unit."""

    entry = models.ForeignKey(ObservationEntry, on_delete=models.PROTECT, related_name="observations")
    patient_id = models.UUIDField()
    at = models.DateTimeField()
    quantity = models.SmallIntegerField()
    value = models.FloatField()
    in_error_at = models.DateTimeField(null=True)
    in_error_by = models.UUIDField(null=True)
    in_error_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "readings"
        indexes = [models.Index(fields=["organization", "patient_id", "at"], name="observations_of_patient")]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"

    @property
    def code(self) -> str:
        return by_number(self.quantity).code
