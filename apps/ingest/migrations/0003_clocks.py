"""By how much the clocks of devices are off."""

from django.db import migrations

from apps.core import rls

CLOCK = """
CREATE TABLE ingest_clock (
    organization_id uuid NOT NULL,
    device_id uuid NOT NULL,
    boot text NOT NULL,
    from_seq bigint NOT NULL,
    offset_s double precision NOT NULL,
    spread_s double precision NOT NULL,
    known_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (device_id, boot, from_seq)
);
CREATE INDEX ingest_clock_latest ON ingest_clock (device_id, known_at);
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON ingest_clock
    FOR EACH ROW EXECUTE FUNCTION bodylink_tell_device('device_id');
CREATE INDEX ingest_quarantined_clock ON ingest_quarantined (device_id) WHERE reason = 'clock';
"""


class Migration(migrations.Migration):
    dependencies = [("ingest", "0002_replay_of_the_quarantine"), ("devices", "0002_changes_are_told")]

    operations = [
        migrations.RunSQL(CLOCK, reverse_sql="DROP INDEX ingest_quarantined_clock; DROP TABLE ingest_clock"),
        rls.guard("ingest_clock", app="SELECT", ingest="SELECT, INSERT, UPDATE"),
    ]
