"""Retention in the admin: a manager says how long their organization keeps what was measured."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.admin_site import PolicyAdmin
from apps.readings.models import Retention
from apps.readings.retention import settled_retention

EXPLAINED = (
    "For how many whole days (UTC) after the one it was measured on. What is older is deleted within hours and cannot "
    "be had back; alarms and the audit trail are kept."
)


@admin.register(Retention)
class RetentionAdmin(PolicyAdmin):
    may_add = False
    fieldsets = [(None, {"description": EXPLAINED, "fields": ("waves_days", "values_days", "rollups_days")})]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one: one's own."""
        if self.has_view_permission(request):
            return redirect(self.address("change", settled_retention().pk))
        return super().changelist_view(request, extra_context)
