"""The latest state of each patient's twin."""

from django.db import models

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
