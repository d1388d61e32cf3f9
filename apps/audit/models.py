"""Who read or wrote which patient's data. Append-only; refers by id and owns no foreign key, so that nothing that is
deleted takes its history with it."""

import uuid

from django.db import models
from django_scopes import ScopedManager


class AuditEvent(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization_id = models.UUIDField(db_index=False)
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    role = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=40)
    patient_id = models.UUIDField(null=True)
    device_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    objects = ScopedManager(organization="organization_id")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["organization_id", "-at"], name="audit_recent"),
            models.Index(fields=["organization_id", "patient_id", "-at"], name="audit_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"
