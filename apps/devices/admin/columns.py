"""The list of devices: what its columns and filters say."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import SimpleListFilter
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from apps.accounts.models import Unit
from apps.core.clock import SYSTEM_CLOCK
from apps.devices.liveness import Liveness, having, liveness
from apps.devices.models import Binding, Device

NOTHING = "–"


def with_columns(devices: "QuerySet[Device]", *, now: datetime) -> "QuerySet[Device]":
    """With status and hub, and on whom each is now, in fields that may be searched."""
    present = Binding.objects.filter(device=OuterRef("pk"), period__contains=now)
    return devices.select_related("status", "hub").annotate(
        now_unit=Subquery(present.values("patient__unit__name")[:1]),
        now_bed=Subquery(present.values("patient__bed")[:1]),
        now_pseudonym=Subquery(present.values("patient__pseudonym")[:1]),
    )


def age_text(at: datetime, now: datetime) -> str:
    """How long ago, by its largest part."""
    seconds = max(0, int((now - at).total_seconds()))
    return f"{seconds} s ago" if seconds < 60 else f"{timesince(at, now, depth=1)} ago"


def battery_text(device: Device) -> str:
    status = getattr(device, "status", None)
    if status is None:
        return NOTHING
    percent = f"{status.battery_percent:.0f} %" if status.battery_percent is not None else ""
    volts = f"{status.battery_mv / 1000:.2f} V" if status.battery_mv is not None else ""
    charging = "charging" if status.charging else ""
    return ", ".join(filter(None, (percent, volts, charging))) or NOTHING


class DeviceColumns:
    """The columns of a device, as the list shows them. Mixed into the admin of devices."""

    @admin.display(description="state", ordering="status__last_seen_at")
    def state(self, device: Device) -> SafeString:
        state = liveness(device, now=SYSTEM_CLOCK.now())
        return format_html('<span class="state-chip" data-state="{}">{}</span>', state.name.lower(), state)

    @admin.display(description="on", ordering="now_unit")
    def place(self, device: Any) -> str:
        if device.now_pseudonym is None:
            return NOTHING
        bed = f"bed {device.now_bed}" if device.now_bed else "no bed"
        return f"{device.now_unit} · {bed} · {device.now_pseudonym}"

    @admin.display(description="last seen", ordering="status__last_seen_at")
    def seen(self, device: Device) -> str:
        status = getattr(device, "status", None)
        return age_text(status.last_seen_at, SYSTEM_CLOCK.now()) if status else NOTHING

    @admin.display(description="battery", ordering="status__battery_percent")
    def battery(self, device: Device) -> str:
        return battery_text(device)

    @admin.display(description="flags")
    def flags(self, device: Device) -> str:
        status = getattr(device, "status", None)
        return ", ".join(flag.replace("_", " ") for flag in status.flags) if status and status.flags else NOTHING

    @admin.display(description="label", ordering="label")
    def named(self, device: Device) -> SafeString:
        if not device.simulated:
            return format_html("{}", device.label or NOTHING)
        return format_html('{} <span class="tag">simulated</span>', device.label)


class StateFilter(SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.name.lower(), str(state)) for state in Liveness]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Device]") -> "QuerySet[Device]":
        chosen = {state.name.lower(): state for state in Liveness}.get(self.value() or "")
        return queryset.filter(having(chosen, now=SYSTEM_CLOCK.now())) if chosen else queryset


class UnitFilter(SimpleListFilter):
    title = "unit of its patient"
    parameter_name = "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(unit.name, unit.name) for unit in Unit.objects.all()] + [(NOTHING, "nobody")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        wanted = self.value()
        if wanted is None:
            return queryset
        return queryset.filter(now_unit__isnull=True) if wanted == NOTHING else queryset.filter(now_unit=wanted)
