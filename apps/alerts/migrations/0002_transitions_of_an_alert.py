"""An index by alert, in order: the last transition of each open alert is asked for, and PostgreSQL would else look for
it from the end of all of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]

    operations = [
        migrations.AlterField(
            "alerttransition",
            "alert",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="transitions",
                to="alerts.alert",
            ),
        ),
        migrations.AddIndex("alerttransition", models.Index(fields=["alert", "id"], name="alert_transitions")),
    ]
