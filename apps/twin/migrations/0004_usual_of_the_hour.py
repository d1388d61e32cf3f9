from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("twin", "0003_refits"),
    ]

    operations = [
        migrations.AlterField(
            model_name="twinensemble",
            name="usual",
            field=models.JSONField(
                default=dict, help_text="What is usual for the person at this hour (apps.twin.usual)."
            ),
        ),
        migrations.AddField(
            model_name="twinensemble",
            name="apart",
            field=models.JSONField(default=list, help_text="The vitals that do not go together as usual, if any."),
        ),
        migrations.AddField(
            model_name="twinensemble",
            name="apart_at",
            field=models.DateTimeField(null=True),
        ),
        # What was kept before has another form; it is told anew by the next analysis.
        migrations.RunSQL("UPDATE twin_twinensemble SET usual = '{}'::jsonb, usual_at = NULL", migrations.RunSQL.noop),
    ]
