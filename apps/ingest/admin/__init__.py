"""What could not be taken, to look at: a technician sees their organization's, the operator what belongs to none."""

from apps.ingest.admin.quarantined import QuarantinedAdmin

__all__ = ["QuarantinedAdmin"]
