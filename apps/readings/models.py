"""What was measured, and what was derived from it.

`Frame` and `Derived` are partitioned by day and made by SQL in the first migration; the models here read them. Neither
has a foreign key: a partition is dropped whole, and a check per row would cost more than the insert. After some hours
their rows are merged into blocks (`merging.py`), which have no model: nobody reads them but by `blocks/`.
"""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django_scopes import ScopedManager

from apps.core.models import TenantModel
from apps.patients.models import Patient
from apps.readings.observation import Observation, ObservationEntry

__all__ = [
    "CurrentValue",
    "Derived",
    "Frame",
    "LateMinute",
    "Observation",
    "ObservationEntry",
    "OvertakenFrame",
    "Rollup",
    "RollupProgress",
]

LONGEST_RETENTION_DAYS = 36_500


class Frame(models.Model):
    """One frame of one device, usually a second: its waves packed (`waves.py`), its values as two arrays."""

    pk = models.CompositePrimaryKey("device_id", "boot", "seq", "t")
    organization_id = models.UUIDField()
    device_id = models.UUIDField()
    patient_id = models.UUIDField(null=True)
    boot = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    t = models.DateTimeField(help_text="First sample, by corrected clock.")
    device_t = models.FloatField(help_text="First sample, epoch seconds by the device's own clock.")
    received_at = models.DateTimeField()
    duration_s = models.FloatField()
    origin = models.SmallIntegerField()
    waves = models.BinaryField()
    value_codes = ArrayField(models.SmallIntegerField())
    value_numbers = ArrayField(models.FloatField())
    flags = ArrayField(models.CharField(max_length=32))

    objects = ScopedManager(organization="organization_id")

    class Meta:
        managed = False
        db_table = "readings_frame"

    def __str__(self) -> str:
        return f"{self.boot}/{self.seq}"


class Derived(models.Model):
    """What one tick derived for one patient: parallel arrays of quantity, value, quality and source device."""

    pk = models.CompositePrimaryKey("patient_id", "t")
    organization_id = models.UUIDField()
    patient_id = models.UUIDField()
    t = models.DateTimeField()
    origin = models.SmallIntegerField()
    value_codes = ArrayField(models.SmallIntegerField())
    value_numbers = ArrayField(models.FloatField())
    qualities = ArrayField(models.FloatField())
    device_ids = ArrayField(models.UUIDField())

    objects = ScopedManager(organization="organization_id")

    class Meta:
        managed = False
        db_table = "readings_derived"

    def __str__(self) -> str:
        return f"{self.patient_id} at {self.t:%H:%M:%S}"


class CurrentValue(TenantModel):
    """The latest value of a quantity of a patient, latest by event time, of the source that is shown.

    Under a wave's code stands the quality of its signal, 0 to 1: what the alarm of a poor signal goes by.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    code = models.CharField(max_length=40)
    value = models.FloatField()
    at = models.DateTimeField()
    origin = models.SmallIntegerField()
    source = models.CharField(max_length=40, help_text="The wave it was derived from, or sensor, or hand.")
    quality = models.FloatField()
    device_uid = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "patient", "code"], name="one_current_value")]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"


class Rollup(models.Model):
    """Count, minimum, mean and maximum of a quantity over a minute, a quarter of an hour or a day."""

    pk = models.CompositePrimaryKey("patient_id", "quantity", "minutes", "start")
    organization_id = models.UUIDField()
    patient_id = models.UUIDField()
    quantity = models.SmallIntegerField()
    minutes = models.SmallIntegerField()
    start = models.DateTimeField()
    count = models.IntegerField()
    minimum = models.FloatField()
    total = models.FloatField()
    maximum = models.FloatField()

    objects = ScopedManager(organization="organization_id")

    class Meta:
        managed = False
        db_table = "readings_rollup"

    def __str__(self) -> str:
        return f"{self.quantity} {self.start:%Y-%m-%d %H:%M}"


class RollupProgress(TenantModel):
    """Up to which minute an organization's values have been rolled up."""

    upto = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="one_rollup_progress")]

    def __str__(self) -> str:
        return f"{self.upto:%Y-%m-%d %H:%M}"


class OvertakenFrame(models.Model):
    """A frame that came after younger ones of its device: the tick has passed it by, so it is told of it here."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.UUIDField()
    patient_id = models.UUIDField()
    device_id = models.UUIDField()
    boot = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    t = models.DateTimeField()

    objects = ScopedManager(organization="organization_id")

    class Meta:
        indexes = [models.Index(fields=["patient_id"], name="overtaken_of_patient")]

    def __str__(self) -> str:
        return f"{self.boot}/{self.seq}"


class LateMinute(models.Model):
    """A minute that got data after it had been rolled up. It may stand here several times: were it unique, a note made
    while the roll-up deletes the former one would be lost."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.UUIDField()
    patient_id = models.UUIDField()
    minute = models.DateTimeField()

    objects = ScopedManager(organization="organization_id")

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"


def _days(default: int, help_text: str) -> models.PositiveIntegerField:  # type: ignore[type-arg]
    """For how many whole days (UTC) something is kept after the one it was measured on."""
    bounds = [MinValueValidator(1), MaxValueValidator(LONGEST_RETENTION_DAYS)]
    return models.PositiveIntegerField(default=default, db_default=default, validators=bounds, help_text=help_text)


class Retention(TenantModel):
    """For how long an organization keeps what was measured, by category."""

    waves_days = _days(
        90, "Waves: ECG, pulse wave and the like. About 25 MB a day for each patient who wears a sensor."
    )
    values_days = _days(730, "Single readings, measured and derived. About 2 MB a day for each such patient.")
    rollups_days = _days(3650, "Trends: count, lowest, mean and highest per minute, quarter of an hour and day.")

    class Meta:
        verbose_name = "retention"
        verbose_name_plural = "retention"
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="one_retention"),
            *(
                models.CheckConstraint(condition=models.Q(**{f"{name}__gte": 1}), name=f"{name}_at_least_one")
                for name in ("waves_days", "values_days", "rollups_days")
            ),
        ]

    def __str__(self) -> str:
        return f"waves {self.waves_days}, values {self.values_days}, trends {self.rollups_days} days"
