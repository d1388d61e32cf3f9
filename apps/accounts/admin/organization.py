"""The organization: its manager names it, the platform's operator makes new ones and sees none."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.core.validators import validate_slug
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.invitations import send_invitation
from apps.accounts.middleware import actor_of, operator_of
from apps.accounts.models import Organization, User
from apps.accounts.policy import Act
from apps.accounts.policy_admin import PolicyAdmin
from apps.accounts.services import create_organization
from apps.core.errors import DomainError
from apps.core.tenancy import SIGN_IN, bind

TIME_ZONES = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    timezone = forms.ChoiceField(label="Time zone", choices=TIME_ZONES)

    class Meta:
        model = Organization
        fields = ("name", "timezone")


class NewOrganizationForm(forms.Form):
    slug = forms.CharField(max_length=40, validators=[validate_slug], help_text="Its name in addresses and commands.")
    name = forms.CharField(max_length=120)
    timezone = forms.ChoiceField(label="Time zone", choices=TIME_ZONES, initial="UTC")
    manager_email = forms.EmailField(label="First manager", help_text="Is invited by mail.")


@admin.register(Organization)
class OrganizationAdmin(PolicyAdmin):
    may_add = Act.ORGANIZATIONS
    may_change = Act.PEOPLE
    form = OrganizationForm
    fields = ("slug", "name", "timezone")
    readonly_fields = ("slug",)
    list_display = ("name", "slug", "timezone")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one: one's own."""
        actor = actor_of(request)
        if actor and self.has_view_permission(request):
            return redirect(self.address("change", actor.organization_id))
        return super().changelist_view(request, extra_context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        operator = operator_of(request)
        if operator is None or not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        form = NewOrganizationForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                with transaction.atomic():
                    organization = create_organization(operator=operator, **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, error.detail)
            else:
                self._invite(request, organization, form.cleaned_data["manager_email"])
                return redirect("admin:index")
        return self.form_page(request, form, title="New organization", submit="Make it")

    def _invite(self, request: HttpRequest, organization: Organization, email: str) -> None:
        with bind(organization.pk, door=SIGN_IN):
            manager = User.objects.get(email__iexact=email)
            send_invitation(request, user=manager, organization=organization)
        self.message_user(request, f"{organization.name} is made. A mail is on its way to {email}.", messages.SUCCESS)
