"""Whose body it is: what the model has to know of a patient, and what is missing."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo

from apps.patients.models import Patient, Sex
from ml.physiology import Person

YEAR_DAYS: Final = 365.25
ADULT_FROM_YEARS: Final = 16
"""NEWS2 is for people of this age and over (RCP 2017)."""


def missing_of(patient: Patient) -> list[str]:
    """What has to be known before there can be a body, in words; empty if nothing is missing."""
    missing = []
    if patient.birth_date is None:
        missing.append("date of birth")
    if patient.sex not in (Sex.FEMALE, Sex.MALE):
        missing.append("sex, female or male")
    if patient.height_cm is None:
        missing.append("height")
    if patient.mass_kg is None:
        missing.append("mass")
    return missing


def person_of(patient: Patient, today: date) -> Person | None:
    """The model's person. None where something is missing, or lies where the model knows nobody."""
    if missing_of(patient) or patient.birth_date is None:
        return None
    try:
        return Person(
            sex=cast(Literal["female", "male"], patient.sex),
            age_years=round(max(0.0, (today - patient.birth_date).days / YEAR_DAYS), 2),
            height_cm=float(patient.height_cm or 0.0),
            mass_kg=float(patient.mass_kg or 0.0),
        )
    except ValueError:
        return None


def why_no_body(patient: Patient) -> str:
    """Why there is no model of a patient's body, in a sentence for people."""
    missing = missing_of(patient)
    if not missing:
        return "age, height or mass is outside of what the model of the body knows"
    return f"not known: {', '.join(missing)}, without which there is no model of this body"


def as_kept(person: Person) -> dict[str, Any]:
    """What is compared to tell whether a body is still that person's: not the age, which changes by itself."""
    kept = asdict(person)
    del kept["age_years"]
    return kept


def is_adult(birth_date: date | None, now: datetime) -> bool:
    """Of unknown age is taken for an adult: wearables are worn by adults."""
    if birth_date is None:
        return True
    had_birthday = (now.month, now.day) >= (birth_date.month, birth_date.day)
    return now.year - birth_date.year - (not had_birthday) >= ADULT_FROM_YEARS


def clock_hours(at: datetime, timezone: str) -> float:
    """The time of a body's day, 0 to 24."""
    local = at.astimezone(ZoneInfo(timezone) if timezone else UTC)
    return local.hour + local.minute / 60.0 + local.second / 3600.0
