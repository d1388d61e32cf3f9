"""The pages. Each asks the policy by way of the selectors; what one may not see is not found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.actor import Actor
from apps.accounts.middleware import actor_of

from apps.accounts.policy import Act, Reach
from apps.accounts.selectors import current_organization, units
from apps.alerts.selectors import open_alerts, visible_alerts
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import DomainError, NotFound
from apps.dashboard.page_data import page_data
from apps.patients.models import BreakGlass, Patient
from apps.patients.selectors import patient as patient_of
from apps.patients.selectors import visible_patients
from apps.patients.services import break_glass
from apps.twin.models import TwinState

LAST_ALERTS = 20


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor is None:
        raise Http404
    return actor


@require_GET
@login_required
def landing(request: HttpRequest) -> HttpResponse:
    """Everybody to where their work is."""
    actor = actor_of(request)
    if actor is None:
        if request.user.is_operator:  # type: ignore[union-attr]
            return redirect("admin:index")
        return render(request, "dashboard/landing.html", {"memberships": request.memberships})  # type: ignore[attr-defined]
    if actor.grant.clinical is Reach.UNITS:
        return redirect("dashboard:wards")
    if actor.grant.clinical is not Reach.NONE:
        return redirect("dashboard:me")
    return redirect("admin:index")


@require_POST
@login_required
def choose_organization(request: HttpRequest) -> HttpResponse:
    """For people with a role in more than one."""
    slugs = {membership.slug for membership in request.memberships}  # type: ignore[attr-defined]
    if request.POST.get("organization") not in slugs:
        raise Http404
    request.session["organization"] = request.POST["organization"]
    return redirect("dashboard:landing")


@require_GET
@login_required
def wards(request: HttpRequest) -> HttpResponse:
    """The first of one's own units."""
    actor = _ward_actor(request)
    unit = units(actor).first()
    if unit is None:
        return render(request, "dashboard/landing.html", {"memberships": [], "no_unit": True})
    return redirect("dashboard:ward", unit_id=unit.pk)


@require_GET
@login_required
def ward(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """All patients of a unit."""
    actor = _ward_actor(request)
    own_units = list(units(actor))
    unit = next((u for u in own_units if u.pk == unit_id), None)
    if unit is None:
        raise Http404
    patients = list(visible_patients(actor).filter(unit=unit).select_related("unit").order_by("bed", "family_name"))
    now, organization = SYSTEM_CLOCK.now(), current_organization(actor)
    alerts = open_alerts([patient.pk for patient in patients], actor.grant.alert_kinds)
    context = {
        "organization": organization,
        "unit": unit,
        "units": own_units,
        "timezone": organization.timezone,
        "data": page_data(
            actor=actor, organization=organization, unit=unit, patients=patients, alerts=alerts, now=now
        ),
    }
    return render(request, "dashboard/ward.html", context)


def _ward_actor(request: HttpRequest) -> Actor:
    actor = _actor(request)
    if actor.grant.clinical is not Reach.UNITS:
        raise Http404
    return actor


@require_GET
@login_required
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """One patient, for clinicians; others see their own page."""
    actor = _actor(request)
    if actor.grant.clinical is not Reach.UNITS:
        return redirect("dashboard:person", patient_id=patient_id)
    try:
        found = patient_of(actor, patient_id, door="page")
    except NotFound:
        if actor.may(Act.BREAK_GLASS) and Patient.objects.filter(pk=patient_id).exists():
            return redirect("dashboard:break_glass", patient_id=patient_id)
        raise Http404 from None
    context = _patient_context(actor, found)
    context |= {
        "back_url": reverse("dashboard:ward", args=[found.unit_id]) if found.unit_id in actor.unit_ids else "",
        "back_label": found.unit.name,
        "access_until": _access_until(actor, found),
    }
    return render(request, "dashboard/patient.html", context)


@require_GET
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """One's own page; for a caregiver, that of the first person who shared."""
    actor = _actor(request)
    if actor.grant.clinical not in (Reach.OWN, Reach.SHARED):
        raise Http404
    first = visible_patients(actor).first()
    if first is None:
        return render(request, "dashboard/landing.html", {"memberships": [], "nobody_shared": True})
    return _own_page(request, actor, first.pk)


@require_GET
@login_required
def person(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The page of a person whom the actor may see as one who is no clinician."""
    actor = _actor(request)
    if actor.grant.clinical not in (Reach.OWN, Reach.SHARED):
        raise Http404
    return _own_page(request, actor, patient_id)


def _own_page(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    try:
        found = patient_of(actor, patient_id, door="page")
    except NotFound:
        raise Http404 from None
    context = _patient_context(actor, found)
    context |= {
        "people": list(visible_patients(actor)),
        "is_own": actor.grant.clinical is Reach.OWN,
    }
    return render(request, "dashboard/portal.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def break_glass_form(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A reason, before a clinician sees a patient of another unit."""
    actor = _actor(request)
    found = Patient.objects.select_related("unit").filter(pk=patient_id).first()
    if found is None or not actor.may(Act.BREAK_GLASS):
        raise Http404
    context: dict[str, Any] = {"unit_name": found.unit.name, "patient_id": patient_id, "reason": "", "error": ""}
    if request.method == "POST":
        context["reason"] = request.POST.get("reason", "")
        try:
            break_glass(actor=actor, patient_id=patient_id, reason=context["reason"])
        except DomainError as error:
            context["error"] = error.detail
        else:
            return redirect("dashboard:patient", patient_id=patient_id)
    return render(request, "dashboard/break_glass.html", context, status=422 if context["error"] else 200)


def _patient_context(actor: Actor, found: Patient) -> dict[str, Any]:
    now, organization = SYSTEM_CLOCK.now(), current_organization(actor)
    alerts = visible_alerts(actor).filter(patient_id=found.pk)[:LAST_ALERTS]
    data = page_data(actor=actor, organization=organization, unit=None, patients=[found], alerts=alerts, now=now)
    state = TwinState.objects.filter(patient=found).first()
    data["organs"] = state.organs if state else []
    return {
        "organization": organization,
        "timezone": organization.timezone,
        "patient": _shown(found, now.date()),
        "data": data,
    }


def _shown(found: Patient, today: date) -> dict[str, Any]:
    return {
        "id": found.pk,
        "name": str(found),
        "given_name": found.given_name,
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
    """Until when the glass is broken, for a patient beyond the actor's units."""
    if found.unit_id in actor.unit_ids:
        return None
    glass = BreakGlass.objects.filter(patient=found, user_id=actor.user_id).order_by("-expires_at").first()
    return glass.expires_at if glass else None


