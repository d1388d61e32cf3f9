"""What ingest remembers: which frames it has, which it could not take, and which patients are due for a tick."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_scopes import ScopedManager

from apps.core.models import UuidModel


class Ledger(models.Model):
    """The frames of one boot of one device that are safe. For ever: also after their partition was dropped.

    `received` is an int8multirange of seqs; `given_up` counts those that the device said are gone for good.
    """

    pk = models.CompositePrimaryKey("device_id", "boot")
    organization_id = models.UUIDField()
    device_id = models.UUIDField()
    boot = models.CharField(max_length=32)
    received = models.TextField()
    oldest = models.BigIntegerField(default=0)
    given_up = models.BigIntegerField(default=0)
    origin = models.SmallIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = ScopedManager(organization="organization_id")

    class Meta:
        managed = False
        db_table = "ingest_ledger"

    def __str__(self) -> str:
        return self.boot


class Quarantined(UuidModel):
    """A payload that could not be taken, and why. The same payload again only counts.

    One from nobody we know has no organization: only the platform's operator sees it.
    """

    organization = models.ForeignKey("accounts.Organization", null=True, on_delete=models.CASCADE)
    device_id = models.UUIDField(null=True)
    device_uid = models.CharField(max_length=64)
    topic = models.CharField(max_length=200)
    reason = models.CharField(max_length=40)
    detail = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    payload = models.BinaryField(null=True)
    size_bytes = models.IntegerField()
    count = models.IntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    stands_in = models.BooleanField(
        db_default=False, help_text="It holds what the ledger counts as received, and what is stored nowhere else."
    )
    channels = ArrayField(models.TextField(), db_default=[], help_text="Those that were left out of the frame.")

    objects = ScopedManager(organization="organization_id")

    class Meta:
        ordering = ["-last_at"]
        verbose_name = "quarantined payload"
        constraints = [models.UniqueConstraint(fields=["device_uid", "reason", "digest"], name="quarantined_once")]

    def __str__(self) -> str:
        return f"{self.device_uid}: {self.reason}"


class Shard(models.Model):
    """A share of an organization's patients that one tick advances together, claimed by one worker at a time."""

    pk = models.CompositePrimaryKey("organization_id", "number")
    organization_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    keeper = models.UUIDField(null=True, help_text="The worker that has the state of its signals in memory.")
    kept_since = models.DateTimeField(null=True)
    ticked_at = models.DateTimeField(null=True)
    state = models.JSONField(default=dict)

    objects = ScopedManager(organization="organization_id")

    def __str__(self) -> str:
        return f"{self.organization_id}/{self.number}"
