"""Refuses to serve as a PostgreSQL role that row-level security does not bind."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connections

_BOUND = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_OWNS = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)"


def refuse_unbound_roles() -> None:
    """Called where a process begins to serve. A database that is away is no reason: it is asked again when it is back,
    by `doctor`."""
    for alias in {"default", "ingest"} & set(connections.settings):
        with connections[alias].cursor() as cursor:
            for question in (_BOUND, _OWNS):
                cursor.execute(question)
                if cursor.fetchone()[0]:
                    name = connections[alias].settings_dict["USER"]
                    raise ImproperlyConfigured(
                        f"the role {name} ({alias}) is a superuser, bypasses row-level security or owns tables: "
                        "isolation between tenants would be off. See docs/configuration.md"
                    )
        connections[alias].close()
