"""What `doctor` asks of the twin."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from apps.accounts.selectors import organization_ids
from apps.core.clock import SYSTEM_CLOCK
from apps.core.health import Health, register
from apps.core.tenancy import bind
from apps.twin.models import TwinEnsemble, TwinForecast, TwinRefit, TwinShard

LATE_AFTER: Final = timedelta(minutes=5)
REFIT_LATE_AFTER: Final = timedelta(days=2)
LIVELY: Final = timedelta(hours=1)


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


@register("refits")
def nights_are_fitted() -> Health:
    """Whether bodies that have been followed for two days were refitted in one of the two nights."""
    late, bodies = 0, 0
    for organization_id in organization_ids():
        with bind(organization_id):
            followed, fitted = _followed_and_fitted(SYSTEM_CLOCK.now())
        bodies += len(followed)
        late += len(followed - fitted)
    detail = f"{late} of {bodies} bodies were not refitted for two days" if late else f"{bodies} bodies are refitted"
    return Health(ok=late == 0, detail=detail)


def _followed_and_fitted(now: datetime) -> tuple[set[UUID], set[UUID]]:
    """Who has a body now and had forecasts two days ago; and of whom a refit was finished since."""
    since = now - REFIT_LATE_AFTER
    lively = TwinEnsemble.objects.filter(analysed_at__gt=now - LIVELY).values_list("patient_id", flat=True)
    then = TwinForecast.objects.filter(made_at__lt=since, made_at__gt=since - timedelta(days=1))
    done = TwinRefit.objects.filter(finished_at__gt=since).values_list("patient_id", flat=True)
    return set(lively) & set(then.values_list("patient_id", flat=True)), set(done)
