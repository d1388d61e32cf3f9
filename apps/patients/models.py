"""Patients, what they share with whom, and the glass that a clinician broke to see one of another unit."""

from django.db import models

from apps.accounts.models import Unit, User
from apps.core.models import TenantModel


class Sex(models.TextChoices):
    """FHIR AdministrativeGender."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"


class Patient(TenantModel):
    """A person under observation (FHIR Patient). `mrn` is the organization's own number for them."""

    mrn = models.CharField("medical record number", max_length=40)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    height_cm = models.FloatField(null=True, blank=True)
    mass_kg = models.FloatField(null=True, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    bed = models.CharField(max_length=20, blank=True)
    pseudonym = models.CharField(max_length=20, help_text="What a technician sees instead of the name.")
    simulated = models.BooleanField(default=False)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    shard = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["family_name", "given_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "mrn"], name="mrn_in_organization"),
            models.UniqueConstraint(fields=["organization", "pseudonym"], name="pseudonym_in_organization"),
            models.UniqueConstraint(fields=["organization", "user"], name="one_patient_per_account"),
        ]
        indexes = [
            models.Index(fields=["organization", "unit"], name="patients_of_unit"),
            models.Index(fields=["organization", "shard"], name="patients_of_shard"),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"


class Share(TenantModel):
    """A patient lets a caregiver look, until it expires or is taken back."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="shares", db_constraint=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    alerts = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.patient_id} to {self.user_id} until {self.expires_at:%Y-%m-%d}"


class BreakGlass(TenantModel):
    """A clinician opened a patient of another unit: why, and until when. The privacy officer reviews each."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "broken glass"

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.reason}"
