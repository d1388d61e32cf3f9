"""What the endpoints of devices have in common: who asks, no transaction around them, a body of bounded size."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import InterfaceError, OperationalError, transaction
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.endpoint import NoParameters
from apps.core.clock import SYSTEM_CLOCK
from apps.core.problems import TooLarge
from apps.core.serializers import checked_query
from apps.core.tenancy import bind
from apps.devices.basic import KnownDevice
from apps.ingest.arrival import Arrival
from apps.ingest.heartbeat import HTTP, beat
from apps.ingest.http.answers import Answer, answer
from apps.ingest.http.authentication import DeviceAuthentication, DeviceCaller, IsDevice
from apps.ingest.http.bodies import MAX_BODY_BYTES
from apps.ingest.http.door import DOOR
from apps.ingest.http.failures import Unavailable
from apps.ingest.ledger import Boots
from apps.ingest.pipeline import Intake
from apps.ingest.salvage import take_salvaging
from apps.ingest.statuses import Statuses

BEAT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Taken:
    """How many frames were new, and what the device is to be told."""

    new: int
    answer: Answer


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class DeviceEndpoint(APIView):
    """The application's transaction is no part of taking frames: ingest's role commits them, and then it is said."""

    authentication_classes = [DeviceAuthentication]
    permission_classes = [IsDevice]

    @property
    def device(self) -> KnownDevice:
        caller = self.request.user
        assert isinstance(caller, DeviceCaller)  # noqa: S101 - the permission IsDevice has made sure
        return caller.device

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        checked_query(request.query_params, NoParameters)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(response, no_store=True)
        return response

    def whole_body(self) -> bytes:
        """Raises TooLarge without reading more than is allowed, whatever Content-Length says."""
        encoding = self.request.headers.get("Content-Encoding", "identity")
        if encoding != "identity":
            raise UnsupportedMediaType(encoding, "Bodies are taken as they are, without Content-Encoding.")
        body: bytes = self.request._request.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge(f"A request has {MAX_BODY_BYTES // 2**20} MiB at most.")
        return body

    def taken(self, payloads: Sequence[bytes]) -> Taken:
        """Take frames of the device, and what it is to be told of them once they are committed."""
        now, device = SYSTEM_CLOCK.now(), self.device
        arrivals = [Arrival(device.uid, self.request.path, payload, now) for payload in payloads]

        def take(intake: Intake) -> Taken:
            # This process may not see the device again: how it is is written with each request, and what is known of
            # its boots is the ledger's to say.
            intake.statuses, intake.boots = Statuses(), Boots()
            new = take_salvaging(arrivals, intake)
            intake.statuses.write_if_due(intake.connection)
            return Taken(new, answer(intake.connection, device.device_id, device.uid, arrivals))

        taken = DOOR.through(take)
        PULSE.beat((SYSTEM_CLOCK.now() - now).total_seconds())
        return taken

    @contextmanager
    def bound(self) -> Iterator[None]:
        """A transaction as the application's role, bound to the device's organization. Raises Unavailable."""
        try:
            with bind(self.device.organization_id):
                yield
        except (OperationalError, InterfaceError) as error:
            raise Unavailable("The database is away at the moment. Come again.") from error


class _Pulse:
    """This process's signs of life, at most one every other second, while devices come."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._beaten_at = float("-inf")
        self._lock = threading.Lock()

    def beat(self, lag_s: float) -> None:
        with self._lock:
            if self._monotonic() - self._beaten_at < BEAT_S:
                return
            self._beaten_at = self._monotonic()
        beat(f"{socket.gethostname()}-{os.getpid()}", connected=True, lag_s=lag_s, door=HTTP)


PULSE: Final = _Pulse()
