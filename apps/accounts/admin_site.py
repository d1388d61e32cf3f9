"""The admin: open to the roles that the policy table gives a model, and to nobody else. Row-level security binds it
like every page, so what belongs to another organization is not there."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from apps.accounts.middleware import actor_of
from apps.audit.services import record


def _models_of(request: HttpRequest) -> frozenset[str]:
    actor = actor_of(request)
    return actor.grant.admin if actor else frozenset()


class BodyLinkAdminSite(admin.AdminSite):
    site_header = "BodyLink"
    site_title = "BodyLink"
    index_title = "Administration"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(_models_of(request)) and request.user.is_active

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One sign-in for everything, so that a second factor cannot be walked around here."""
        if request.user.is_authenticated:
            return redirect("/")
        return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")


class PolicyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Permission by the policy table; every change lands in the audit trail instead of Django's log, which is not
    a tenant's table."""

    may_add = True
    may_change = True
    may_delete = False

    def _granted(self, request: HttpRequest) -> bool:
        return f"{self.opts.app_label}.{self.opts.model_name}" in _models_of(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._granted(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._granted(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and self._granted(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and self._granted(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_delete and self._granted(request)

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

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._audit(request, obj, "added", message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._audit(request, obj, "changed", message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self._audit(request, obj, "deleted", "")

    def _audit(self, request: HttpRequest, obj: Any, verb: str, message: Any) -> None:
        actor = actor_of(request)
        record(
            action=f"{self.opts.model_name}.{verb}",
            user_id=actor.user_id if actor else None,
            role=actor.role if actor else "",
            device_id=obj.pk if self.opts.model_name == "device" else getattr(obj, "device_id", None),
            patient_id=getattr(obj, "patient_id", None),
            detail={"object": str(obj.pk), "changes": message},
        )
