"""Health of what lies beneath every app: the database, its migrations, row-level security, Redis."""

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor

from apps.core.health import Health, register

# Readable before anybody is known, because they say nothing of any tenant.
_UNGUARDED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id')
ORDER BY 1
"""
_OPEN_PARTITIONS = """
SELECT c.relname FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
WHERE has_table_privilege(current_user, c.oid, 'SELECT') AND c.relkind = 'r'
"""
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id')
"""


@register("database")
def database_answers() -> Health:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return Health(ok=True, detail=f"PostgreSQL {cursor.fetchone()[0]}")


@register("migrations")
def migrations_are_applied() -> Health:
    executor = MigrationExecutor(connection)
    missing = [migration.name for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    return Health(ok=not missing, detail=f"{len(missing)} to apply: {missing[0]}" if missing else "all applied")


@register("role")
def role_is_bound_by_policies() -> Health:
    """Whether the application's role is one whom row-level security binds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        superuser, bypasses = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        (owned,) = cursor.fetchone()
    name = settings.DATABASE_ROLES["default"]
    if superuser or bypasses or owned:
        return Health(ok=False, detail=f"{name} is a superuser, bypasses policies or owns tables: isolation is off")
    return Health(ok=True, detail=f"{name}: no superuser, no owner")


@register("row_level_security")
def row_level_security_is_on() -> Health:
    """Enabled and forced on every tenant's table, closed at every partition, and empty without a tenant."""
    with connection.cursor() as cursor:
        cursor.execute(_UNGUARDED)
        unguarded = [row[0] for row in cursor.fetchall()]
        cursor.execute(_OPEN_PARTITIONS)
        unguarded += [row[0] for row in cursor.fetchall()]
        cursor.execute(_TABLES)
        tables = [row[0] for row in cursor.fetchall()]
        leaking = [table for table in tables if _has_a_row(cursor, table)]
    if unguarded or leaking:
        return Health(ok=False, detail=f"unguarded: {', '.join(unguarded + leaking)}")
    return Health(ok=True, detail=f"{len(tables)} tables enabled, forced and empty without a tenant")


def _has_a_row(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')  # noqa: S608
    return bool(cursor.fetchone()[0])


@register("redis")
def redis_answers() -> Health:
    cache.set("doctor", "well", timeout=5)
    return Health(ok=cache.get("doctor") == "well", detail="writes and reads")
