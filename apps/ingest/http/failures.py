"""What a device is told when its request cannot be carried out, beside the problems that every endpoint knows."""

from rest_framework import exceptions


class Unavailable(exceptions.APIException):
    """The database is away or busy. Nothing was confirmed: the device keeps what it sent, and comes again."""

    status_code = 503
    default_code = "unavailable"
    default_detail = "Frames cannot be stored at the moment. Keep them and send them again."
    wait = 5
    """Seconds, in the header Retry-After."""


class TooMany(exceptions.APIException):
    status_code = 413
    default_code = "too-large"
