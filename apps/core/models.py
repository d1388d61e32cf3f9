"""What every table of a tenant has in common."""

import uuid

from django.db import models
from django_scopes import ScopedManager


class UuidModel(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class TenantModel(UuidModel):
    """A row of one organization. PostgreSQL enforces whose it is; `objects` is the second net."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE, editable=False)

    objects = ScopedManager(organization="organization_id")

    class Meta:
        abstract = True
