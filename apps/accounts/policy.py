"""Who may see and do what within an organization. Default is no.

This table is the one of the design (section 3); every door (pages, API, live stream, admin, FHIR) asks it and none
has rules of its own. `Reach` says whose data; whether a patient lies within a reach is answered by
`apps.patients.selectors`.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from apps.accounts.roles import Role


class Reach(Enum):
    """Whose things a role touches, from nobody's to the whole organization's."""

    NONE = "none"
    OWN = "own"
    SHARED = "shared"  # what a patient shared with this person, until it expires
    UNITS = "units"  # patients of own units, others by break-glass
    ORGANIZATION = "organization"


class Act(StrEnum):
    """What may be done besides looking."""

    ALERT = "alert"  # acknowledge, resolve, shelve a physiological alert
    TECHNICAL_ALERT = "technical_alert"
    BREAK_GLASS = "break_glass"
    PATIENTS = "patients"  # admit and correct
    OBSERVE = "observe"  # enter by hand what was seen or measured, and mark it as entered in error
    OBSERVE_SELF = "observe_self"  # enter of oneself what scores nothing: weight and the like
    SCORING = "scoring"  # decide which scale a score goes by, and whom it does not apply to
    WHAT_IF = "what_if"  # try on a patient's model what has not been done
    DEVICES = "devices"  # provision, bind, rotate, revoke
    RULES = "rules"
    PEOPLE = "people"  # invite, roles, units
    SHARE = "share"  # give a caregiver a look at own data
    REVIEW = "review"  # look over who broke the glass, and why
    REPLAY = "replay"  # take once more what is in quarantine
    ORGANIZATIONS = "organizations"  # make tenants


@dataclass(frozen=True, slots=True)
class Grant:
    clinical: Reach = Reach.NONE
    identity: Reach = Reach.NONE
    pseudonyms: bool = False  # bed and pseudonym instead of a name
    devices: Reach = Reach.NONE
    preview: bool = False  # a signal without identity
    alerts: Reach = Reach.NONE
    alert_kinds: frozenset[str] = frozenset({"physiological", "technical", "retrospective"})
    audit: Reach = Reach.NONE
    device_audit: bool = False
    audit_identity: bool = False  # whom an event of the audit trail speaks of, by name
    admin: frozenset[str] = frozenset()  # models shown in the admin, "app.model"
    acts: frozenset[Act] = frozenset()


TECHNICAL: Final = frozenset({"technical"})
DEVICE_ADMIN: Final = frozenset({"devices.device", "ingest.quarantined", "audit.auditevent"})

TABLE: Final[dict[Role, Grant]] = {
    Role.PATIENT: Grant(
        clinical=Reach.OWN,
        identity=Reach.OWN,
        devices=Reach.OWN,
        alerts=Reach.OWN,
        audit=Reach.OWN,
        acts=frozenset({Act.SHARE, Act.OBSERVE_SELF}),
    ),
    Role.CAREGIVER: Grant(clinical=Reach.SHARED, identity=Reach.SHARED, devices=Reach.SHARED, alerts=Reach.SHARED),
    Role.CLINICIAN: Grant(
        clinical=Reach.UNITS,
        identity=Reach.UNITS,
        devices=Reach.ORGANIZATION,
        alerts=Reach.UNITS,
        audit=Reach.OWN,
        acts=frozenset(
            {
                Act.ALERT,
                Act.TECHNICAL_ALERT,
                Act.BREAK_GLASS,
                Act.PATIENTS,
                Act.OBSERVE,
                Act.SCORING,
                Act.WHAT_IF,
            }
        ),
    ),
    Role.MANAGER: Grant(
        identity=Reach.ORGANIZATION,
        devices=Reach.ORGANIZATION,
        admin=frozenset(
            {"accounts.membership", "accounts.unit", "accounts.organization", "alerts.rule", "readings.retention"}
        ),
        acts=frozenset({Act.RULES, Act.PEOPLE, Act.PATIENTS}),
    ),
    Role.TECHNICIAN: Grant(
        pseudonyms=True,
        devices=Reach.ORGANIZATION,
        preview=True,
        alerts=Reach.ORGANIZATION,
        alert_kinds=TECHNICAL,
        device_audit=True,
        admin=DEVICE_ADMIN,
        acts=frozenset({Act.DEVICES, Act.TECHNICAL_ALERT, Act.REPLAY}),
    ),
    Role.PRIVACY_OFFICER: Grant(
        audit=Reach.ORGANIZATION,
        audit_identity=True,
        admin=frozenset({"audit.auditevent", "patients.breakglass"}),
        acts=frozenset({Act.REVIEW}),
    ),
}

# The platform's operator belongs to no organization and sees no tenant's row: row-level security has none for them.
OPERATOR: Final = Grant(
    admin=frozenset({"accounts.organization", "ingest.quarantined"}),
    acts=frozenset({Act.ORGANIZATIONS, Act.REPLAY}),
)
NOTHING: Final = Grant()


def grant_of(role: Role | str | None) -> Grant:
    """What a role is granted; nothing for none."""
    return TABLE[Role(role)] if role else NOTHING
