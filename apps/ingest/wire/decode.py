"""The contract of a frame, in one place. JSON or CBOR (RFC 8949) with the same keys; the first byte tells which.

    boot      text [A-Za-z0-9_-]{1,32}, drawn anew at each start of the device
    seq       integer 0 to 2^53-1, counts from 0 within a boot
    oldest    integer 0 to seq, optional: the lowest seq that the device still holds (it holds this one)
    t         number: time of the first sample by the device's clock, epoch seconds UTC. 1970 and the far future are
              read, up to the year 9999; beyond it are milliseconds taken for seconds
    waves     {code: {"rate", "unit", "scale", "offset", "samples"}}; scale is 1 and offset 0 where they are left out
    values    {code: number in the unit of the register}
    battery   {"mv", "percent", "charging"}, each optional
    flags     list of up to 16 texts [a-z0-9_]{1,32}
    node      text [a-z0-9-]{4,32}, optional: a hub names the node whose frame it is

Null stands for "left out" in the optional keys of the envelope. 256 kB (of 1,024 bytes), 16 keys, 32 channels (waves
and values together) and 60 s a wave at most. CBOR of definite lengths, with no tags but those of typed arrays
(RFC 8746, 64-87; whole-number floats are taken, 128-bit floats and the reserved 76 are not), text keys, none twice,
nothing behind it.

A bad envelope loses the frame: WireError. A bad channel, battery or flag and an unknown key become a ChannelFault,
and the rest is taken.
"""

import re
from typing import Any

from apps.ingest.wire.channels import read_value, read_wave
from apps.ingest.wire.fault import ChannelError, finite_number
from apps.ingest.wire.frame import (
    MAX_CHANNELS,
    MAX_FLAGS,
    MAX_FRAME_BYTES,
    MAX_KEYS,
    MAX_SEQ,
    Battery,
    ChannelFault,
    Frame,
    Identity,
    WireError,
    shown,
)
from apps.ingest.wire.parse import Tree, parse, parse_forgiving
from apps.readings.waves import Wave

_KEYS = frozenset({"boot", "seq", "oldest", "t", "waves", "values", "battery", "flags", "node"})
_BATTERY_KEYS = frozenset({"mv", "percent", "charging"})
_BOOT = re.compile(r"[A-Za-z0-9_-]{1,32}")
_NODE = re.compile(r"[a-z0-9-]{4,32}")
_FLAG = re.compile(r"[a-z0-9_]{1,32}")
# A day before 1970 is a clock that was never set, in a wrong time zone.
_EARLIEST_S, _LATEST_S = -86_400.0, 253_402_300_800.0 - 86_400.0
_MAX_BATTERY_MV = 65_535
_IDENTIFIABLE_BYTES = 4 * MAX_FRAME_BYTES
_NOTHING: dict[str, Any] = {}


def decode(payload: bytes) -> Frame:
    """The frame in `payload`. Raises WireError, and nothing else, whatever the bytes are."""
    tree = parse(payload)
    if len(tree) > MAX_KEYS:
        raise WireError("keys", f"{len(tree)} keys, at most {MAX_KEYS}")
    seq = _seq(tree.get("seq"), "seq")
    faults: list[ChannelFault] = []
    waves, values = _channels(tree, faults)
    return Frame(
        boot=_text(tree.get("boot"), "boot", _BOOT),
        seq=seq,
        oldest=_oldest(tree.get("oldest"), seq),
        t=_time(tree.get("t")),
        duration_s=max((wave.duration_s for wave in waves), default=0.0),
        waves=waves,
        values=values,
        battery=_battery(tree.get("battery"), faults),
        flags=_flags(tree.get("flags"), faults),
        node=_node(tree.get("node")),
        faults=(*faults, *_unknown_keys(tree)),
    )


def identify(payload: bytes) -> Identity | None:
    """Which frame a payload is that `decode` refused, so that its device can stop sending it; None if it does not say.

    Best effort, and never a guess: what cannot be parsed, or names a key twice, has no identity. Up to 1 MB are read.
    """
    if len(payload) > _IDENTIFIABLE_BYTES:
        return None
    tree = parse_forgiving(payload)
    if tree is None:
        return None
    try:
        return Identity(_text(tree.get("boot"), "boot", _BOOT), _seq(tree.get("seq"), "seq"), _node(tree.get("node")))
    except WireError:
        return None


def _text(raw: object, name: str, pattern: re.Pattern[str]) -> str:
    if type(raw) is not str or not pattern.fullmatch(raw):
        raise WireError(name, f"{name} is {pattern.pattern}, not {shown(raw)}")
    return raw


def _node(raw: object) -> str | None:
    return None if raw is None else _text(raw, "node", _NODE)


def _seq(raw: object, name: str) -> int:
    if type(raw) is not int or not 0 <= raw <= MAX_SEQ:
        raise WireError(name, f"{name} is an integer from 0 to 2^53-1, not {shown(raw)}")
    return raw


def _oldest(raw: object, seq: int) -> int | None:
    if raw is None:
        return None
    oldest = _seq(raw, "oldest")
    if oldest > seq:
        raise WireError("oldest", f"oldest {oldest} is beyond this frame's seq {seq}")
    return oldest


def _time(raw: object) -> float:
    try:
        t = finite_number(raw, "t")
    except ChannelError as error:
        raise WireError("time", error.detail) from error
    if not _EARLIEST_S <= t < _LATEST_S:
        raise WireError("time", f"t is in epoch seconds, {t:g} is beyond the year 9999 or before 1970")
    return t


def _channels(tree: Tree, faults: list[ChannelFault]) -> tuple[tuple[Wave, ...], dict[str, float]]:
    raw_waves = _section(tree, "waves", faults)
    raw_values = _section(tree, "values", faults)
    if len(raw_waves) + len(raw_values) > MAX_CHANNELS:
        raise WireError("channels", f"{len(raw_waves) + len(raw_values)} channels, at most {MAX_CHANNELS}")
    waves: list[Wave] = []
    for code, raw in raw_waves.items():
        try:
            waves.append(read_wave(code, raw))
        except ChannelError as error:
            faults.append(_fault(code, error))
    values: dict[str, float] = {}
    for code, raw in raw_values.items():
        try:
            values[code] = read_value(code, raw)
        except ChannelError as error:
            faults.append(_fault(code, error))
    return tuple(waves), values


def _section(tree: Tree, name: str, faults: list[ChannelFault]) -> dict[str, Any]:
    section = tree.get(name)
    if section is None:
        return _NOTHING
    if type(section) is not dict:
        faults.append(ChannelFault(name, "type", f"{name} is a map, not {shown(section)}"))
        return _NOTHING
    return section


def _battery(raw: object, faults: list[ChannelFault]) -> Battery | None:
    if raw is None:
        return None
    try:
        if type(raw) is not dict or not raw.keys() <= _BATTERY_KEYS:
            raise ChannelError("type", f"battery is a map of mv, percent and charging, not {shown(raw)}")
        mv, percent, charging = raw.get("mv"), raw.get("percent"), raw.get("charging")
        if charging is not None and type(charging) is not bool:
            raise ChannelError("type", f"charging is true or false, not {shown(charging)}")
        millivolts = _within(mv, "mv", _MAX_BATTERY_MV)
        return Battery(None if millivolts is None else round(millivolts), _within(percent, "percent", 100), charging)
    except ChannelError as error:
        faults.append(_fault("battery", error))
        return None


def _within(raw: object, name: str, high: float) -> float | None:
    if raw is None:
        return None
    number = finite_number(raw, name)
    if not 0 <= number <= high:
        raise ChannelError("range", f"{name} {number:g} is not within 0 to {high:g}")
    return number


def _flags(raw: object, faults: list[ChannelFault]) -> tuple[str, ...]:
    if raw is None:
        return ()
    if type(raw) is not list or len(raw) > MAX_FLAGS:
        faults.append(ChannelFault("flags", "type", f"flags is a list of up to {MAX_FLAGS} texts, not {shown(raw)}"))
        return ()
    good = tuple(flag for flag in raw if type(flag) is str and _FLAG.fullmatch(flag))
    if len(good) < len(raw):
        faults.append(ChannelFault("flags", "type", f"a flag is {_FLAG.pattern}; {len(raw) - len(good)} are not"))
    return good


def _unknown_keys(tree: Tree) -> tuple[ChannelFault, ...]:
    if tree.keys() <= _KEYS:
        return ()
    return tuple(ChannelFault(_printable(key), "key", "a frame has no such key") for key in tree if key not in _KEYS)


def _fault(code: object, error: ChannelError) -> ChannelFault:
    return ChannelFault(_printable(code), error.reason, error.detail)


def _printable(code: object) -> str:
    """A code as it stands if it can be one, else what can be shown of it: a device may send any text as a key."""
    return code if type(code) is str and _FLAG.fullmatch(code) else shown(code)
