"""What broken devices, and people who mean no good, send instead of frames. Deterministic, and no two alike."""

import random
import struct
import time
from collections.abc import Callable, Iterator

import cbor2

BOOT = "00000bad"
Maker = Callable[[random.Random, int], bytes]


def rubbish(count: int) -> Iterator[bytes]:
    """`count` payloads, each with one thing wrong with it, of every kind in turn."""
    noise = random.Random(2)
    for number in range(count):
        yield KINDS[number % len(KINDS)](noise, number)


def _frame(number: int, **changes: object) -> dict[str, object]:
    return {"boot": BOOT, "seq": number, "t": time.time(), "values": {"spo2": 97.0}, **changes}


def _json(content: object) -> bytes:
    return repr(content).replace("'", '"').replace("nan", "NaN").encode()


def _random_bytes(noise: random.Random, number: int) -> bytes:
    return noise.randbytes(noise.randrange(1, 400)) + struct.pack("<I", number)


def _truncated_cbor(noise: random.Random, number: int) -> bytes:
    whole = cbor2.dumps(_frame(number, waves={"ecg": {"rate": 250, "unit": "uV", "samples": [number % 99] * 250}}))
    return whole[: noise.randrange(12, len(whole) - 1)]


def _deep_json(noise: random.Random, number: int) -> bytes:
    depth = noise.randrange(50, 20_000)
    return b'{"seq":%d,"waves":%s%s}' % (number, b"[" * depth, b"]" * depth)


def _deep_cbor(noise: random.Random, number: int) -> bytes:
    depth = noise.randrange(50, 20_000)
    return b"\xa2\x63seq\x1a" + struct.pack(">I", number) + b"\x65waves" + b"\x81" * depth + b"\x00"


def _no_number_for_a_time(_noise: random.Random, number: int) -> bytes:
    return _json(_frame(number, t=float("nan")))


def _no_number_for_a_value(_noise: random.Random, number: int) -> bytes:
    return cbor2.dumps(_frame(number, values={"spo2": float("nan")}))


def _huge_array(_noise: random.Random, number: int) -> bytes:
    return cbor2.dumps(_frame(number, t=[number] * 20_000))


def _claims_a_huge_array(_noise: random.Random, number: int) -> bytes:
    return b"\xa1\x65waves\x9b\x7f\xff\xff\xff\xff\xff\xff\xff" + struct.pack(">I", number)


def _wrong_type(noise: random.Random, number: int) -> bytes:
    key, wrong = noise.choice(
        [
            ("boot", 7),
            ("boot", None),
            ("seq", "one"),
            ("seq", -1),
            ("seq", 2**60),
            ("t", "now"),
            ("t", [1]),
            ("node", 5),
        ]
    )
    return cbor2.dumps({**_frame(number), key: wrong, "flags": [f"f{number}"]})


def _no_frame_at_all(_noise: random.Random, number: int) -> bytes:
    return _json([number, "a list"])


KINDS: tuple[Maker, ...] = (
    _random_bytes,
    _truncated_cbor,
    _deep_json,
    _deep_cbor,
    _no_number_for_a_time,
    _no_number_for_a_value,
    _huge_array,
    _claims_a_huge_array,
    _wrong_type,
    _no_frame_at_all,
)
