"""`POST /api/v1/frames/`: the frames of MQTT, one or many, and the acknowledgement as the answer."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.ingest.http.bodies import CBOR, JSON, MAX_BODY_BYTES, MAX_FRAMES, NDJSON, divide
from apps.ingest.http.endpoint import DeviceEndpoint
from apps.ingest.http.forms import FrameForm, TakenForm


class Frames(DeviceEndpoint):
    http_method_names = ["post"]

    @extend_schema(
        operation_id="frames_take",
        summary="Store frames",
        description=f"One frame, or up to {MAX_FRAMES} in {MAX_BODY_BYTES // 2**20} MiB: a JSON array, a line each, or "
        "CBOR as an array or one after another. The answer comes after the commit: what `acknowledged` covers may be "
        "forgotten, everything else is to be kept and sent again. A frame that comes twice, by whatever way, is stored "
        "once. A hub sends its nodes' frames with `node`.",
        tags=["device"],
        request={JSON: FrameForm, NDJSON: OpenApiTypes.STR, CBOR: OpenApiTypes.BINARY},
        responses=TakenForm,
    )
    def post(self, request: Request) -> Response:
        media_type = request._request.content_type or ""
        return Response(self.taken(divide(self.whole_body(), media_type)).answer)
