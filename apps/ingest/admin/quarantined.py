"""The quarantine: read, and taken once more after a fix."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.local_time import moment_text
from apps.accounts.policy import Act
from apps.accounts.policy_admin import PolicyAdmin
from apps.devices.models import Device
from apps.ingest.admin.health import health_page
from apps.ingest.admin.payload import SHOWN_BYTES, explained, hex_dump
from apps.ingest.admin.replay import take_once_more
from apps.ingest.models import Quarantined


@admin.register(Quarantined)
class QuarantinedAdmin(PolicyAdmin):
    may_add = False
    may_change = False
    list_display = ("device_uid", "reason", "detail", "count", "first", "last", "size")
    list_filter = ("reason", "last_at")
    search_fields = ("device_uid",)
    search_help_text = "Device uid."
    fields = ("device", "topic", "reason", "detail", "count", "first", "last", "size", "reading", "bytes_held")
    actions = (take_once_more,)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return self._granted(request, Act.REPLAY)

    def get_urls(self) -> list[Any]:
        page = path("health/", self.admin_site.admin_view(self.health), name="ingest_quarantined_health")
        return [page, *super().get_urls()]

    def health(self, request: HttpRequest) -> HttpResponse:
        return health_page(self, request)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Quarantined]":
        """A list needs no payloads, which are up to 256 kB each."""
        return super().get_queryset(request).defer("payload")

    @admin.display(description="first", ordering="first_at")
    def first(self, held: Quarantined) -> str:
        return moment_text(held.first_at)

    @admin.display(description="last", ordering="last_at")
    def last(self, held: Quarantined) -> str:
        return moment_text(held.last_at)

    @admin.display(description="size", ordering="size_bytes")
    def size(self, held: Quarantined) -> str:
        return filesizeformat(held.size_bytes)

    @admin.display(description="device")
    def device(self, held: Quarantined) -> SafeString | str:
        if held.device_id is None or not Device.objects.filter(pk=held.device_id).exists():
            return held.device_uid
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:devices_device_change", args=[held.device_id]), held.device_uid
        )

    @admin.display(description="decoded")
    def reading(self, held: Any) -> SafeString | str:
        if held.payload is None:
            return "Not kept."
        return format_html('<pre class="dump">{}</pre>', explained(bytes(held.payload)))

    @admin.display(description="bytes")
    def bytes_held(self, held: Any) -> SafeString | str:
        if held.payload is None:
            return "Not kept: this device has more in quarantine than is held for one."
        payload = bytes(held.payload)
        more = f"The first {SHOWN_BYTES} of {len(payload)}." if len(payload) > SHOWN_BYTES else ""
        return format_html('<pre class="dump">{}</pre>{}', hex_dump(payload), more)
