"""Merged blocks, retention, and what makes, empties and drops partitions."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from apps.core import rls

# Whose a block is stands in its key; a patient may be unknown, and what was derived is no device's.
BLOCK = """
CREATE TABLE readings_block (
    organization_id uuid NOT NULL,
    patient_id uuid,
    device_id uuid NOT NULL,
    quantity smallint NOT NULL,
    start timestamptz NOT NULL,
    entries integer NOT NULL,
    data bytea NOT NULL
) PARTITION BY RANGE (start);
CREATE UNIQUE INDEX readings_block_of_patient
    ON readings_block (organization_id, patient_id, quantity, start, device_id) NULLS NOT DISTINCT;
CREATE INDEX readings_block_of_device ON readings_block (device_id, start);
ALTER TABLE readings_block ALTER COLUMN data SET STORAGE EXTERNAL;
"""
VALUE_BLOCK = """
CREATE TABLE readings_valueblock (
    organization_id uuid NOT NULL,
    patient_id uuid,
    device_id uuid,
    start timestamptz NOT NULL,
    entries integer NOT NULL,
    codes smallint[] NOT NULL,
    data bytea NOT NULL
) PARTITION BY RANGE (start);
CREATE UNIQUE INDEX readings_valueblock_of_patient
    ON readings_valueblock (organization_id, patient_id, start, device_id) NULLS NOT DISTINCT;
CREATE INDEX readings_valueblock_of_device ON readings_valueblock (device_id, start);
ALTER TABLE readings_valueblock ALTER COLUMN data SET STORAGE EXTERNAL;
"""
# In the order in which a month of one vital is read.
ROLLUP_BLOCK = """
CREATE TABLE readings_rollupblock (
    organization_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    quantity smallint NOT NULL,
    minutes smallint NOT NULL,
    start timestamptz NOT NULL,
    entries integer NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (patient_id, minutes, start, quantity)
);
ALTER TABLE readings_rollupblock ALTER COLUMN data SET STORAGE EXTERNAL;
"""
# What was measured is taken away behind one door only, and never what may still be on its way into a rollup.
_TAKEN_AWAY = """
CREATE POLICY taken_away ON {table} AS RESTRICTIVE FOR DELETE TO {role}
    USING ({door} = 'storage' AND {moment} < now() - interval '1 hour')
"""
# As in the first migration, for the blocks too. What is not there (yet, or any more) is passed over.
MAKE_PARTITIONS = """
DECLARE
    parent text;
    child text;
BEGIN
    IF day < current_date - 1100 OR day > current_date + 8 THEN
        RAISE EXCEPTION 'no partition is made for %', day;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('bodylink_make_partitions'));
    FOREACH parent IN ARRAY
        ARRAY['readings_frame', 'readings_derived', 'readings_block', 'readings_valueblock'] LOOP
        child := parent || '_' || to_char(day, 'YYYYMMDD');
        IF to_regclass(parent) IS NOT NULL AND to_regclass(child) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING STORAGE)', child, parent);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', child);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', child);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child,
                           day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
END
"""
# The caller has no say in what is dropped: only whole days that the organization which keeps them longest wants no
# more. Dropping locks the parent: who cannot have it at once leaves it to the next time, or ingest would queue behind.
DROP_PARTITIONS = """
DECLARE
    waves integer;
    vals integer;
    found record;
BEGIN
    IF most NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION 'between 1 and 100 partitions are dropped at once, not %', most;
    END IF;
    INSERT INTO readings_retention (id, organization_id)
        SELECT gen_random_uuid(), o.id FROM accounts_organization o
        WHERE NOT EXISTS (SELECT FROM readings_retention r WHERE r.organization_id = o.id)
        ON CONFLICT DO NOTHING;
    SELECT max(r.waves_days), max(r.values_days) INTO waves, vals FROM readings_retention r;
    IF waves IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('lock_timeout', '500ms', true);
    FOR found IN
        SELECT c.relname AS child
        FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid
        JOIN (VALUES ('readings_frame', greatest(waves, vals)), ('readings_derived', vals),
                     ('readings_block', waves), ('readings_valueblock', vals)) AS kept (parent, days)
          ON i.inhparent = to_regclass(kept.parent)
        WHERE to_date(right(c.relname, 8), 'YYYYMMDD') < (now() AT TIME ZONE 'UTC')::date - kept.days
        ORDER BY right(c.relname, 8), 1 LIMIT most
    LOOP
        EXECUTE format('DROP TABLE %I', found.child);
        RETURN NEXT found.child::text;
    END LOOP;
END
"""
# Deleting rows gives the room of a table back, once it is vacuumed, but never that of its indexes: they would stay as
# large as the day's frames made them. Rows are looked for by the parent, whose policy lets the owner see them; the
# partition's own lets nobody. A heap that is not vacuumed yet would take long to look through: it has time.
EMPTY_PARTITIONS = """
DECLARE
    found record;
    holds boolean;
    emptied integer := 0;
BEGIN
    PERFORM set_config('lock_timeout', '200ms', true);
    FOR found IN
        SELECT c.relname AS child, p.relname AS parent,
               to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC' AS day
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
        WHERE i.inhparent IN (to_regclass('readings_frame'), to_regclass('readings_derived'))
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < (now() AT TIME ZONE 'UTC')::date
          AND pg_total_relation_size(c.oid) > 1048576 AND pg_relation_size(c.oid) < 16777216
        ORDER BY 1
    LOOP
        EXIT WHEN emptied >= most;
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE t >= $1 AND t < $1 + interval ''1 day'')', found.parent)
            INTO holds USING found.day;
        CONTINUE WHEN holds;
        BEGIN
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', found.child);
        EXCEPTION WHEN lock_not_available THEN
            CONTINUE;
        END;
        -- Once more, now that nothing can come in between.
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE t >= $1 AND t < $1 + interval ''1 day'')', found.parent)
            INTO holds USING found.day;
        CONTINUE WHEN holds;
        EXECUTE format('TRUNCATE %I', found.child);
        emptied := emptied + 1;
        RETURN NEXT found.child::text;
    END LOOP;
END
"""


def _storage(table: str, moment: str, *, privileges: str) -> list[migrations.RunSQL]:
    """The door to a table's deletion."""
    policy = _TAKEN_AWAY.format(table=table, role=rls.role("default"), door=rls.DOOR, moment=moment)
    grant = f"GRANT {privileges} ON {table} TO {rls.role('default')}"
    undo = f"DROP POLICY taken_away ON {table}; REVOKE {privileges} ON {table} FROM {rls.role('default')}"
    return [migrations.RunSQL(f"{policy}; {grant}", reverse_sql=undo)]


def _days(default: int, help_text: str) -> models.PositiveIntegerField:
    bounds = [django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(36500)]
    return models.PositiveIntegerField(db_default=default, default=default, help_text=help_text, validators=bounds)


class Migration(migrations.Migration):
    dependencies = [("readings", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "waves_days",
                    _days(
                        90,
                        "Waves: ECG, pulse wave and the like. About 25 MB a day for each patient who wears a sensor.",
                    ),
                ),
                (
                    "values_days",
                    _days(730, "Single readings, measured and derived. About 2 MB a day for each such patient."),
                ),
                (
                    "rollups_days",
                    _days(3650, "Trends: count, lowest, mean and highest per minute, quarter of an hour and day."),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False, on_delete=django.db.models.deletion.CASCADE, to="accounts.organization"
                    ),
                ),
            ],
            options={
                "verbose_name": "retention",
                "verbose_name_plural": "retention",
                "constraints": [
                    models.UniqueConstraint(fields=("organization",), name="one_retention"),
                    models.CheckConstraint(condition=models.Q(("waves_days__gte", 1)), name="waves_days_at_least_one"),
                    models.CheckConstraint(
                        condition=models.Q(("values_days__gte", 1)), name="values_days_at_least_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rollups_days__gte", 1)), name="rollups_days_at_least_one"
                    ),
                ],
            },
        ),
        rls.guard("readings_retention", app="SELECT, INSERT, UPDATE"),
        migrations.RunSQL(BLOCK, reverse_sql="DROP TABLE readings_block"),
        migrations.RunSQL(VALUE_BLOCK, reverse_sql="DROP TABLE readings_valueblock"),
        migrations.RunSQL(ROLLUP_BLOCK, reverse_sql="DROP TABLE readings_rollupblock"),
        rls.guard("readings_block", app="SELECT, INSERT"),
        rls.guard("readings_valueblock", app="SELECT, INSERT"),
        rls.guard("readings_rollupblock", app="SELECT, INSERT, DELETE"),
        *_storage("readings_frame", "t", privileges="DELETE"),
        *_storage("readings_derived", "t", privileges="DELETE"),
        *_storage("readings_block", "start", privileges="DELETE"),
        *_storage("readings_valueblock", "start", privileges="DELETE"),
        migrations.RunSQL(
            rls.definer("bodylink_make_partitions(day date)", "void", MAKE_PARTITIONS, to=("default", "ingest")).sql,
            reverse_sql=migrations.RunSQL.noop,
        ),
        rls.definer("bodylink_drop_partitions(most integer)", "SETOF text", DROP_PARTITIONS),
        rls.definer("bodylink_empty_partitions(most integer)", "SETOF text", EMPTY_PARTITIONS),
    ]
