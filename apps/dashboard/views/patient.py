"""One patient, for clinicians."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts.actor import Actor
from apps.accounts.policy import Act, Reach
from apps.accounts.selectors import current_organization
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import NotFound
from apps.dashboard.page_data import person_data
from apps.dashboard.refits import refit_shown
from apps.dashboard.views.acting import acting
from apps.patients.models import BreakGlass, Patient
from apps.patients.selectors import patient as patient_of


@require_GET
@login_required
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Those who are no clinicians see a person on their own page; a clinician beyond their units is asked why."""
    actor = acting(request, Reach.UNITS, Reach.OWN, Reach.SHARED)
    if actor.grant.clinical is not Reach.UNITS:
        return redirect("dashboard:person", patient_id=patient_id)
    try:
        found = patient_of(actor, patient_id, door="page")
    except NotFound:
        if actor.may(Act.BREAK_GLASS) and Patient.objects.filter(pk=patient_id).exists():
            return redirect("dashboard:break_glass", patient_id=patient_id)
        raise Http404 from None
    organization, now = current_organization(actor), SYSTEM_CLOCK.now()
    own = found.unit_id in actor.unit_ids
    context = {
        "organization": organization,
        "timezone": organization.timezone,
        "patient": _identity(found, now.date()),
        "back_url": reverse("dashboard:ward", args=[found.unit_id]) if own else reverse("dashboard:wards"),
        "back_label": found.unit.name if own else "Own wards",
        "observe_url": reverse("dashboard:observations", args=[found.pk]),
        "refit": refit_shown(found.pk),
        "access_until": None if own else _access_until(actor, found),
        "data": person_data(actor=actor, organization=organization, patient=found, now=now),
    }
    return render(request, "dashboard/patient.html", context)


def _identity(found: Patient, today: date) -> dict[str, Any]:
    return {
        "name": str(found),
        "mrn": found.mrn,
        "bed": found.bed,
        "unit_name": found.unit.name,
        "birth_date": found.birth_date,
        "age_years": _age_years(found.birth_date, today),
        "sex": found.get_sex_display(),
        "simulated": found.simulated,
    }


def _age_years(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _access_until(actor: Actor, found: Patient) -> datetime | None:
    """Until when the broken glass stays open."""
    glass = BreakGlass.objects.filter(patient=found, user_id=actor.user_id).order_by("-expires_at").first()
    return glass.expires_at if glass else None
