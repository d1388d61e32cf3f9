"""Bytes of a device -> one validated Frame, and back. The contract is written in `decode.py`.

Pure: no Django, no database, no clock. Simulators, replay and tests of the firmware use the same encoder.
"""

from apps.ingest.wire.decode import decode, identify
from apps.ingest.wire.encode import encode, encode_ack
from apps.ingest.wire.frame import (
    CHANNEL_REASONS,
    FRAME_REASONS,
    MAX_CHANNELS,
    MAX_DURATION_S,
    MAX_FRAME_BYTES,
    MAX_RATE_HZ,
    MAX_SEQ,
    Battery,
    ChannelFault,
    Frame,
    Identity,
    WireError,
)

__all__ = [
    "CHANNEL_REASONS",
    "FRAME_REASONS",
    "MAX_CHANNELS",
    "MAX_DURATION_S",
    "MAX_FRAME_BYTES",
    "MAX_RATE_HZ",
    "MAX_SEQ",
    "Battery",
    "ChannelFault",
    "Frame",
    "Identity",
    "WireError",
    "decode",
    "encode",
    "encode_ack",
    "identify",
]
