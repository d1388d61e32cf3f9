"""The endpoints of the original papers, at their addresses: `/data/ingest`, `/data/analyze`, `/data`, `/alert/send`."""

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.alerts.reported import report
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import Invalid, NotFound
from apps.devices.models import Device
from apps.devices.rates import rates_of
from apps.ingest.http.answers import Answer
from apps.ingest.http.continuity import end_of_wave, note_end
from apps.ingest.http.endpoint import DeviceEndpoint
from apps.ingest.http.failures import Unavailable
from apps.ingest.http.forms import AnalyzedForm, CallForm, IngestedForm, ReportedForm, ReportForm
from apps.ingest.http.naming import Calls, boot_of_key
from apps.ingest.http.series import divided, payloads, wave_s
from apps.ingest.http.wearer import ANALYZED, alert_is_on, analyzed, last_readings, read_wearer_of, wearer_of
from apps.ingest.quarantine import CHANNEL
from apps.ingest.wire import decode
from apps.readings.forms import READING_EXAMPLE, ReadingForm

logger = logging.getLogger(__name__)

KEY_HEADER: Final = "Idempotency-Key"
LONGEST_KEY: Final = 255
CALLS: Final = Calls()


class Ingest(DeviceEndpoint):
    http_method_names = ["post"]

    @extend_schema(
        operation_id="data_ingest",
        summary="Store bare numbers",
        description="Numbers or lists of numbers, at the rates of the device's model; the last sample is of the moment "
        "of arrival. They become frames and go the way of all frames. Each call is new, unless it names a key: the "
        "same key again, within 7 days, is the same call, and stored once.",
        tags=["device"],
        parameters=[
            OpenApiParameter(KEY_HEADER, str, OpenApiParameter.HEADER, description="Up to 255 visible characters.")
        ],
        request=CallForm,
        responses=IngestedForm,
    )
    def post(self, request: Request) -> Response:
        form = CallForm(data=request.data)
        form.is_valid(raise_exception=True)
        told = self._stored(form.validated_data, _key(request))
        return Response({"status": told, "alert": self._alert()})

    def _stored(self, call: Mapping[str, Sequence[float]], key: str | None) -> str:
        rates, device_id = rates_of(self.device.model), self.device.device_id
        arrived_s, lasts_s = SYSTEM_CLOCK.now().timestamp(), wave_s(call, rates)
        end_s = end_of_wave(device_id, arrived_s=arrived_s, lasts_s=lasts_s) if lasts_s else arrived_s
        parts = divided(call, rates)
        boot, first_seq = (boot_of_key(key), 0) if key else CALLS.take(device_id, len(parts))
        frames = payloads(parts, end_s=end_s, boot=boot, first_seq=first_seq)
        taken = self.taken(frames)
        if taken.new and lasts_s:
            note_end(device_id, end_s)
        return _status(taken.answer, frames)

    def _alert(self) -> bool | None:
        """What was stored stays stored, even where this cannot be told."""
        try:
            with self.bound():
                now = SYSTEM_CLOCK.now()
                patient = read_wearer_of(self.device, now=now)
                return alert_is_on(patient, now=now) if patient else None
        except Unavailable:
            logger.warning("%s is not told of alerts: the database is away", self.device.uid)
            return None


def _key(request: Request) -> str | None:
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        raise Invalid(f"{KEY_HEADER} has 1 to {LONGEST_KEY} visible characters of ASCII.")
    return key


def _status(answer: Answer, frames: Sequence[bytes]) -> str:
    refused: list[Answer] = answer["quarantined"]
    if not refused:
        return "success"
    lost = {held["index"] for held in refused if not held["reason"].startswith(CHANNEL)}
    kept = any(_holds_something(payload) for index, payload in enumerate(frames) if index not in lost)
    said = "; ".join(dict.fromkeys(f"{held['reason']}: {held['detail']}" for held in refused))
    return f"{'partial' if kept else 'failure'}: {said}"[:500]


def _holds_something(payload: bytes) -> bool:
    frame = decode(payload)
    return bool(frame.waves or frame.values)


class Analyze(DeviceEndpoint):
    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="data_analyze",
        summary="The current values of the patient that the device is on",
        description="Whatever device or computation they come from. Null where one is unknown or too old to be shown.",
        tags=["device"],
        responses=AnalyzedForm,
    )
    def get(self, request: Request) -> Response:
        now = SYSTEM_CLOCK.now()
        with self.bound():
            patient = read_wearer_of(self.device, now=now)
            if patient is None:
                return Response({**dict.fromkeys(ANALYZED), "simulated": False})
            return Response({**analyzed(patient, now=now), "simulated": patient.simulated})


class LastReadings(DeviceEndpoint):
    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="data_last",
        summary="The last ten readings of the patient or machine that the device is on",
        description="Of the last 24 hours, the latest first; none while it is on nobody.",
        tags=["device"],
        responses=ReadingForm(many=True),
        examples=[OpenApiExample("The latest", value=READING_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        now = SYSTEM_CLOCK.now()
        with self.bound():
            patient = read_wearer_of(self.device, now=now)
            return Response(last_readings(patient, now=now) if patient else [])


class SendAlert(DeviceEndpoint):
    http_method_names = ["post"]

    @extend_schema(
        operation_id="alert_send",
        summary="Raise an alert for the patient that the device is on",
        description="What the device says of them: their screens and who is responsible for them see it at once, and a "
        "person ends it. While the same is open from this device, nothing is added. 404 unless the device is on them.",
        tags=["device"],
        request=ReportForm,
        responses=ReportedForm,
    )
    def post(self, request: Request) -> Response:
        form = ReportForm(data=request.data)
        form.is_valid(raise_exception=True)
        wanted, now = form.validated_data["user_id"], SYSTEM_CLOCK.now()
        with self.bound():
            patient = wearer_of(self.device, now=now)
            if patient is None or wanted not in (str(patient.pk), patient.mrn):
                raise NotFound("The device is on no such patient.")
            device = Device.objects.get(pk=self.device.device_id)
            report(device=device, patient=patient, type_name=form.validated_data["alert_type"])
        return Response({"status": "success"})
