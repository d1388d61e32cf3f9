"""How these endpoints know their caller: a device, by HTTP Basic with the credentials that open the broker."""

import binascii
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.devices.basic import KnownDevice, known_device
from apps.ingest.http.door import DOOR

LONGEST_HEADER = 1024


@dataclass(frozen=True, slots=True)
class DeviceCaller:
    """What stands where a person would: it is signed in, and is no user."""

    device: KnownDevice
    is_authenticated: bool = True


class DeviceAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[DeviceCaller, None] | None:
        """Asked of the database anew with every request: a secret that was revoked opens nothing from then on."""
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        given = _given(header)
        device = DOOR.through(lambda intake: known_device(intake.connection, *given)) if given else None
        if device is None:
            raise AuthenticationFailed("The device is not known, or its secret is not good (any longer).")
        return DeviceCaller(device), None

    def authenticate_header(self, request: Request) -> str:
        return 'Basic realm="BodyLink device", charset="UTF-8"'


def _given(header: str) -> tuple[str, str] | None:
    """Uid and secret of a header, None where it is none of RFC 7617."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > LONGEST_HEADER:
        return None
    try:
        uid, colon, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (uid, secret) if colon else None


class IsDevice(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, DeviceCaller)


class DeviceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document says who is asking."""

    target_class = "apps.ingest.http.authentication.DeviceAuthentication"
    name = "device"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "basic",
            "description": "For devices: the uid, and one of the secrets that open the broker.",
        }
