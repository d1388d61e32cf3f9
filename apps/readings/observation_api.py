"""`patients/{id}/observations/`: entering by hand, reading what was entered, marking what was entered in error."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.endpoint import Endpoint
from apps.core.errors import Invalid
from apps.patients.endpoint import PatientListEndpoint
from apps.readings.observation_forms import EntryForm, InErrorForm, ObservationForm, ObservationsForm
from apps.readings.observed import entries_of, entry_json, names_of_people, observation_json
from apps.readings.observing import mark_in_error, observe

KEY_HEADER = "Idempotency-Key"
KEY_LENGTH = 100


class Observations(PatientListEndpoint):
    ordering = ("-at", "-id")

    @extend_schema(
        operation_id="observations_list",
        summary="What was entered by hand, the latest first",
        description="What was entered in error is included, and says so; `readings/` leaves it out.",
        tags=["measurements"],
        responses=EntryForm(many=True),
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        self.query()
        patient = self.patient(patient_id)
        paginator = self.pagination_class()
        page: list[Any] = list(paginator.paginate_queryset(entries_of(patient), request, view=self) or [])
        names = names_of_people(entry.entered_by for entry in page)
        return paginator.get_paginated_response(
            [entry_json(entry, names, simulated=patient.simulated) for entry in page]
        )

    @extend_schema(
        operation_id="observations_enter",
        summary="Enter by hand what was seen or measured",
        description="Clinicians enter anything the register takes by hand, patients their own weight, glucose "
        "and pain, and what they ate, drank and injected, at the time it began. All of an entry is of one moment, and "
        "all of it is taken or none.",
        tags=["measurements"],
        parameters=[
            OpenApiParameter(
                KEY_HEADER,
                str,
                OpenApiParameter.HEADER,
                description="Up to 100 characters of your own making. Sent again with the same body, the answer is the "
                "first entry and nothing is entered twice; with another body it is a conflict (409).",
            )
        ],
        request=ObservationsForm,
        responses={201: EntryForm},
    )
    def post(self, request: Request, patient_id: UUID) -> Response:
        form = ObservationsForm(data=request.data)
        form.is_valid(raise_exception=True)
        entry = observe(
            actor=self.actor,
            patient_id=patient_id,
            given=form.validated_data["given"],
            at=form.validated_data.get("at"),
            key=_key(request),
        )
        names = names_of_people([entry.entered_by])
        return Response(entry_json(entry, names, simulated=entry.patient.simulated), status=201)


class EnteredInError(Endpoint):
    @extend_schema(
        operation_id="observations_mark_in_error",
        summary="Say that an observation was entered in error",
        description="It stays to be read with the reason, and counts for nothing any more. 409 if it is marked.",
        tags=["measurements"],
        request=InErrorForm,
        responses=ObservationForm,
    )
    def post(self, request: Request, patient_id: UUID, observation_id: UUID) -> Response:
        form = InErrorForm(data=request.data)
        form.is_valid(raise_exception=True)
        marked = mark_in_error(
            actor=self.actor, patient_id=patient_id, observation_id=observation_id, **form.validated_data
        )
        return Response(observation_json(marked))


def _key(request: Request) -> str | None:
    key = request.headers.get(KEY_HEADER)
    if key is not None and not (key.isprintable() and 1 <= len(key) <= KEY_LENGTH):
        raise Invalid("The Idempotency-Key is not acceptable.", fields={KEY_HEADER: ["1 to 100 characters."]})
    return key
