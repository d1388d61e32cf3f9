"""How the readers of one channel say that it is bad; who reads the frame makes a ChannelFault of it."""

import math

from apps.ingest.wire.frame import shown


class ChannelError(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def finite_number(raw: object, name: str) -> float:
    """`raw` as a finite float; booleans are no numbers. Raises ChannelError."""
    if type(raw) is not float and type(raw) is not int:
        raise ChannelError("type", f"{name} is a number, not {shown(raw)}")
    try:
        number = float(raw)
    except OverflowError:
        raise ChannelError("range", f"{name} is {shown(raw)}") from None
    if not math.isfinite(number):
        raise ChannelError("not_finite", f"{name} is {number}")
    return number
