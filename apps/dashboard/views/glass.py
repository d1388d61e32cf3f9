"""Breaking the glass: a clinician opens a patient of another unit, and says why."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.policy import Act, Reach
from apps.accounts.selectors import current_organization
from apps.core.errors import DomainError
from apps.dashboard.views.acting import acting
from apps.patients.models import Patient
from apps.patients.services import GLASS_LASTS, break_glass


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why do you need it?", max_length=300, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )


@require_http_methods(["GET", "POST"])
@login_required
def break_glass_form(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Before the reason is given nothing is shown but what the door of the room says."""
    actor = acting(request, Reach.UNITS)
    found = Patient.objects.select_related("unit").filter(pk=patient_id).first()
    if found is None or not actor.may(Act.BREAK_GLASS):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            break_glass(actor=actor, patient_id=patient_id, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error("reason", error.detail)
        else:
            return redirect("dashboard:patient", patient_id=patient_id)
    context = {
        "organization": current_organization(actor),
        "patient": {"mrn": found.mrn, "unit_name": found.unit.name, "bed": found.bed},
        "form": form,
        "hours": int(GLASS_LASTS.total_seconds() // 3600),
        "back_url": reverse("dashboard:wards"),
    }
    return render(request, "dashboard/break_glass.html", context)
