"""The audit trail, to read: all of it for the privacy officer, the devices' part for technicians."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.local_time import moment_text
from apps.accounts.middleware import actor_of
from apps.accounts.policy_admin import PolicyAdmin
from apps.accounts.trail import in_words, searched, visible_events
from apps.audit.models import AuditEvent

SHOWN_OF_DETAIL = 120


class NamedEvents(ChangeList):
    """A page of events, each with its row in words."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = _named(request, self.result_list)


def _named(request: HttpRequest, events: Any) -> list[AuditEvent]:
    actor, page = actor_of(request), list(events)
    rows = in_words(actor, page) if actor else {}
    for event in page:
        event.row = rows[event.pk]
    return page


class TimeFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "time"


@admin.register(AuditEvent)
class AuditEventAdmin(PolicyAdmin):
    may_add = False
    may_change = False
    list_display = ("when", "action", "who", "role", "patient", "device", "short_detail")
    list_filter = (("at", TimeFilter), "action", "role")
    fields = ("when", "action", "who", "role", "patient", "device", "full_detail")
    search_fields = ("action",)
    search_help_text = "An action, a person, a patient or a device."
    sortable_by = ("when",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[AuditEvent]":
        actor = actor_of(request)
        return visible_events(actor) if actor else AuditEvent.objects.none()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedEvents

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> AuditEvent | None:
        event = super().get_object(request, object_id, from_field)
        return _named(request, [event])[0] if event else None

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[AuditEvent]", search_term: str
    ) -> tuple["QuerySet[AuditEvent]", bool]:
        actor = actor_of(request)
        found = searched(actor, queryset, search_term.strip()) if actor and search_term.strip() else queryset
        return found, False

    @admin.display(ordering="at")
    def when(self, event: AuditEvent) -> str:
        return moment_text(event.at)

    def who(self, event: Any) -> Any:
        return event.row.who

    def patient(self, event: Any) -> Any:
        return event.row.patient

    def device(self, event: Any) -> Any:
        return event.row.device

    @admin.display(description="detail")
    def short_detail(self, event: Any) -> str:
        detail: str = event.row.detail
        return f"{detail[: SHOWN_OF_DETAIL - 1]}…" if len(detail) > SHOWN_OF_DETAIL else detail

    @admin.display(description="detail")
    def full_detail(self, event: Any) -> Any:
        return event.row.detail
