"""A manager's work: the organization, its units, its people. And the audit trail, whose own app lies too low to ask
the policy."""

from apps.accounts.admin.audit_event import AuditEventAdmin
from apps.accounts.admin.membership import MembershipAdmin
from apps.accounts.admin.organization import OrganizationAdmin
from apps.accounts.admin.unit import UnitAdmin

__all__ = ["AuditEventAdmin", "MembershipAdmin", "OrganizationAdmin", "UnitAdmin"]
