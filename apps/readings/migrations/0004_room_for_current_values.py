"""Current values are written anew every second: with room on the page PostgreSQL puts the new row beside the old one
and leaves the indexes alone (heap-only tuples)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("readings", "0003_observations")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE readings_currentvalue SET (fillfactor = 50)",
            reverse_sql="ALTER TABLE readings_currentvalue RESET (fillfactor)",
        )
    ]
