"""Refuses to serve as a PostgreSQL role that row-level security does not bind."""

import logging

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

logger = logging.getLogger(__name__)

_UNBOUND = """
SELECT rolsuper OR rolbypassrls
    OR EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)
FROM pg_roles WHERE rolname = current_user
"""


def refuse_unbound_roles() -> None:
    """Called where a process begins to serve. Raises ImproperlyConfigured. A database that is away is no reason not to
    start: the same is asked by `doctor`, for as long as the platform runs."""
    for alias in sorted({"default", "ingest"} & set(connections.settings)):
        connection = connections[alias]
        try:
            with connection.cursor() as cursor:
                cursor.execute(_UNBOUND)
                (unbound,) = cursor.fetchone()
        except OperationalError as error:
            logger.warning("the role of %s could not be checked: %s", alias, str(error).splitlines()[0])
            continue
        finally:
            connection.close()
        if unbound:
            raise ImproperlyConfigured(
                f"the role {connection.settings_dict['USER']} ({alias}) is a superuser, bypasses row-level security or "
                "owns tables: isolation between tenants would be off. See docs/configuration.md"
            )
