"""The patient as the API shows and takes it (DESIGN: `patient`)."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from apps.core.serializers import Number, StrictSerializer, Text
from apps.patients.models import Patient, Sex

EXAMPLE = {
    "id": "3f0e8f2a-52b0-4d8e-9d7b-2c7f5b1f7a01",
    "mrn": "1001",
    "given_name": "Alice",
    "family_name": "Northgate",
    "birth_date": "1991-02-03",
    "sex": "female",
    "height_cm": 170.0,
    "mass_kg": 64.0,
    "unit": "5f0c3a3e-8d62-4c6b-9a2e-1d5a4b7c9e10",
    "bed": "4",
    "simulated": False,
}
IDENTITY = ("mrn", "given_name", "family_name", "birth_date", "sex", "height_cm", "mass_kg")
PSEUDONYMOUS_EXAMPLE = {**EXAMPLE, **dict.fromkeys(IDENTITY), "pseudonym": "P-7KQ2MX"}
WRITE_EXAMPLE = {name: value for name, value in EXAMPLE.items() if name not in ("id", "simulated")}
OLDEST_BIRTH = date(1850, 1, 1)


@extend_schema_serializer(
    examples=[
        OpenApiExample("A patient", value=EXAMPLE),
        OpenApiExample("As a technician sees them: bed and pseudonym", value=PSEUDONYMOUS_EXAMPLE),
    ]
)
class PatientForm(serializers.Serializer[Patient]):
    """`pseudonym` stands only where the name may not be seen; all that would identify the person is null then."""

    id = serializers.UUIDField()
    mrn = serializers.CharField(allow_null=True, help_text="The organization's own number for them.")
    given_name = serializers.CharField(allow_null=True)
    family_name = serializers.CharField(allow_null=True)
    birth_date = serializers.DateField(allow_null=True)
    sex = serializers.ChoiceField(Sex.choices, allow_null=True, help_text="FHIR AdministrativeGender.")
    height_cm = serializers.FloatField(allow_null=True)
    mass_kg = serializers.FloatField(allow_null=True)
    unit = serializers.UUIDField(source="unit_id")
    bed = serializers.CharField()
    simulated = serializers.BooleanField(help_text="Not a person: a body that the simulator drives.")
    pseudonym = serializers.CharField(required=False)

    def to_representation(self, instance: Patient) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if self.context["pseudonymous"]:
            return {**shown, **dict.fromkeys(IDENTITY)}
        del shown["pseudonym"]
        return shown


@extend_schema_serializer(examples=[OpenApiExample("A new patient", value=WRITE_EXAMPLE)])
class PatientWriteForm(StrictSerializer):
    mrn = Text(max_length=40, help_text="The organization's own number for them, unique within it.")
    given_name = Text(max_length=80)
    family_name = Text(max_length=80)
    birth_date = serializers.DateField(required=False, allow_null=True)
    sex = serializers.ChoiceField(Sex.choices, required=False)
    height_cm = Number(min_value=20, max_value=280, required=False, allow_null=True)
    mass_kg = Number(min_value=0.2, max_value=650, required=False, allow_null=True)
    unit = serializers.UUIDField(source="unit_id", help_text="One of `units/`.")
    bed = Text(max_length=20, required=False, allow_blank=True)

    def validate_birth_date(self, value: date | None) -> date | None:
        if value is not None and not OLDEST_BIRTH <= value <= timezone.now().date():
            raise serializers.ValidationError("Nobody alive was born that day.")
        return value


class PatientsQuery(StrictSerializer):
    unit = serializers.UUIDField(required=False, help_text="Only the patients of this unit.")
