"""What is kept of each patient's twin."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_scopes import ScopedManager

from apps.core.models import TenantModel
from apps.patients.models import Patient


class TwinState(TenantModel):
    """The organs of one patient as last assessed, in the form the API gives them."""

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="twin", db_constraint=False)
    at = models.DateTimeField()
    organs = models.JSONField(default=list)
    statuses = models.CharField(max_length=200, help_text="Those of the organs in their order: what makes a change.")

    def __str__(self) -> str:
        return f"{self.patient_id} at {self.at:%H:%M:%S}"


class TwinShard(models.Model):
    """When a share of an organization's patients is to be analysed, and who is at it."""

    pk = models.CompositePrimaryKey("organization_id", "number")
    organization_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    analysed_at = models.DateTimeField(null=True)

    objects = ScopedManager(organization="organization_id")

    def __str__(self) -> str:
        return f"{self.organization_id}/{self.number}"


class TwinEnsemble(TenantModel):
    """One patient's body as the filter has it, and what was last made of it. All but `state` is as the API gives it."""

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    at = models.DateTimeField(help_text="Up to when the body has taken in what was measured.")
    analysed_at = models.DateTimeField(help_text="When that was done.")
    state = models.BinaryField(help_text="The packed ensemble (ml.twin).")
    person = models.JSONField(help_text="Of whom the body was made: another person has another body.")
    organs = models.JSONField(default=list)
    states = models.JSONField(default=list)
    hypotheses = models.JSONField(default=dict)
    former = models.JSONField(default=dict, help_text="What the judgement of organs remembers, for its hysteresis.")
    usual = models.JSONField(default=dict, help_text="What is usual for the person at this hour (apps.twin.usual).")
    usual_at = models.DateTimeField(null=True)
    apart = models.JSONField(default=list, help_text="The vitals that do not go together as usual, if any.")
    apart_at = models.DateTimeField(null=True)
    forecast = models.JSONField(default=list)
    forecast_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.patient_id} at {self.at:%H:%M:%S}"


class TwinSnapshot(TenantModel):
    """A former ensemble, to begin again from when data come late. `coarse`: it is kept for a day, not for minutes."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    coarse = models.BooleanField(default=False)
    state = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "patient", "at"], name="one_twin_snapshot")]

    def __str__(self) -> str:
        return f"{self.patient_id} at {self.at:%H:%M:%S}"


class TwinRewind(models.Model):
    """A minute that changed after a twin may have passed it: noted by whoever rolled it up anew."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.UUIDField()
    patient_id = models.UUIDField()
    minute = models.DateTimeField()

    objects = ScopedManager(organization="organization_id")

    class Meta:
        indexes = [models.Index(fields=["patient_id"], name="twin_rewind_of_patient")]

    def __str__(self) -> str:
        return f"{self.patient_id} to {self.minute:%H:%M}"


class TwinForecast(TenantModel):
    """What was foretold of one patient for one moment, and what came.

    Parallel to `codes`: `latest` (the value when it was foretold), `truth` (the median about the moment), both
    not-a-number where there is none. `quantiles` has five for each code, at ml.twin's levels of 5 to 95 %.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    target_at = models.DateTimeField()
    codes = ArrayField(models.CharField(max_length=40))
    latest = ArrayField(models.FloatField())
    quantiles = ArrayField(models.FloatField())
    truth = ArrayField(models.FloatField(), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "patient", "made_at", "minutes"], name="one_twin_forecast")
        ]
        indexes = [
            models.Index(fields=["organization", "target_at"], condition=models.Q(truth=None), name="twin_to_score")
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} for {self.target_at:%Y-%m-%d %H:%M}"


class TwinCalibration(TenantModel):
    """How good an organization's forecasts of one quantity were over the last week, by the night's count."""

    code = models.CharField(max_length=40)
    minutes = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    forecasts = models.PositiveIntegerField()
    persons = models.PositiveIntegerField()
    coverage_50 = models.FloatField(help_text="Share of what came that lay in the 50 % band.")
    coverage_90 = models.FloatField()
    crps = models.FloatField(help_text="In the quantity's unit; lower is better.")
    skill_persistence = models.FloatField(help_text="Against the latest value with the spread of its own errors.")
    skill_climatology = models.FloatField(help_text="Against what the patient usually has.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code", "minutes"], name="one_twin_calibration")]

    @property
    def skill(self) -> float:
        """Against the better of both references: 0 is no better, 1 perfect."""
        return min(self.skill_persistence, self.skill_climatology)

    def __str__(self) -> str:
        return f"{self.code} {self.minutes} min: {self.skill:.2f}"


class TwinRefit(TenantModel):
    """A night's refit of one patient: that it is being done, and when it is finished what came of it."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    night = models.DateField(help_text="The morning after, by the organization's calendar.")
    claimed_until = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)
    judged_from = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    readings = models.PositiveIntegerField(default=0)
    evidence_before = models.FloatField(null=True, help_text="Mean log score of a reading, nat.")
    evidence_after = models.FloatField(null=True)
    error = models.FloatField(null=True, help_text="Standard error of what was gained.")
    taken = models.BooleanField(default=False)
    why = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=list, help_text="Of what is learned: name, unit, before, after.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "patient", "night"], name="one_twin_refit")]

    def __str__(self) -> str:
        return f"{self.patient_id} in the night to {self.night}"
