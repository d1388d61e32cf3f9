"""A shard stays with the worker that has its state in memory; see docs/decisions/0014-ticks.md."""

from django.db import migrations, models

from apps.core import rls

FORMER = "bodylink_claim_shards(most integer, lease interval)"
CLAIM_SHARDS = """
#variable_conflict use_column
BEGIN
    INSERT INTO ingest_shard (organization_id, number, due_at, state)
    SELECT DISTINCT p.organization_id, p.shard, clock_timestamp(), '{}'::jsonb FROM patients_patient p
    WHERE NOT EXISTS (SELECT FROM ingest_shard s WHERE (s.organization_id, s.number) = (p.organization_id, p.shard))
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    WITH own AS (
        SELECT d.organization_id, d.number FROM ingest_shard d
        WHERE d.keeper = claimant AND d.due_at <= clock_timestamp()
          AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())
        ORDER BY d.due_at LIMIT most FOR UPDATE SKIP LOCKED
    ), taken_up AS (
        SELECT d.organization_id, d.number FROM ingest_shard d
        WHERE d.keeper IS DISTINCT FROM claimant
          AND d.due_at <= clock_timestamp() - CASE WHEN d.keeper IS NULL THEN '0' ELSE patience END
          AND (d.keeper IS NULL OR NOT EXISTS (SELECT FROM own))
          AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())
        ORDER BY d.due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE ingest_shard s SET claimed_until = clock_timestamp() + lease, keeper = claimant
    FROM (SELECT * FROM own UNION ALL SELECT * FROM taken_up) due
    WHERE (s.organization_id, s.number) = (due.organization_id, due.number)
    RETURNING s.organization_id, s.number::smallint, s.claimed_until;
END
"""


class Migration(migrations.Migration):
    dependencies = [("ingest", "0004_leases")]

    operations = [
        migrations.AddField(
            "shard",
            "keeper",
            models.UUIDField(null=True, help_text="The worker that has the state of its signals in memory."),
        ),
        migrations.RunSQL(f"DROP FUNCTION {FORMER}", reverse_sql=migrations.RunSQL.noop),
        rls.definer(
            "bodylink_claim_shards(claimant uuid, most integer, lease interval, patience interval)",
            "TABLE (organization_id uuid, number smallint, claimed_until timestamptz)",
            CLAIM_SHARDS,
        ),
    ]
