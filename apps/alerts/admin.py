"""Rules in the admin: a manager's work. Alerts themselves are shown on the pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.accounts.admin_site import PolicyAdmin
from apps.alerts.models import Rule
from apps.readings.quantities import REGISTER, Form


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    quantity = forms.ChoiceField(
        choices=[
            (code, f"{quantity.label}, {quantity.unit}")
            for code, quantity in REGISTER.items()
            if quantity.form is Form.VALUE and not quantity.categories
        ]
    )

    class Meta:
        model = Rule
        # The admin adds its own within a request: a choice of patients cannot be made without an organization.
        fields = ()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        low, high = values.get("low"), values.get("high")
        if low is None and high is None:
            raise forms.ValidationError("A rule needs a low limit, a high limit, or both.")
        if low is not None and high is not None and low >= high:
            raise forms.ValidationError("The low limit must lie below the high one.")
        for name in ("hysteresis", "delay_s"):
            if values.get(name, 0) < 0:
                self.add_error(name, "Not below zero.")
        return values


@admin.register(Rule)
class RuleAdmin(PolicyAdmin):
    """A rule is switched off, not deleted: what was alarmed by it stays explicable."""

    form = RuleForm
    fields = ("quantity", "patient", "priority", "low", "high", "hysteresis", "delay_s", "enabled")
    list_display = ("quantity", "patient", "priority", "low", "high", "hysteresis", "delay_s", "enabled")
    list_filter = ("priority", "enabled")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("patient")
