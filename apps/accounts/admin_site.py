"""The admin: open to the roles that the policy table gives a model, and to nobody else. Row-level security binds it
like every page, so what belongs to another organization is not there."""

from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from apps.accounts.middleware import actor_of, grant_in
from apps.accounts.policy_admin import PolicyAdmin
from apps.accounts.selectors import current_organization

__all__ = ["BodyLinkAdminSite", "PolicyAdmin"]


class BodyLinkAdminSite(admin.AdminSite):
    site_header = "BodyLink"
    site_title = "BodyLink"
    index_title = "Administration"
    enable_nav_sidebar = False
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what asks our policy. The admins that libraries bring along do not, and their tables are no tenant's."""
        if admin_class is not None and issubclass(admin_class, PolicyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(grant_in(request).admin) and request.user.is_active

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One sign-in for everything, so that a second factor cannot be walked around here."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            wanted = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")
        return redirect(wanted if self.has_permission(request) else "/")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def get_urls(self) -> list[Any]:
        """Without the view that tells of any object by its content type: nothing of ours has a page by that way."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Moments are read and written in the organization's time zone, which every page of the admin names."""

        @wraps(view)
        def in_local_time(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            with timezone.override(_time_zone(request)):
                response = view(request, *args, **kwargs)
                render = getattr(response, "render", None)
                return render() if render else response

        return super().admin_view(in_local_time, cacheable)


def _time_zone(request: HttpRequest) -> ZoneInfo:
    actor = actor_of(request)
    return ZoneInfo(current_organization(actor).timezone if actor else "UTC")
