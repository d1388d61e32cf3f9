"""A person's own page; a caregiver sees those who shared with them."""

from datetime import datetime
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
from apps.patients.models import Share
from apps.patients.selectors import patient as patient_of
from apps.patients.selectors import visible_patients


@require_GET
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """One's own page; for a caregiver, that of the first person who shared."""
    actor = acting(request, Reach.OWN, Reach.SHARED)
    first = visible_patients(actor).first()
    return _page(request, actor, first.pk) if first else redirect("dashboard:landing")


@require_GET
@login_required
def person(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    return _page(request, acting(request, Reach.OWN, Reach.SHARED), patient_id)


def _page(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    try:
        found = patient_of(actor, patient_id, door="page")
    except NotFound:
        raise Http404 from None
    organization = current_organization(actor)
    people = list(visible_patients(actor))
    context = {
        "organization": organization,
        "timezone": organization.timezone,
        "person": {
            "name": found.given_name,
            "own": actor.grant.clinical is Reach.OWN,
            "simulated": found.simulated,
        },
        "people": [_other(one.pk, one.given_name, found.pk) for one in people] if len(people) > 1 else [],
        "observe_url": reverse("dashboard:observations", args=[found.pk]) if actor.may(Act.OBSERVE_SELF) else None,
        "refit": refit_shown(found.pk),
        "shared_until": _shared_until(actor, patient_id),
        "data": person_data(actor=actor, organization=organization, patient=found, now=SYSTEM_CLOCK.now()),
    }
    return render(request, "dashboard/portal.html", context)


def _other(patient_id: UUID, name: str, current_id: UUID) -> dict[str, str | bool]:
    url = reverse("dashboard:person", args=[patient_id])
    return {"name": name, "url": url, "current": patient_id == current_id}


def _shared_until(actor: Actor, patient_id: UUID) -> datetime | None:
    if actor.grant.clinical is not Reach.SHARED:
        return None
    shares = Share.objects.filter(user_id=actor.user_id, patient_id=patient_id, revoked_at=None)
    return shares.order_by("-expires_at").values_list("expires_at", flat=True).first()
