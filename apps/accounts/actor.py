"""Who acts: one person in one organization in one role. Every selector and service takes it as `actor`.

The platform's operator is no actor, so that no selector of a tenant's data can be asked for them.
"""

from dataclasses import dataclass
from uuid import UUID

from apps.accounts.policy import OPERATOR, Act, Grant, grant_of
from apps.accounts.roles import Role
from apps.core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    user_id: UUID
    organization_id: UUID
    membership_id: UUID
    role: Role
    unit_ids: frozenset[UUID] = frozenset()

    @property
    def grant(self) -> Grant:
        return grant_of(self.role)

    def may(self, act: Act) -> bool:
        return act in self.grant.acts

    def must(self, act: Act) -> None:
        """Raise NotAllowed unless the policy grants the act."""
        if not self.may(act):
            raise NotAllowed("Your role does not permit this.")


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs the platform: makes organizations, sees what belongs to none, and has a role in none."""

    user_id: UUID

    @property
    def grant(self) -> Grant:
        return OPERATOR
