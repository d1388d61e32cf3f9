"""Units: a manager adds and renames them. None is deleted: patients lie in it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from apps.accounts.models import Unit
from apps.accounts.policy import Act
from apps.accounts.policy_admin import PolicyAdmin


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Unit
        fields = ("name",)

    def clean_name(self) -> str:
        """The organization is no field of the form, so that Django leaves the check to us."""
        name: str = self.cleaned_data["name"].strip()
        if Unit.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is a unit of this name already.")
        return name


@admin.register(Unit)
class UnitAdmin(PolicyAdmin):
    may_add = Act.PEOPLE
    may_change = Act.PEOPLE
    form = UnitForm
    list_display = ("name", "people")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Unit]":
        units: QuerySet[Unit] = super().get_queryset(request)
        return units.annotate(member_count=Count("membershipunit"))

    @admin.display(description="people", ordering="member_count")
    def people(self, unit: Any) -> Any:
        return unit.member_count
