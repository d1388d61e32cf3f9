"""Migration operations for row-level security: policies, grants, composite references, definer functions.

A table is guarded in the migration that makes it. ENABLE and FORCE: the owner is bound too, and has a policy of its
own, or its data migrations would touch no row and say nothing.
"""

from collections.abc import Sequence

from django.conf import settings
from django.db import migrations

ORGANIZATION = "NULLIF(current_setting('bodylink.organization', true), '')::uuid"
USER = "NULLIF(current_setting('bodylink.user', true), '')::uuid"
DOOR = "current_setting('bodylink.door', true)"


def role(alias: str) -> str:
    """The PostgreSQL role behind a database alias (`default` is the application's)."""
    name = settings.DATABASE_ROLES[alias]
    return f'"{name}"'


def guard(
    table: str,
    *,
    app: str = "SELECT, INSERT, UPDATE, DELETE",
    ingest: str = "",
    visible: str = f"organization_id = {ORGANIZATION}",
    writable: str = "",
) -> migrations.RunSQL:
    """Row-level security for one table.

    `app` and `ingest` are the privileges granted to those roles. `visible` is the application's policy; `writable`,
    where given, its WITH CHECK. The ingest role acts for every organization, within its privileges.
    """
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY owner ON {table} TO {role('migrator')} USING (true) WITH CHECK (true)",
        f"CREATE POLICY tenant ON {table} TO {role('default')} USING ({visible}) WITH CHECK ({writable or visible})",
        f"GRANT {app} ON {table} TO {role('default')}",
    ]
    if ingest:
        statements += [
            f"CREATE POLICY ingest ON {table} TO {role('ingest')} USING (true) WITH CHECK (true)",
            f"GRANT {ingest} ON {table} TO {role('ingest')}",
        ]
    return migrations.RunSQL(";\n".join(statements), reverse_sql=migrations.RunSQL.noop)


def reference(table: str, column: str, target: str, *, on_delete: str = "CASCADE") -> migrations.RunSQL:
    """A foreign key over (organization_id, column): a plain one would bypass row-level security and could point
    into another organization."""
    name = f"{table}_{column}_same_organization"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (organization_id, {column}) "
        f"REFERENCES {target} (organization_id, id) ON DELETE {on_delete} DEFERRABLE INITIALLY DEFERRED",
        reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def referable(table: str) -> migrations.RunSQL:
    """Make (organization_id, id) a key that `reference` can point to."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_in_organization UNIQUE (organization_id, id)",
        reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {table}_in_organization",
    )


def definer(signature: str, returns: str, body: str, *, to: Sequence[str] = ("default",)) -> migrations.RunSQL:
    """A SECURITY DEFINER function: one of the few ways past the tenant's policy, each written down in
    docs/decisions/0002-tenancy.md. `to`: the aliases whose roles may call it."""
    name = signature.partition("(")[0]
    grants = ";\n".join(f"GRANT EXECUTE ON FUNCTION {name} TO {role(alias)}" for alias in to)
    return migrations.RunSQL(
        f"CREATE OR REPLACE FUNCTION {signature} RETURNS {returns} LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $function$\n{body}\n$function$;\n"
        f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC;\n{grants}",
        reverse_sql=f"DROP FUNCTION {name}",
    )
