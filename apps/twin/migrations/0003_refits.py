import uuid

import django.db.models.deletion
from django.db import migrations, models

from apps.core import rls


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sign_in_tables"),
        ("patients", "0001_initial"),
        ("twin", "0002_ensembles"),
    ]

    operations = [
        migrations.CreateModel(
            name="TwinRefit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("night", models.DateField(help_text="The morning after, by the organization's calendar.")),
                ("claimed_until", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("since", models.DateTimeField(null=True)),
                ("judged_from", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("readings", models.PositiveIntegerField(default=0)),
                ("evidence_before", models.FloatField(null=True, help_text="Mean log score of a reading, nat.")),
                ("evidence_after", models.FloatField(null=True)),
                ("error", models.FloatField(null=True, help_text="Standard error of what was gained.")),
                ("taken", models.BooleanField(default=False)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("changes", models.JSONField(default=list, help_text="Of what is learned: name, unit, before, after.")),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False, on_delete=django.db.models.deletion.CASCADE, to="accounts.organization"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "patient", "night"), name="one_twin_refit")
                ],
            },
        ),
        rls.guard("twin_twinrefit"),
        rls.reference("twin_twinrefit", "patient_id", "patients_patient"),
    ]
