"""Who broke the glass, and why: the privacy officer looks each over."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.filters import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.local_time import moment_text
from apps.accounts.policy import Act
from apps.accounts.policy_admin import PolicyAdmin, must_be_actor
from apps.patients.models import BreakGlass
from apps.patients.services import review_glass


class ReviewedFilter(SimpleListFilter):
    title = "reviewed"
    parameter_name = "reviewed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "not yet"), ("yes", "reviewed")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[BreakGlass]") -> "QuerySet[BreakGlass]":
        wanted = {"no": True, "yes": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(reviewed_at__isnull=wanted)


@admin.register(BreakGlass)
class BreakGlassAdmin(PolicyAdmin):
    may_add = False
    may_change = False
    list_display = ("broken", "user", "seen_patient", "reason", "until", "reviewed")
    list_filter = (ReviewedFilter, "created_at")
    list_select_related = ("user", "patient")
    fields = list_display
    search_fields = ("user__name", "user__email", "reason")
    actions = ("mark_reviewed",)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return self._granted(request, Act.REVIEW)

    @admin.display(description="broken", ordering="created_at")
    def broken(self, glass: BreakGlass) -> str:
        return moment_text(glass.created_at)

    @admin.display(description="until", ordering="expires_at")
    def until(self, glass: BreakGlass) -> str:
        return moment_text(glass.expires_at)

    @admin.display(description="reviewed", ordering="reviewed_at")
    def reviewed(self, glass: BreakGlass) -> str:
        return moment_text(glass.reviewed_at) if glass.reviewed_at else "not yet"

    @admin.display(description="patient")
    def seen_patient(self, glass: BreakGlass) -> str:
        """By name: only roles that audit people are granted this page."""
        return f"{glass.patient.mrn} · {glass.patient}"

    @admin.action(description="Mark as reviewed", permissions=["review"])
    def mark_reviewed(self, request: HttpRequest, queryset: "QuerySet[BreakGlass]") -> None:
        pending = list(queryset.filter(reviewed_at=None))
        for glass in pending:
            review_glass(actor=must_be_actor(request), glass=glass)
        self.message_user(request, f"{len(pending)} marked as reviewed.", messages.SUCCESS)
