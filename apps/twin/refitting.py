"""The nightly refit of some patients: what is needed is read, the body is fitted and judged, and what came is written.

No transaction is open while bodies live. A refit that is taken takes the place of the snapshots of the hours it was
judged by, and the patient is sent back to the last of them, as by late data: the next analysis goes on from there, and
no lock is needed between the two. If those hours were lived anew meanwhile, because data came late, nothing is written
and the claim is given back.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np

from apps.accounts.models import Organization
from apps.core.arrays import any_of
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind, bound_organization_id
from apps.patients.models import Patient
from apps.twin import refits, snapshots
from apps.twin.current import current_vitals
from apps.twin.evidence import Windows
from apps.twin.inputs import given_of, taken_by
from apps.twin.models import TwinRewind, TwinSnapshot
from apps.twin.refits import Outcome
from apps.twin.snapshots import Kept
from apps.twin.stepping import COARSE, steps_through
from ml.twin import Twins, UnknownVersion
from ml.twin.refit import Evidence, Step, Verdict, fitted, judged, learned, lived, verdict

AT_ONCE: Final = 16
"""About ten seconds of work."""
BEHIND: Final = timedelta(minutes=15)
"""A refit ends where minutes are rolled up, and where every body has been."""
FITTED_SHARE: Final = 0.75
"""Of the day; the rest, the last of it, judges."""
DECIMALS: Final = 4
BETTER: Final = "Foresaw the readings of its last hours better than before."
NO_BETTER: Final = "Foresaw the readings of its last hours no better than before."
TOO_FEW: Final = "There were too few readings to judge by."
ANOTHER_VERSION: Final = "The body was of another version of the model."


@dataclass(frozen=True, slots=True)
class Day:
    """Some patients' day. `learned` are their packed bodies where fitting ends, as they stood at `learned_at`; `guards`
    the last snapshots that the refit takes the place of."""

    patient_ids: tuple[UUID, ...]
    since: datetime
    learned: tuple[bytes, ...]
    learned_at: tuple[datetime, ...]
    guards: tuple[UUID, ...]
    fitted: tuple[Step, ...]
    judged: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Lived:
    """A day that was lived again: its outcomes, and by moment the packed bodies, in the order of its patients."""

    day: Day
    outcomes: tuple[Outcome, ...]
    states: Mapping[datetime, Sequence[bytes]]


def refit_some(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Refit up to AT_ONCE patients of an organization whose night is over. How many were claimed."""
    now = clock.now()
    with bind(organization_id):
        timezone = Organization.objects.values_list("timezone", flat=True).get(pk=organization_id)
        night = refits.night_of(now, timezone)
        claimed = refits.claim(night, most=AT_ONCE, now=now)
    if not claimed:
        return 0
    with bind(organization_id):
        days = _days(claimed, now)
    for day in days:
        again = _live_again(day)
        with bind(organization_id):
            _write(again, night, now=clock.now())
    return len(claimed)


def _days(patient_ids: Sequence[UUID], now: datetime) -> list[Day]:
    """Those whose day begins in the same ten minutes are one array."""
    until = now - BEHIND
    until -= timedelta(seconds=until.timestamp() % COARSE.total_seconds())
    marks: dict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
    rows = TwinSnapshot.objects.filter(any_of("patient_id", patient_ids), coarse=True, at__lte=until).order_by("at")
    for patient_id, at, pk in rows.values_list("patient_id", "at", "pk"):
        marks[patient_id].append((at, pk))
    groups: dict[int, list[UUID]] = defaultdict(list)
    for patient_id, own in marks.items():
        groups[int(own[0][0].timestamp() // 600.0)].append(patient_id)
    return [_day(group, {key: marks[key] for key in group}, until, now) for group in groups.values()]


def _day(
    patient_ids: Sequence[UUID], marks: Mapping[UUID, Sequence[tuple[datetime, UUID]]], until: datetime, now: datetime
) -> Day:
    windows = Windows.between(max(marks[key][0][0] for key in patient_ids), until, COARSE)
    steps = _steps(patient_ids, windows, now)
    many = int(FITTED_SHARE * len(steps))
    ends_at = windows.ends[max(many - 1, 0)]
    split = [max(each for each in marks[key] if each[0] <= ends_at) for key in patient_ids]
    states = dict(TwinSnapshot.objects.filter(pk__in=[pk for _, pk in split]).values_list("pk", "state"))
    return Day(
        tuple(patient_ids),
        windows.start,
        tuple(bytes(states[pk]) for _, pk in split),
        tuple(at for at, _ in split),
        tuple(marks[key][-1][1] for key in patient_ids),
        tuple(steps[:many]),
        tuple(steps[many:]),
    )


def _steps(patient_ids: Sequence[UUID], windows: Windows, now: datetime) -> list[Step]:
    taken = taken_by(patient_ids, since=windows.start)
    given = given_of(current_vitals(patient_ids), taken, now)(patient_ids)
    mass = Patient.objects.in_bulk(patient_ids)
    mass_kg = [float(mass[key].mass_kg or 0.0) for key in patient_ids]
    return list(steps_through(windows, patient_ids, mass_kg, given, now=now))


def _live_again(day: Day) -> Lived:
    try:
        old = Twins.unpacked(day.learned)
    except UnknownVersion:
        return Lived(day, tuple(Outcome(key, False, ANOTHER_VERSION) for key in day.patient_ids), {})
    new = fitted(old, day.since.timestamp(), day.fitted)
    states: dict[datetime, list[bytes]] = {}
    former: datetime | None = None

    def keep(step: Step) -> None:
        nonlocal former
        at = datetime.fromtimestamp(step.until_s, UTC)
        if snapshots.is_coarse(at, former) or step is day.judged[-1]:
            states[at], former = new.packed(), at

    outcomes = _outcomes(day, judged(old, day.judged), judged(new, day.judged), _changes(old, new))
    if any(one.taken for one in outcomes):
        lived(new, day.judged, keep)
    return Lived(day, outcomes, states)


def _outcomes(
    day: Day, before: Evidence, after: Evidence, changes: Sequence[list[dict[str, Any]]]
) -> tuple[Outcome, ...]:
    found = verdict(before, after)
    return tuple(
        Outcome(
            patient_id=key,
            taken=bool(found.better[row]),
            why=_why(found, row),
            since=day.since,
            judged_from=datetime.fromtimestamp(day.fitted[-1].until_s, UTC),
            until=datetime.fromtimestamp(day.judged[-1].until_s, UTC),
            readings=int(found.readings[row]),
            evidence_before=_number(before.mean[row]),
            evidence_after=_number(after.mean[row]),
            error=_number(found.error[row]),
            changes=changes[row] if found.better[row] else [],
        )
        for row, key in enumerate(day.patient_ids)
    )


def _why(found: Verdict, row: int) -> str:
    if found.better[row]:
        return BETTER
    return NO_BETTER if found.enough[row] else TOO_FEW


def _number(value: float) -> float | None:
    return round(float(value), DECIMALS) if np.isfinite(value) else None


def _changes(old: Twins, new: Twins) -> list[list[dict[str, Any]]]:
    """Of each patient what was fitted, before and after."""
    return [
        [
            {"name": name, "unit": unit, "before": value, "after": after[name][0]}
            for name, (value, unit) in before.items()
        ]
        for before, after in zip(learned(old), learned(new), strict=True)
    ]


def _write(again: Lived, night: date, *, now: datetime) -> None:
    day = again.day
    there = set(TwinSnapshot.objects.filter(pk__in=day.guards).values_list("pk", flat=True))
    still = [guard in there for guard in day.guards]
    refits.give_back([key for key, same in zip(day.patient_ids, still, strict=True) if not same], night, now=now)
    outcomes = [one for one, same in zip(again.outcomes, still, strict=True) if same]
    _take([one.patient_id for one in outcomes if one.taken], again)
    refits.finish(outcomes, night, now=now)


def _take(patient_ids: Sequence[UUID], again: Lived) -> None:
    """The hours that the fitted bodies lived in the place of the former ones, and the bodies sent back to their end."""
    rows = {key: row for row, key in enumerate(again.day.patient_ids) if key in set(patient_ids)}
    snapshots.forget_from({key: again.day.learned_at[row] for key, row in rows.items()})
    snapshots.keep(
        (key, Kept(at, packed[row]), True) for at, packed in again.states.items() for key, row in rows.items()
    )
    TwinRewind.objects.bulk_create(
        TwinRewind(organization_id=bound_organization_id(), patient_id=key, minute=max(again.states))
        for key in patient_ids
    )
