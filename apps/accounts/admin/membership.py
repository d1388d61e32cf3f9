"""The people of an organization: a manager takes them in, gives them roles and units, and takes those away again."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.filters import SimpleListFilter
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from apps.accounts.invitations import send_invitation
from apps.accounts.models import Membership, Unit
from apps.accounts.policy import Act
from apps.accounts.policy_admin import PolicyAdmin, must_be_actor
from apps.accounts.roles import Role
from apps.accounts.selectors import current_organization
from apps.accounts.services import change_member, remove_member, take_in
from apps.core.errors import DomainError


class UnitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(
            queryset=None,
            required=False,
            label="Units",
            help_text="A clinician sees the patients of these; for other roles none is needed.",
        )


class NewMemberForm(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="Is invited by mail.")
    name = forms.CharField(max_length=150, help_text="An account that exists already keeps its name.")
    role = forms.ChoiceField(choices=Role.choices, initial=Role.CLINICIAN)
    holds_for = UnitsField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self)


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]
    holds_for = UnitsField()

    class Meta:
        model = Membership
        fields = ("role",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self)
        self.fields["holds_for"].initial = self.instance.units.all()


def _offer_units(form: forms.BaseForm) -> None:
    form.fields["holds_for"].queryset = Unit.objects.all()  # type: ignore[attr-defined]


class UnitFilter(SimpleListFilter):
    title = "unit"
    parameter_name = "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(unit.pk), unit.name) for unit in Unit.objects.all()]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Membership]") -> "QuerySet[Membership]":
        chosen = {str(unit.pk): unit for unit in Unit.objects.all()}.get(self.value() or "")
        return queryset.filter(units=chosen) if chosen else queryset


@admin.register(Membership)
class MembershipAdmin(PolicyAdmin):
    may_add = Act.PEOPLE
    may_change = Act.PEOPLE
    may_delete = Act.PEOPLE
    services_record = True
    form = MemberForm
    fields = ("person", "email", "access", "role", "holds_for")
    readonly_fields = ("person", "email", "access")
    list_display = ("person", "email", "role", "in_units", "access")
    list_filter = ("role", UnitFilter)
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")
    ordering = ("user__name", "user__email")
    change_form_template = "admin/accounts/membership/change_form.html"
    delete_confirmation_template = "admin/accounts/membership/delete_confirmation.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Membership]":
        return super().get_queryset(request).select_related("user").prefetch_related("units")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:object_id>/invite/", wrap(self.invite_view), name="accounts_membership_invite"),
            *super().get_urls(),
        ]

    @admin.display(ordering="user__name")
    def person(self, membership: Membership) -> str:
        return str(membership.user)

    @admin.display(description="e-mail", ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.display(description="units")
    def in_units(self, membership: Membership) -> str:
        return ", ".join(sorted(unit.name for unit in membership.units.all())) or "–"

    @admin.display(description="access")
    def access(self, membership: Membership) -> str:
        return "has a password" if membership.user.has_usable_password() else "invited, no password yet"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        form = NewMemberForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and (membership := self._take_in(request, form)):
            return redirect(self.address("change", membership.pk))
        return self.form_page(request, form, title="Invite a person", submit="Invite")

    def _take_in(self, request: HttpRequest, form: NewMemberForm) -> Membership | None:
        asked = form.cleaned_data
        try:
            with transaction.atomic():
                membership = take_in(
                    actor=must_be_actor(request),
                    email=asked["email"],
                    name=asked["name"],
                    role=Role(asked["role"]),
                    unit_ids=[unit.pk for unit in asked["holds_for"]],
                )
        except DomainError as error:
            form.add_error("email", error.detail)
            return None
        self._invite(request, membership)
        return membership

    def invite_view(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """The mail once more."""
        membership = self.own(request, object_id)
        if request.method == "POST" and self.has_change_permission(request, membership):
            self._invite(request, membership)
        return redirect(self.address("change", membership.pk))

    def _invite(self, request: HttpRequest, membership: Membership) -> None:
        send_invitation(request, user=membership.user, organization=current_organization(must_be_actor(request)))
        self.message_user(request, f"A mail is on its way to {membership.user.email}.", messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        change_member(
            actor=must_be_actor(request),
            membership=obj,
            role=Role(form.cleaned_data["role"]),
            unit_ids=[unit.pk for unit in form.cleaned_data["holds_for"]],
        )

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove_member(actor=must_be_actor(request), membership=obj)
