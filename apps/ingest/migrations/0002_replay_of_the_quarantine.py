"""What a replay of the quarantine goes by, and what ingest by HTTP leaves in the ledger and may forget."""

import django.contrib.postgres.fields
from django.db import migrations, models

from apps.core import rls

# Only boots that stand for calls to `/data/ingest` (apps/ingest/http/naming.py): those of devices are kept for ever.
FORGET_CALLS = """
DECLARE
    forgotten integer;
BEGIN
    IF before > clock_timestamp() - interval '1 day' THEN
        RAISE EXCEPTION 'calls are remembered for a day at least';
    END IF;
    DELETE FROM ingest_ledger WHERE (device_id, boot) IN (
        SELECT device_id, boot FROM ingest_ledger
        WHERE boot LIKE 'data-ingest-%' AND last_at < before LIMIT most);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
"""


class Migration(migrations.Migration):
    dependencies = [("ingest", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="quarantined",
            name="stands_in",
            field=models.BooleanField(
                db_default=False,
                help_text="It holds what the ledger counts as received, and what is stored nowhere else.",
            ),
        ),
        migrations.AddField(
            model_name="quarantined",
            name="channels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                db_default=[],
                help_text="Those that were left out of the frame.",
                size=None,
            ),
        ),
        migrations.RunSQL(
            f"GRANT DELETE ON ingest_quarantined TO {rls.role('ingest')}",
            reverse_sql=f"REVOKE DELETE ON ingest_quarantined FROM {rls.role('ingest')}",
        ),
        # The page of ingest's health sums up what was given up; few boots have given anything up.
        migrations.RunSQL(
            "CREATE INDEX ingest_ledger_given_up ON ingest_ledger (organization_id) WHERE given_up > 0",
            reverse_sql="DROP INDEX ingest_ledger_given_up",
        ),
        rls.definer(
            "bodylink_forget_calls(before timestamptz, most integer)",
            "integer",
            FORGET_CALLS,
        ),
    ]
