"""`patients/` and `patients/{id}/`: who is there. What is measured of them is apps.readings'."""

from uuid import UUID

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Lower
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.actor import Actor
from apps.accounts.endpoint import Endpoint, ListEndpoint, must_reach
from apps.accounts.policy import Reach
from apps.patients.endpoint import DOOR
from apps.patients.forms import PatientForm, PatientsQuery, PatientWriteForm
from apps.patients.models import Patient
from apps.patients.selectors import listed_patient, listed_patients
from apps.patients.services import admit_as, correct_as


def is_pseudonymous(actor: Actor) -> bool:
    return actor.grant.identity is Reach.NONE


def _sorted(patients: "QuerySet[Patient]", *, pseudonymous: bool) -> "QuerySet[Patient]":
    """With a unique `sort_key`, by which a cursor can find its place. A pseudonym's order tells nothing of a name."""
    if pseudonymous:
        return patients.annotate(sort_key=F("pseudonym"))
    parts = ("family_name", Value(" "), "given_name", Value(" "), Cast("pk", TextField()))
    names = Lower(Concat(*parts, output_field=TextField()))
    return patients.annotate(sort_key=names)


class Patients(ListEndpoint):
    ordering = ("sort_key",)
    query_form = PatientsQuery

    @extend_schema(
        operation_id="patients_list",
        summary="The patients you may know of",
        description="A patient: oneself. A caregiver: who shared with them. A clinician: own units, and those behind "
        "glass they broke. A manager: the roster. A technician: all, by bed and pseudonym.",
        tags=["patients"],
        parameters=[PatientsQuery],
        responses=PatientForm(many=True),
    )
    def get(self, request: Request) -> Response:
        query = self.query()
        pseudonymous = is_pseudonymous(self.actor)
        if not self.actor.grant.pseudonyms:
            must_reach(self.actor.grant.identity)
        patients = listed_patients(self.actor)
        if "unit" in query:
            patients = patients.filter(unit_id=query["unit"])
        return self.page(_sorted(patients, pseudonymous=pseudonymous), PatientForm, pseudonymous=pseudonymous)

    @extend_schema(
        operation_id="patients_admit",
        summary="Admit a patient",
        description="For clinicians (into a unit of theirs) and managers.",
        tags=["patients"],
        request=PatientWriteForm,
        responses={201: PatientForm},
    )
    def post(self, request: Request) -> Response:
        form = PatientWriteForm(data=request.data)
        form.is_valid(raise_exception=True)
        patient = admit_as(actor=self.actor, **form.validated_data)
        where = {"Location": f"{request.path}{patient.pk}/"}
        return Response(PatientForm(patient, context={"pseudonymous": False}).data, status=201, headers=where)


class PatientDetail(Endpoint):
    @extend_schema(operation_id="patients_read", summary="One patient", tags=["patients"], responses=PatientForm)
    def get(self, request: Request, patient_id: UUID) -> Response:
        self.query()
        patient = listed_patient(self.actor, patient_id, door=DOOR)
        return Response(PatientForm(patient, context={"pseudonymous": is_pseudonymous(self.actor)}).data)

    @extend_schema(
        operation_id="patients_correct",
        summary="Correct a patient's own fields",
        description="Only what is sent changes. For clinicians and managers.",
        tags=["patients"],
        request=PatientWriteForm(partial=True),
        responses=PatientForm,
    )
    def patch(self, request: Request, patient_id: UUID) -> Response:
        form = PatientWriteForm(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        patient = correct_as(actor=self.actor, patient_id=patient_id, changes=form.validated_data)
        return Response(PatientForm(patient, context={"pseudonymous": False}).data)
