"""The pages. Each asks the policy by way of the selectors; what one may not see is not found."""

from apps.dashboard.views.glass import break_glass_form
from apps.dashboard.views.landing import landing, organizations
from apps.dashboard.views.observing import in_error, observations, scoring
from apps.dashboard.views.own import me, person
from apps.dashboard.views.patient import patient
from apps.dashboard.views.ward import ward, wards

__all__ = [
    "break_glass_form",
    "in_error",
    "landing",
    "me",
    "observations",
    "organizations",
    "patient",
    "person",
    "scoring",
    "ward",
    "wards",
]
