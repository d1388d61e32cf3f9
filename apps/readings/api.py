"""`patients/{id}/vitals/`, `…/readings/` and `…/waveforms/`: what is measured of a patient."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from apps.core import keyset
from apps.core.clock import SYSTEM_CLOCK
from apps.core.instants import exact_utc_text, utc_text
from apps.patients.endpoint import PatientEndpoint
from apps.patients.models import Patient
from apps.readings.forms import VALUE_CODES, ReadingsForm, VitalsForm, WaveformForm
from apps.readings.quantities import REGISTER
from apps.readings.queries import ReadingsQuery, WaveformsQuery
from apps.readings.selectors import RESOLUTIONS, Bucket, RawReading, Vital, raw_readings, trend, vitals_of, waveform
from apps.readings.selectors.wave_piece import json_list

KEY_PARTS = 2


class Vitals(PatientEndpoint):
    @extend_schema(
        operation_id="vitals_read",
        summary="The current value of each quantity, with its age",
        description="The ETag is weak: it stays while no value and no state changes, though ages grow.",
        tags=["measurements"],
        responses=VitalsForm,
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        self.query()
        patient = self.patient(patient_id)
        now = SYSTEM_CLOCK.now()
        vitals = vitals_of([patient.pk], now=now)[patient.pk]
        body = {"patient": patient.pk, "at": utc_text(now), "simulated": patient.simulated, "vitals": vitals}
        return Response(body, headers={"ETag": _vitals_tag(patient, vitals)})


def _vitals_tag(patient: Patient, vitals: list[Vital]) -> str:
    """Of all but the ages, which change with every look."""
    seen = [patient.pk, patient.simulated, *({**vital, "age_s": None} for vital in vitals)]
    return f'W/"{sha256(msgspec.json.encode(seen)).hexdigest()[:32]}"'


class Readings(PatientEndpoint):
    query_form = ReadingsQuery

    @extend_schema(
        operation_id="readings_list",
        summary="Readings of a stretch of time, single or rolled up",
        description="Oldest first: 1,000 single readings a page, or 5,000 rollups.",
        tags=["measurements"],
        parameters=[ReadingsQuery],
        responses=ReadingsForm,
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        query = self.query()
        patient = self.patient(patient_id)
        codes, start, end = query.get("code", VALUE_CODES), query["start"], query["end"]
        cursor = keyset.parse_cursor(query["cursor"], parts=KEY_PARTS) if "cursor" in query else None
        page: keyset.Page[Any]
        results: list[_Rollup] | list[_Reading]
        if "resolution" in query:
            minutes = RESOLUTIONS[query["resolution"]]
            page = trend(patient.pk, codes=codes, minutes=minutes, start=start, end=end, cursor=cursor)
            results = [_rollup(bucket) for bucket in page.rows]
        else:
            page = raw_readings(patient.pk, codes=codes, start=start, end=end, cursor=cursor)
            results = [_reading(reading) for reading in page.rows]
        base = _pinned(request, exact_utc_text(start), exact_utc_text(end))
        return Response(
            {
                "next": _link(base, page.next),
                "previous": _link(base, page.previous),
                "simulated": patient.simulated,
                "results": results,
            }
        )


class _Reading(msgspec.Struct, gc=False):
    code: str
    value: float
    unit: str
    at: str
    origin: str
    quality: float
    device: str | None


class _Rollup(msgspec.Struct, gc=False):
    code: str
    start: str
    count: int
    min: float
    mean: float
    max: float


def _reading(reading: RawReading) -> _Reading:
    return _Reading(
        code=reading.code,
        value=reading.value,
        unit=reading.unit,
        at=utc_text(reading.at),
        origin=reading.origin,
        quality=reading.quality,
        device=reading.device,
    )


def _rollup(bucket: Bucket) -> _Rollup:
    return _Rollup(
        code=bucket.code,
        start=utc_text(bucket.start),
        count=bucket.count,
        min=bucket.minimum,
        mean=bucket.mean,
        max=bucket.maximum,
    )


def _pinned(request: Request, start: str, end: str) -> str:
    """The request's address with the stretch of time written out: "now" must not move from page to page."""
    address = replace_query_param(request.build_absolute_uri(), "start", start)
    return replace_query_param(address, "end", end)


def _link(base: str, cursor: keyset.Cursor | None) -> str | None:
    return replace_query_param(base, "cursor", str(cursor)) if cursor else None


class Waveforms(PatientEndpoint):
    query_form = WaveformsQuery

    @extend_schema(
        operation_id="waveforms_read",
        summary="A wave in physical values",
        description="At most an hour. What is missing lies between two segments; no segment bridges a gap.",
        tags=["measurements"],
        parameters=[WaveformsQuery],
        responses=WaveformForm,
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        query = self.query()
        patient = self.patient(patient_id)
        segments = waveform(patient.pk, channel=query["channel"], start=query["start"], end=query["end"])
        return Response(
            {
                "channel": query["channel"],
                "unit": REGISTER[query["channel"]].unit,
                "simulated": patient.simulated,
                "segments": [_segment(segment) for segment in segments],
            }
        )


def _segment(segment: Any) -> dict[str, Any]:
    return {
        "start": exact_utc_text(segment.start),
        "rate_hz": segment.rate_hz,
        "origin": segment.origin,
        "device": segment.device,
        "samples": json_list(segment.pieces),
    }
