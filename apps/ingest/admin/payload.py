"""A payload that was refused, made readable within bounds: its bytes, and what they say as far as that goes."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.ingest.wire import Frame, WireError, decode
from apps.ingest.wire.frame import shown
from apps.ingest.wire.parse import parse_forgiving

SHOWN_BYTES = 1024
BYTES_A_LINE = 16
SHOWN_LINES = 200


def hex_dump(payload: bytes) -> str:
    """Offset, bytes and their printable letters, the first 1,024 bytes."""
    return "\n".join(
        _dump_line(offset, payload[offset : offset + BYTES_A_LINE])
        for offset in range(0, min(len(payload), SHOWN_BYTES), BYTES_A_LINE)
    )


def _dump_line(offset: int, part: bytes) -> str:
    letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
    return f"{offset:06x}  {part.hex(' '):<{3 * BYTES_A_LINE - 1}}  {letters}"


def explained(payload: bytes) -> str:
    """What decoding gives, a line each: the frame with the faults of its channels; where the whole is refused, why,
    and what can be parsed all the same."""
    try:
        lines = _of_frame(decode(payload))
    except WireError as error:
        lines = _of_refused(payload, error)
    return "\n".join(_bounded(lines))


def _of_frame(frame: Frame) -> Iterator[str]:
    yield f"boot {frame.boot}  seq {frame.seq}  oldest {frame.oldest}  t {frame.t!r}  node {frame.node}"
    for wave in frame.waves:
        counts = f"{len(wave.samples)} samples from {int(wave.samples.min())} to {int(wave.samples.max())}"
        yield f"wave {wave.code}  {wave.rate_hz:g} Hz  {counts}, each {wave.scale:g} {wave.unit}"
    for code, value in frame.values.items():
        yield f"value {code}  {value:g}"
    yield f"battery {frame.battery}  flags {', '.join(frame.flags) or 'none'}"
    for fault in frame.faults:
        yield f"left out {fault.code}: {fault.reason}, {fault.detail}"


def _of_refused(payload: bytes, error: WireError) -> Iterator[str]:
    yield f"refused: {error.reason}, {error.detail}"
    tree = parse_forgiving(payload)
    if tree is None:
        yield "cannot be parsed any further"
        return
    yield from _of_tree(tree)


def _of_tree(tree: Mapping[str, Any]) -> Iterator[str]:
    """The envelope and the sections in it: a frame is two levels deep."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield f"{shown(key)}:"
            for inner, content in value.items():
                yield f"    {shown(inner)}: {shown(content)}"
        else:
            yield f"{shown(key)}: {shown(value)}"


def _bounded(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == SHOWN_LINES:
            yield "…"
            return
        yield line
