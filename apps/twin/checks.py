"""What `doctor` asks of the twin."""

from datetime import timedelta
from typing import Final

from apps.accounts.selectors import organization_ids
from apps.core.clock import SYSTEM_CLOCK
from apps.core.health import Health, register
from apps.core.tenancy import bind
from apps.twin.models import TwinShard

LATE_AFTER: Final = timedelta(minutes=5)


@register("analysis")
def analyses_go_on() -> Health:
    """Whether bodies are analysed: without a worker that keeps house there are no reserves and no forecasts."""
    shards, late = 0, 0
    for organization_id in organization_ids():
        with bind(organization_id):
            due = list(TwinShard.objects.values_list("due_at", flat=True))
        shards += len(due)
        late += sum(SYSTEM_CLOCK.now() - at > LATE_AFTER for at in due)
    return Health(
        ok=late == 0, detail=f"{late} of {shards} shards are late" if late else f"{shards} shards are analysed"
    )
