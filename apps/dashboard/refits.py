"""What came of a night's refit, in the words of the pages."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.formats import date_format

from apps.twin.selectors import refit_of


def refit_shown(patient_id: UUID) -> dict[str, Any] | None:
    """None before the first."""
    found = refit_of(patient_id)
    if found is None:
        return None
    changes = [{**each, "label": each["name"].replace("_", " ").capitalize()} for each in found["changes"]]
    return {**found, "night": date_format(date.fromisoformat(found["night"]), "j M"), "changes": changes}
