"""The roles a person can have in an organization."""

from django.db import models


class Role(models.TextChoices):
    PATIENT = "patient", "Patient"
    CAREGIVER = "caregiver", "Caregiver"
    CLINICIAN = "clinician", "Clinician"
    MANAGER = "manager", "Manager"
    TECHNICIAN = "technician", "Technician"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
