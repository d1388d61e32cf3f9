"""Entering observations by hand, marking what was entered in error, and deciding how a patient is scored."""

from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.actor import Actor
from apps.accounts.policy import Act, Reach
from apps.accounts.selectors import current_organization
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import DomainError, NotFound
from apps.dashboard.observe_forms import DecisionForm, InErrorForm, RoundForm
from apps.dashboard.views.acting import acting
from apps.patients.models import Patient
from apps.patients.selectors import patient as patient_of
from apps.readings.models import Observation, ObservationEntry
from apps.readings.observed import entries_of, names_of_people
from apps.readings.observing import mark_in_error, may_enter, observe
from apps.readings.printed import printed_unit
from apps.readings.quantities import by_number
from apps.scores.decisions import decide
from apps.scores.models import DecisionKind
from apps.scores.news2 import news2_of

SHOWN_ENTRIES = 12


@require_http_methods(["GET", "POST"])
@login_required
def observations(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The form, and beneath it what was entered lately."""
    actor = acting(request, Reach.UNITS, Reach.OWN)
    found, codes = _patient(actor, patient_id), may_enter(actor)
    organization = current_organization(actor)
    with timezone.override(ZoneInfo(organization.timezone)):
        form = RoundForm(request.POST or None, codes=codes, initial={"key": uuid4().hex})
        if request.method == "POST" and form.is_valid() and _entered(form, actor, patient_id):
            messages.success(request, "Entered.")
            return redirect("dashboard:observations", patient_id=patient_id)
        context = {
            "organization": organization,
            "timezone": organization.timezone,
            "patient": found,
            "own": actor.grant.clinical is Reach.OWN,
            "form": form,
            "entries": _entries(actor, found),
            "decisions": _decisions(actor, found),
            "back_url": reverse("dashboard:patient", args=[patient_id]),
        }
        return render(request, "dashboard/observe.html", context)


@require_POST
@login_required
def in_error(request: HttpRequest, patient_id: UUID, observation_id: UUID) -> HttpResponse:
    actor = acting(request, Reach.UNITS, Reach.OWN)
    _patient(actor, patient_id)
    form = InErrorForm(request.POST)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        mark_in_error(actor=actor, patient_id=patient_id, observation_id=observation_id, reason=reason)

    return _done(request, patient_id, form, act, "Marked as entered in error.")


@require_POST
@login_required
def scoring(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    actor = acting(request, Reach.UNITS)
    _patient(actor, patient_id)
    form = DecisionForm(request.POST)

    def act() -> None:
        kind, value = form.cleaned_data["choice"].split()
        reason = form.cleaned_data["why"]
        decide(actor=actor, patient_id=patient_id, kind=DecisionKind(kind), value=int(value), reason=reason)

    return _done(request, patient_id, form, act, "Decided.")


def _done(request: HttpRequest, patient_id: UUID, form: forms.Form, act: Any, words: str) -> HttpResponse:
    """Carry it out and go back to the form, with a word on how it went."""
    if not form.is_valid():
        messages.error(request, "Say why in a few words.")
    else:
        try:
            act()
        except NotFound:
            raise Http404 from None
        except DomainError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, words)
    return redirect("dashboard:observations", patient_id=patient_id)


def _patient(actor: Actor, patient_id: UUID) -> Patient:
    try:
        return patient_of(actor, patient_id, door="page")
    except NotFound:
        raise Http404 from None


def _entered(form: RoundForm, actor: Actor, patient_id: UUID) -> bool:
    given = form.given()
    try:
        observe(
            actor=actor,
            patient_id=patient_id,
            given=given,
            at=form.cleaned_data["at"],
            key=f"page {form.cleaned_data['key']}",
        )
    except NotFound:
        raise Http404 from None
    except DomainError as error:
        form.take(error.fields or {"": [error.detail]}, given)
        return False
    return True


def _entries(actor: Actor, found: Patient) -> list[dict[str, Any]]:
    entries = list(entries_of(found)[:SHOWN_ENTRIES])
    names = names_of_people(entry.entered_by for entry in entries)
    return [_entry(actor, entry, names.get(entry.entered_by, "no member any more")) for entry in entries]


def _entry(actor: Actor, entry: ObservationEntry, name: str) -> dict[str, Any]:
    may_mark = actor.may(Act.OBSERVE) or entry.entered_by == actor.user_id
    values = sorted(entry.observations.all(), key=lambda each: each.quantity)
    return {"at": entry.at, "by": name, "values": [_value(each) for each in values], "may_mark": may_mark}


def _value(observation: Observation) -> dict[str, Any]:
    quantity = by_number(observation.quantity)
    number = f"{observation.value:.{quantity.decimals}f} {printed_unit(quantity.unit) or quantity.unit}"
    return {
        "id": observation.pk,
        "label": quantity.label,
        "text": quantity.categories.get(int(observation.value), number.replace("{score}", "of 10")),
        "in_error": observation.in_error_at is not None,
        "reason": observation.in_error_reason,
    }


def _decisions(actor: Actor, found: Patient) -> dict[str, Any] | None:
    if not actor.may(Act.SCORING):
        return None
    news2 = news2_of([found], now=SYSTEM_CLOCK.now(), named=True)[found.pk]
    return {"form": DecisionForm(), "scale": news2["scale"], "why_not": news2["not_applicable_because"]}
