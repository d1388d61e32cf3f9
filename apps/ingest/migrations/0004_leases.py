"""Which ingests live, so that they can divide the devices among themselves. No tenant's."""

from django.db import migrations

from apps.core import rls

LEASE = f"""
CREATE TABLE ingest_lease (
    name text PRIMARY KEY,
    until timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ingest_lease TO {rls.role("ingest")};
"""


class Migration(migrations.Migration):
    dependencies = [("ingest", "0003_clocks")]

    operations = [migrations.RunSQL(LEASE, reverse_sql="DROP TABLE ingest_lease")]
