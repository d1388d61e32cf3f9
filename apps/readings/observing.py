"""Entering what was seen or measured by hand, and marking what was entered in error."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.accounts.actor import Actor
from apps.accounts.policy import Act
from apps.audit.services import record
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.errors import Conflict, Invalid, NotAllowed, NotFound
from apps.core.publish import publish
from apps.core.tenancy import bound_organization_id
from apps.patients.models import Patient
from apps.patients.selectors import visible_patients
from apps.readings.current import keep_current
from apps.readings.late import note_late_minutes
from apps.readings.messages import patient_group, vitals_message
from apps.readings.models import Observation, ObservationEntry
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.quantity import HAND
from apps.readings.selectors import vitals_of
from apps.readings.units import ACCEPTED_UNITS
from apps.readings.value import Value
from apps.readings.withdrawing import withdraw

BY_HAND: Final = tuple(code for code, quantity in REGISTER.items() if HAND in quantity.source_priority)
"""What the register lets a person enter."""
OF_ONESELF: Final = frozenset({"weight", "glucose", "pain", "meal_carbohydrate", "insulin_dose", "fluid_intake"})
"""What a patient enters of themselves. None of it is an input of NEWS2."""
AHEAD: Final = timedelta(seconds=60)
"""A bedside clock may be this much fast; what it gives is taken for now."""
BACKDATED: Final = timedelta(days=366)
NO_DEVICE: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Given:
    """One value as it was given. `unit`: UCUM, the register's if empty."""

    code: str
    value: float
    unit: str = ""


def observe(
    *,
    actor: Actor,
    patient_id: UUID,
    given: Sequence[Given],
    at: datetime | None = None,
    key: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> ObservationEntry:
    """Enter values that were true of the patient at `at` (now, if None). The same `key` with the same values is the
    same entry, however often it comes.

    Raises NotFound, NotAllowed, Invalid (by field), Conflict for a key that came with something else.
    """
    now = clock.now()
    patient = _patient(actor, patient_id, clock)
    _must_enter(actor, [each.code for each in given])
    digest = _digest(patient_id, given, at)
    if key is not None and (former := _former(actor, key, digest)):
        return former
    when = _moment(at, patient, now)
    values = _in_register_units(given)
    try:
        with transaction.atomic():
            entry = _write(actor, patient, values, when, now, key=key, digest=digest)
    except IntegrityError:
        former = _former(actor, key, digest) if key is not None else None
        if former is None:
            raise
        return former
    _take_effect(entry, values)
    record(
        action="observation.entered",
        user_id=actor.user_id,
        role=actor.role,
        patient_id=patient.pk,
        detail={"entry": str(entry.pk), "codes": sorted(values)},
        clock=clock,
    )
    _tell(patient.pk, now)
    return entry


def mark_in_error(
    *, actor: Actor, patient_id: UUID, observation_id: UUID, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Observation:
    """Say that an observation was entered in error. It stays to be read as such, and counts for nothing any more.

    Raises NotFound, NotAllowed, Invalid without a reason, Conflict for what is marked already.
    """
    patient = _patient(actor, patient_id, clock)
    if not (actor.may(Act.OBSERVE) or actor.may(Act.OBSERVE_SELF)):
        raise NotAllowed("Your role does not permit this.")
    found = Observation.objects.select_related("entry").filter(pk=observation_id, patient_id=patient.pk).first()
    if found is None:
        raise NotFound("There is no such observation here.")
    if not actor.may(Act.OBSERVE) and found.entry.entered_by != actor.user_id:
        raise NotAllowed("You may correct what you entered yourself.")
    if len(reason.strip()) < 3:
        raise Invalid("Say what was wrong.", fields={"reason": ["A few words, please."]})
    now = clock.now()
    marked = Observation.objects.filter(pk=found.pk, in_error_at=None).update(
        in_error_at=now, in_error_by=actor.user_id, in_error_reason=reason.strip()
    )
    if not marked:
        raise Conflict("This was marked as entered in error before.")
    withdraw(found, now=now)
    record(
        action="observation.in-error",
        user_id=actor.user_id,
        role=actor.role,
        patient_id=patient.pk,
        detail={"observation": str(found.pk), "codes": [found.code]},
        clock=clock,
    )
    found.refresh_from_db()
    return found


def may_enter(actor: Actor) -> Sequence[str]:
    """The quantities that an actor may enter of the patients they see."""
    if actor.may(Act.OBSERVE):
        return BY_HAND
    return tuple(code for code in BY_HAND if code in OF_ONESELF) if actor.may(Act.OBSERVE_SELF) else ()


def _patient(actor: Actor, patient_id: UUID, clock: Clock) -> Patient:
    patient = visible_patients(actor, clock=clock).filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("There is no such patient here.")
    return patient


def _must_enter(actor: Actor, codes: Sequence[str]) -> None:
    allowed = may_enter(actor)
    if not allowed:
        raise NotAllowed("Your role does not permit this.")
    if any(code in BY_HAND and code not in allowed for code in codes):
        names = ", ".join(REGISTER[code].label.lower() for code in allowed)
        raise NotAllowed(f"Your role permits these: {names}.")


def _moment(at: datetime | None, patient: Patient, now: datetime) -> datetime:
    if at is None:
        return now
    if at > now + AHEAD:
        raise Invalid("This has not happened yet.", fields={"at": ["The time lies in the future."]})
    if at < now - BACKDATED or (patient.birth_date and at.date() < patient.birth_date):
        raise Invalid("This is too long ago.", fields={"at": ["At most a year back, and not before birth."]})
    return min(at, now)


def _in_register_units(given: Sequence[Given]) -> dict[str, float]:
    """By code. Raises Invalid with every fault there is, by the field's place."""
    faults: dict[str, list[str]] = {}
    if not given:
        raise Invalid("There is nothing to enter.", fields={"observations": ["Give one value at least."]})
    repeated = {code for code, count in Counter(each.code for each in given).items() if count > 1}
    values: dict[str, float] = {}
    for place, each in enumerate(given):
        field = f"observations.{place}"
        if each.code not in BY_HAND:
            faults[f"{field}.code"] = ["This is not entered by hand."]
        elif each.code in repeated:
            faults[f"{field}.code"] = ["A quantity stands once in an entry."]
        elif (conversion := ACCEPTED_UNITS.get((each.code, each.unit or REGISTER[each.code].unit))) is None:
            faults[f"{field}.unit"] = [f"The unit is {REGISTER[each.code].unit}."]
        else:
            value = conversion.of(each.value)
            values[each.code] = value
            if not math.isfinite(value) or not REGISTER[each.code].plausible(value):
                faults[f"{field}.value"] = [_range_text(each.code)]
    upper, lower = values.get("systolic_pressure"), values.get("diastolic_pressure")
    if upper is not None and lower is not None and lower >= upper:
        faults["observations"] = ["The diastolic pressure must lie below the systolic."]
    if faults:
        raise Invalid("Some values are not acceptable.", fields=faults)
    return values


def _range_text(code: str) -> str:
    quantity = REGISTER[code]
    if quantity.categories:
        return "One of: " + ", ".join(f"{number} {name}" for number, name in quantity.categories.items()) + "."
    return f"{quantity.label} lies between {quantity.low:g} and {quantity.high:g} {quantity.unit}."


def _digest(patient_id: UUID, given: Sequence[Given], at: datetime | None) -> str:
    said = [str(patient_id), at.isoformat() if at else "", *sorted(f"{g.code} {g.value!r} {g.unit}" for g in given)]
    return sha256("\n".join(said).encode()).hexdigest()


def _former(actor: Actor, key: str, digest: str) -> ObservationEntry | None:
    former = ObservationEntry.objects.filter(entered_by=actor.user_id, key=key).first()
    if former is not None and former.digest != digest:
        raise Conflict("This Idempotency-Key came with something else before.")
    return former


def _write(
    actor: Actor,
    patient: Patient,
    values: Mapping[str, float],
    at: datetime,
    now: datetime,
    *,
    key: str | None,
    digest: str,
) -> ObservationEntry:
    organization_id = bound_organization_id()
    entry = ObservationEntry.objects.create(
        organization_id=organization_id,
        patient=patient,
        entered_by=actor.user_id,
        role=actor.role,
        entered_at=now,
        at=at,
        key=key,
        digest=digest,
    )
    Observation.objects.bulk_create(
        Observation(
            organization_id=organization_id,
            entry=entry,
            patient_id=patient.pk,
            at=at,
            quantity=REGISTER[code].number,
            value=value,
        )
        for code, value in values.items()
    )
    return entry


def _take_effect(entry: ObservationEntry, values: Mapping[str, float]) -> None:
    """As a measured value does: it may become the current one, and its minute is rolled up."""
    keep_current(
        Value(
            patient_id=entry.patient_id,
            code=code,
            value=value,
            at=entry.at,
            origin=Origin.MANUAL,
            source=HAND,
            quality=1.0,
            device_id=NO_DEVICE,
            device_uid="",
        )
        for code, value in values.items()
    )
    note_late_minutes([(entry.patient_id, entry.at)])


def _tell(patient_id: UUID, now: datetime) -> None:
    """The pages that are open show it, after the commit."""
    vitals = vitals_of([patient_id], now=now)[patient_id]
    publish(patient_group(patient_id), vitals_message(patient_id, vitals))
