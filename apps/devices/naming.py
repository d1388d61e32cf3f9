"""How the audit trail names a device: by its uid."""

from collections.abc import Collection, Mapping
from uuid import UUID

from apps.accounts.actor import Actor
from apps.accounts.naming import MOST_FOUND, Naming, register
from apps.devices.models import Device


def _names(_actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, str]:
    return dict(Device.objects.filter(pk__in=ids).values_list("pk", "uid"))


def _found(_actor: Actor, text: str) -> Collection[UUID]:
    return list(Device.objects.filter(uid__icontains=text).values_list("pk", flat=True)[:MOST_FOUND])


register("device", Naming(_names, _found))
