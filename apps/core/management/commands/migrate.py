"""`migrate`, by the role that owns the tables; then what the application may do with the tables of libraries."""

from typing import Any

from django.apps import apps
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from apps.core.rls import role

# Tables of libraries hold no tenant's data; those about accounts get policies in apps/accounts/migrations.
LIBRARIES = ("auth", "contenttypes", "sessions", "admin", "account", "mfa")


class Command(DjangoMigrate):
    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="migrator")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["database"] == "migrator" and not options["plan"]:
            grant_library_tables()


def grant_library_tables() -> None:
    """Let the application use the tables that libraries bring. Safe to repeat."""
    connection = connections["migrator"]
    present = set(connection.introspection.table_names())
    models = [m for label in LIBRARIES for m in apps.get_app_config(label).get_models(include_auto_created=True)]
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role('default')}, {role('ingest')}")
        for table in sorted({m._meta.db_table for m in models} & present):
            cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {role("default")}')
        cursor.execute(f"GRANT SELECT ON django_migrations TO {role('default')}")
