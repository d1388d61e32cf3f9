"""The page that says how ingest is: to a technician for their organization, to the operator for the platform."""

import logging
from typing import Any

import psycopg
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.connection import ConnectionDoesNotExist
from redis.exceptions import RedisError

from apps.accounts.middleware import operator_of
from apps.accounts.policy_admin import PolicyAdmin
from apps.ingest.connection import connect
from apps.ingest.figures import own_figures, platform_figures, processes, serves, worst_lag_s

logger = logging.getLogger(__name__)


def health_page(admin: PolicyAdmin, request: HttpRequest) -> HttpResponse:
    if not admin.has_view_permission(request):
        raise PermissionDenied
    context = admin.page_context(request, title="How ingest is")
    if operator_of(request):
        context |= {**_platform(), "whose": "all organizations", "own": False}
    else:
        context |= {"figures": own_figures(), "whose": "your organization", "own": True}
    context |= _processes(whole=operator_of(request) is not None)
    return TemplateResponse(request, "admin/ingest/quarantined/health.html", context)


def _platform() -> dict[str, Any]:
    """All organizations together are the ingest role's to count; where this process has not got it, what the operator
    sees anyway."""
    try:
        with connect() as connection:
            return {"figures": platform_figures(connection)}
    except (ConnectionDoesNotExist, psycopg.OperationalError):
        logger.warning("the platform's figures need DATABASE_INGEST_URL")
        return {"figures": own_figures()}


def _processes(*, whole: bool) -> dict[str, Any]:
    """A technician is told whether frames are taken, and how fast; how many come from everybody is the platform's."""
    try:
        found = processes()
    except (RedisError, OSError):
        return {"cache_away": True}
    if whole:
        return {"processes": found}
    return {"processes": None, "serves": serves(found), "worst_lag_s": worst_lag_s(found)}
