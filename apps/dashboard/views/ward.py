"""The ward: all patients of a unit, live."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from apps.accounts.policy import Reach
from apps.accounts.selectors import current_organization, units
from apps.alerts.selectors import open_alerts
from apps.core.clock import SYSTEM_CLOCK
from apps.dashboard.page_data import page_data
from apps.dashboard.views.acting import acting
from apps.patients.selectors import visible_patients


@require_GET
@login_required
def wards(request: HttpRequest) -> HttpResponse:
    """To the first of one's own units."""
    unit = units(acting(request, Reach.UNITS)).first()
    return redirect("dashboard:ward", unit_id=unit.pk) if unit else redirect("dashboard:landing")


@require_GET
@login_required
def ward(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    actor = acting(request, Reach.UNITS)
    own_units = list(units(actor))
    unit = next((own for own in own_units if own.pk == unit_id), None)
    if unit is None:
        raise Http404
    organization = current_organization(actor)
    patients = list(visible_patients(actor).filter(unit=unit).select_related("unit"))
    context = {
        "organization": organization,
        "unit": unit,
        "units": own_units,
        "timezone": organization.timezone,
        "data": page_data(
            actor=actor,
            organization=organization,
            unit=unit,
            patients=patients,
            alerts=open_alerts([patient.pk for patient in patients], actor.grant.alert_kinds),
            now=SYSTEM_CLOCK.now(),
        ),
    }
    return render(request, "dashboard/ward.html", context)
