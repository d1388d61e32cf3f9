"""What every model's admin has in common: permission by the policy table, and the audit trail instead of Django's log,
which is not a tenant's table."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.filters import SimpleListFilter
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from apps.accounts.actor import Actor
from apps.accounts.middleware import actor_of, grant_in
from apps.accounts.policy import Act
from apps.accounts.trail import in_words
from apps.audit.models import AuditEvent
from apps.audit.services import record
from apps.core.errors import DomainError

TRAIL_LENGTH = 200
# How the filters of Django's admin write what they look for.
_FILTER_LOOKUPS = ("exact", "id__exact", "isnull", "in", "gte", "gt", "lte", "lt")


class PolicyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Open to roles whose grant names the model. `may_add`, `may_change` and `may_delete` say whether those may do
    it: always, never, or where the policy grants them that act."""

    may_add: bool | Act = True
    may_change: bool | Act = True
    may_delete: bool | Act = False
    actions: Sequence[Any] | None = None
    services_record = False
    """Whether the model's services write the audit trail themselves."""
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def _granted(self, request: HttpRequest, needed: bool | Act = True) -> bool:
        grant = grant_in(request)
        if f"{self.opts.app_label}.{self.opts.model_name}" not in grant.admin:
            return False
        return needed in grant.acts if isinstance(needed, Act) else needed

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._granted(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._granted(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._granted(request, self.may_add)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._granted(request, self.may_change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._granted(request, self.may_delete)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what a filter of the list asks. Any other lookup in an address is a question about columns and rows
        that are not shown."""
        for offered in self.get_list_filter(request) if request else self.list_filter:
            if isinstance(offered, type) and issubclass(offered, SimpleListFilter):
                if lookup == offered.parameter_name:
                    return True
                continue
            name = offered[0] if isinstance(offered, list | tuple) else offered
            if lookup == name or lookup in {f"{name}__{suffix}" for suffix in _FILTER_LOOKUPS}:
                return True
        return False

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return to_field == self.opts.pk.name

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = str(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title[:1].upper() + title[1:], **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What a service refuses is told to the person, and nothing of it is written."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            self.message_user(request, error.detail, messages.ERROR)
            return redirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except DomainError as error:
            self.message_user(request, error.detail, messages.ERROR)
            return redirect(self.address("change", object_id))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor = actor_of(request)
        if not change and actor is not None and hasattr(obj, "organization_id"):
            obj.organization_id = actor.organization_id
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for item in formset.forms:
            if hasattr(item.instance, "organization_id") and item.instance.organization_id is None:
                item.instance.organization_id = form.instance.organization_id
        super().save_formset(request, form, formset, change)

    # What was done

    def trail(self, request: HttpRequest, obj: Any) -> "QuerySet[AuditEvent] | None":
        """The events of an object, where there are such and the reader may see them. None: it has no history page."""
        return None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The audit trail of one object; Django's own log is not kept."""
        actor, obj = actor_of(request), self.own(request, object_id)
        events = self.trail(request, obj)
        if actor is None or events is None:
            raise Http404
        rows = in_words(actor, list(events[:TRAIL_LENGTH]))
        context = self.page_context(request, title="History", obj=obj) | {"rows": rows.values(), "most": TRAIL_LENGTH}
        return TemplateResponse(request, "admin/object_history.html", context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        context["has_trail"] = obj is not None and self.trail(request, obj) is not None
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._audit(request, obj, "added", message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._audit(request, obj, "changed", message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._audit(request, obj, "deleted", "")

    def _audit(self, request: HttpRequest, obj: Any, verb: str, message: Any) -> None:
        if self.services_record:
            return
        actor = actor_of(request)
        record(
            action=f"{self.opts.model_name}.{verb}",
            user_id=actor.user_id if actor else None,
            role=actor.role if actor else "",
            patient_id=getattr(obj, "patient_id", None),
            device_id=getattr(obj, "device_id", None),
            detail={"object": str(obj.pk), "changes": message},
        )

    # Pages of our own beside Django's

    def address(self, page: str, *args: Any) -> str:
        """The address of one of this model's pages: changelist, add, change, or one of its own."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def own(self, request: HttpRequest, object_id: Any) -> Any:
        """The object, if it is there for the sender of the request and they may see it. Raises Http404."""
        obj = self.get_object(request, str(object_id))
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404
        return obj

    def page_context(self, request: HttpRequest, *, title: str, obj: Any = None) -> dict[str, Any]:
        """What the templates of the admin need."""
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": str(obj) if obj else None,
            "opts": self.opts,
            "original": obj,
            "media": self.media,
        }

    def form_page(
        self,
        request: HttpRequest,
        form: BaseForm,
        *,
        title: str,
        submit: str,
        obj: Any = None,
        text: str = "",
        dangerous: bool = False,
    ) -> HttpResponse:
        """A page of one form, or of one question where the form has no fields."""
        context = self.page_context(request, title=title, obj=obj) | {
            "form": form,
            "text": text,
            "submit": submit,
            "dangerous": dangerous,
            "back": self.address("change", obj.pk) if obj else self.address("changelist"),
        }
        return TemplateResponse(request, "admin/form_page.html", context)


def must_be_actor(request: HttpRequest) -> Actor:
    """The actor of a request to a page that is a tenant's. Raises Http404 for the platform's operator."""
    actor = actor_of(request)
    if actor is None:
        raise Http404
    return actor
