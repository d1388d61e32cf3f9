"""Frames for the tests of the wire: one good one, and ways to spoil it."""

from collections.abc import Mapping
from typing import Any

import cbor2
import numpy as np

from apps.ingest import wire

Tree = dict[str, Any]


def a_wave(samples: Any = (12, 14, -3), **changes: Any) -> Tree:
    return {"rate": 250, "unit": "uV", "scale": 2.5, "offset": 0, "samples": samples, **changes}


def a_frame(**changes: Any) -> Tree:
    return {"boot": "9f3a61c0", "seq": 812, "t": 1763600000.25, "values": {"spo2": 97.0}, **changes}


def decoded(**changes: Any) -> wire.Frame:
    """A good frame, changed, through CBOR spelled by the library alone."""
    return wire.decode(cbor2.dumps(a_frame(**changes)))


def fault_of(**changes: Any) -> tuple[str, str]:
    """Code and reason of the only fault of a frame whose SpO2 must have been kept."""
    frame = decoded(**changes)
    assert frame.values.get("spo2") == 97.0
    (fault,) = frame.faults
    assert fault.reason in wire.CHANNEL_REASONS
    assert_printable(fault.code)
    assert_printable(fault.detail)
    return fault.code, fault.reason


def wave_fault(samples: Any = (12, 14, -3), *, code: str = "ecg", **changes: Any) -> str:
    """The reason for which a wave was left out."""
    wave = a_wave(list(samples) if isinstance(samples, tuple) else samples, **changes)
    faulty, reason = fault_of(waves={code: {key: value for key, value in wave.items() if value is not ...}})
    assert faulty == code
    return reason


def typed(tag: int, samples: Any, dtype: str) -> cbor2.CBORTag:
    return cbor2.CBORTag(tag, np.asarray(samples, dtype).tobytes())


def assert_printable(text: str) -> None:
    """Fit for a log line and for a text column: short, no control characters, no lone surrogates."""
    assert text.isprintable()
    assert len(text.encode()) <= 1_000


def meaning(frame: wire.Frame) -> Mapping[str, Any]:
    """The frame in the shape of `tests/wire/good.json`, without the details of its faults."""
    battery = frame.battery
    return {
        "boot": frame.boot,
        "seq": frame.seq,
        "oldest": frame.oldest,
        "t": frame.t,
        "waves": {
            wave.code: {
                "rate": wave.rate_hz,
                "unit": wave.unit,
                "scale": wave.scale,
                "offset": wave.offset,
                "samples": wave.samples.tolist(),
            }
            for wave in frame.waves
        },
        "values": frame.values,
        "battery": battery and {"mv": battery.mv, "percent": battery.percent, "charging": battery.charging},
        "flags": list(frame.flags),
        "node": frame.node,
        "faults": [[fault.code, fault.reason] for fault in frame.faults],
    }
