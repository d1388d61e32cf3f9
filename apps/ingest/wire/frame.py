"""What a frame is once it has been read, and what can be wrong with one."""

import reprlib
from dataclasses import dataclass
from typing import NamedTuple

from apps.readings.waves import Wave

MAX_FRAME_BYTES = 256 * 1024
MAX_DURATION_S = 60.0
MAX_CHANNELS = 32
MAX_RATE_HZ = 20_000.0
MAX_SEQ = 2**53 - 1
MAX_FLAGS = 16
MAX_KEYS = 16
MAX_DEPTH = 16

FRAME_REASONS = frozenset(
    {
        "empty",  # no bytes
        "size",  # more than 256 kB
        "format",  # the first byte begins neither a JSON object nor a CBOR map
        "json",  # not JSON
        "cbor",  # not CBOR, or of indefinite length, or with keys that are not text
        "tag",  # a CBOR tag other than those of typed arrays
        "nesting",  # deeper than any frame
        "duplicate_key",
        "keys",  # more than 16 keys in the envelope
        "boot",
        "seq",
        "oldest",
        "time",  # t
        "node",
        "channels",  # more than 32
    }
)
CHANNEL_REASONS = frozenset(
    {
        "unknown_quantity",
        "form",  # a wave among the values, or a value among the waves
        "type",
        "key",  # a key that the contract does not have
        "unit",
        "rate",
        "scale",  # scale or offset
        "empty",  # a wave without samples
        "not_finite",
        "range",  # physically impossible, or counts that do not fit 32 bits
        "duration",  # more than 60 s
    }
)


class WireError(Exception):
    """The frame cannot be taken at all. `reason` is one of FRAME_REASONS; `detail` is one printable line."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class ChannelFault(NamedTuple):
    """One channel (or `battery`, `flags`, an unknown key) that was left out. `reason` is one of CHANNEL_REASONS."""

    code: str
    reason: str
    detail: str


class Identity(NamedTuple):
    """Which frame it is: with the device of the topic (or the node), for ever."""

    boot: str
    seq: int
    node: str | None


@dataclass(frozen=True, slots=True)
class Battery:
    mv: int | None = None
    percent: float | None = None
    charging: bool | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as the device meant it.

    `t` is the time of the first sample by the device's clock, epoch seconds UTC, not yet judged: it may be of 1970.
    `oldest` is the lowest seq that the device still holds, None if it did not say. `duration_s` is that of the longest
    wave, 0.0 without one. `waves` and `values` are in the units of the register. `node` is the uid of the node for
    which a hub speaks. `faults` lists what was left out.
    """

    boot: str
    seq: int
    oldest: int | None
    t: float
    duration_s: float
    waves: tuple[Wave, ...]
    values: dict[str, float]
    battery: Battery | None
    flags: tuple[str, ...]
    node: str | None
    faults: tuple[ChannelFault, ...]

    @property
    def identity(self) -> Identity:
        return Identity(self.boot, self.seq, self.node)


_shortener = reprlib.Repr()
_shortener.maxstring = _shortener.maxother = _shortener.maxlong = 40
_shortener.maxlevel = 2


def shown(value: object) -> str:
    """`value` for a detail: one short line without control characters, whatever a device sent."""
    return _shortener.repr(value)


def one_line(error: Exception) -> str:
    """The message of a parser's error, which may quote the payload, fit for a detail."""
    return repr(str(error))[1:-1][:160]
