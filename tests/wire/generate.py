"""Writes the golden frames beside this file. Deterministic: the same bytes on every machine."""

import json
from pathlib import Path
from struct import pack
from typing import Any

from cbor2 import CBORTag, dumps

HERE = Path(__file__).parent
Frame = dict[str, Any]
INT16, UINT16, INT32 = 77, 69, 78
STRUCT_BY_TAG = {
    **{64: ">B", 65: ">H", 66: ">I", 67: ">Q", 68: ">B", 69: "<H", 70: "<I", 71: "<Q"},
    **{72: ">b", 73: ">h", 74: ">i", 75: ">q", 77: "<h", 78: "<i", 79: "<q"},
    **{80: ">e", 81: ">f", 82: ">d", 84: "<e", 85: "<f", 86: "<d"},
}

# The example of the contract.
EXAMPLE: Frame = {
    "boot": "9f3a61c0",
    "seq": 812,
    "oldest": 790,
    "t": 1763600000.25,
    "waves": {
        "ecg": {"rate": 250, "unit": "uV", "scale": 2.5, "offset": 0, "samples": [12, 14, -3]},
        "ppg_red": {"rate": 100, "unit": "1", "scale": 1, "offset": 0, "samples": [50211, 50190]},
    },
    "values": {"spo2": 97.0, "skin_temperature": 33.4, "impedance_50khz": 512.0},
    "battery": {"mv": 3912, "percent": 81, "charging": False},
    "flags": ["lead_off"],
}
KEYS = {*EXAMPLE, "node"}
ENVELOPE: Frame = {"boot": "9f3a61c0", "seq": 813, "t": 1763600001.25}


def typed(tag: int, samples: list[int]) -> CBORTag:
    order, letter = STRUCT_BY_TAG[tag]
    return CBORTag(tag, pack(f"{order}{len(samples)}{letter}", *samples))


def ecg(samples: Any, **changes: Any) -> Frame:
    return {"rate": 250, "unit": "uV", "scale": 2.5, "offset": 0, "samples": samples, **changes}


def with_typed_arrays(frame: Frame) -> Frame:
    """Lists of counts become the typed array of the smallest type that holds them."""
    waves = {code: {**wave, "samples": smallest(wave["samples"])} for code, wave in frame.get("waves", {}).items()}
    return {**frame, "waves": waves} if waves else frame


def smallest(samples: list[int]) -> CBORTag:
    low, high = min(samples), max(samples)
    if low >= -(2**15) and high < 2**15:
        return typed(INT16, samples)
    return typed(UINT16 if low >= 0 and high < 2**16 else INT32, samples)


def one_second() -> Frame:
    """A whole second: 250 ECG counts with one steep beat, 100 of PPG, six values."""
    beat = {100: 40, 101: 160, 102: 420, 103: 180, 104: -90, 105: -20}
    ramp = [50_000 + 8 * (index % 50) for index in range(100)]
    return {
        **ENVELOPE,
        "waves": {
            "ecg": ecg([beat.get(index, index % 7 - 3) for index in range(250)]),
            "ppg_infrared": {"rate": 100, "unit": "1", "scale": 1, "offset": 0, "samples": ramp},
        },
        "values": {
            "spo2": 97.5,
            "skin_temperature": 33.25,
            "impedance_5khz": 612.5,
            "impedance_50khz": 512.0,
            "impedance_200khz": 480.25,
            "perfusion_index": 2.5,
        },
        "battery": {"mv": 3912, "percent": 81, "charging": True},
    }


def understood(frame: Frame, **changes: Any) -> Frame:
    """What a frame means, in the shape of `good.json`: every key there, rates and scales as they were sent."""
    meaning = {"oldest": None, "waves": {}, "values": {}, "battery": None, "flags": [], "node": None, "faults": []}
    return {**meaning, **{key: value for key, value in frame.items() if key in KEYS}, **changes}


def good() -> dict[str, tuple[Frame, dict[str, bytes]]]:
    """name -> (meaning, {ending: payload})."""
    frames: dict[str, tuple[Frame, dict[str, bytes]]] = {}

    def both(name: str, frame: Frame, **changes: Any) -> None:
        payloads = {"json": json.dumps(frame).encode(), "cbor": dumps(with_typed_arrays(frame))}
        frames[name] = (understood(frame, **changes), payloads)

    both("example", EXAMPLE)
    both("one_second", one_second())
    both("sign_of_life", ENVELOPE)
    both("first_of_a_boot_with_an_unset_clock", {"boot": "a", "seq": 0, "oldest": 0, "t": 3.5, "values": {"spo2": 98}})
    both("through_a_hub", {**ENVELOPE, "node": "chest-0a1b", "values": {"glucose": 5.5}})
    both("last_seq", {**ENVELOPE, "seq": 2**53 - 1, "oldest": 2**53 - 1})
    both("wide_counts", {**ENVELOPE, "waves": {"ppg_green": {**ecg([-70_000, 70_000]), "unit": "1", "scale": 0.5}}})
    # The device counts in mV: the counts stay, scale and offset become those of uV.
    both(
        "another_unit",
        {**ENVELOPE, "waves": {"ecg": ecg([200, -40], unit="mV", scale=0.005, offset=1)}},
        waves={"ecg": ecg([200, -40], scale=5.0, offset=1000.0)},
    )
    both(
        "bad_channels_beside_good_ones",
        {
            **ENVELOPE,
            "waves": {"ecg": ecg([1, 2, 3]), "eeg": ecg([1], rate=0), "emg": ecg([4], unit="Cel")},
            "values": {"spo2": 140, "heart_rate": 61, "aura": 1, "weight": "64", "ecg": 3},
            "firmware": "1.2",
        },
        waves={"ecg": ecg([1, 2, 3])},
        values={"heart_rate": 61},
        faults=[
            *(["eeg", "rate"], ["emg", "unit"], ["spo2", "range"], ["aura", "unknown_quantity"]),
            *(["weight", "type"], ["ecg", "form"], ["firmware", "key"]),
        ],
    )
    for tag in STRUCT_BY_TAG:
        samples = [0, 1, 2, 100] if STRUCT_BY_TAG[tag][1] in "BHIQ" else [0, 1, -2, 100]
        frame = {**ENVELOPE, "waves": {"ecg": ecg(typed(tag, samples))}}
        frames[f"typed_array_{tag}"] = (understood(frame, waves={"ecg": ecg(samples)}), {"cbor": dumps(frame)})
    nan = {**ENVELOPE, "values": {"spo2": float("nan"), "heart_rate": 61}}
    both("not_a_number", nan, values={"heart_rate": 61}, faults=[["spo2", "not_finite"]])
    return frames


def refused() -> dict[str, tuple[str, list[Any] | None, bytes]]:
    """file name -> (reason, identity or None, payload)."""
    whole = dumps(with_typed_arrays(EXAMPLE))
    identity = ["9f3a61c0", 813, None]
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    return {
        "truncated.cbor": ("cbor", None, whole[:-20]),
        "truncated.json": ("json", None, json.dumps(EXAMPLE).encode()[:-20]),
        "followed_by_bytes.cbor": ("cbor", ["9f3a61c0", 812, None], whole + b"\x00"),
        "followed_by_text.json": ("json", None, json.dumps(EXAMPLE).encode() + b"x"),
        "seq_twice.json": ("duplicate_key", None, b'{"boot":"9f3a61c0","seq":1,"t":1,"seq":2}'),
        "seq_twice.cbor": ("duplicate_key", None, b"\xa3\x64boot\x61a\x63seq\x01\x63seq\x02"),
        "a_date.cbor": ("tag", identity, dumps({**ENVELOPE, "t": CBORTag(1, 1763600001)})),
        "of_indefinite_length.cbor": (
            "cbor",
            identity,
            b"\xbf" + b"".join(dumps(key) + dumps(value) for key, value in ENVELOPE.items()) + b"\xff",
        ),
        "deep.cbor": ("nesting", None, dumps({**ENVELOPE, "values": deep})),
        "deep.json": ("nesting", None, json.dumps({**ENVELOPE, "values": deep}).encode()),
        "a_list.cbor": ("format", None, dumps([ENVELOPE])),
        "a_list.json": ("format", None, json.dumps([ENVELOPE]).encode()),
        "no_seq.json": ("seq", None, json.dumps({"boot": "9f3a61c0", "t": 1}).encode()),
        "oldest_beyond_seq.json": ("oldest", identity, json.dumps({**ENVELOPE, "oldest": 814}).encode()),
        "milliseconds.json": ("time", identity, json.dumps({**ENVELOPE, "t": 1763600001250}).encode()),
        "channels_33.json": (
            "channels",
            identity,
            json.dumps({**ENVELOPE, "values": {f"value_{number}": 1 for number in range(33)}}).encode(),
        ),
    }


# What the ledger holds (half-open ranges) and the device's `oldest`; what is then published; what may be forgotten.
ACKNOWLEDGEMENTS = [
    {
        "stored": [[0, 813], [815, 817]],
        "oldest": 790,
        "payload": '{"boot":"9f3a61c0","upto":812,"also":[815,816]}',
        "forget": [0, 811, 812, 815, 816],
        "keep": [813, 814, 817],
    },
    {
        "stored": [[1, 3]],
        "oldest": 0,
        "payload": '{"boot":"9f3a61c0","upto":-1,"also":[1,2]}',
        "forget": [1, 2],
        "keep": [0, 3],
    },
    {
        "stored": [[3, 5]],
        "oldest": 3,
        "payload": '{"boot":"9f3a61c0","upto":4,"also":[],"node":"chest-0a1b"}',
        "forget": [0, 4],
        "keep": [5],
    },
]


def files() -> dict[str, bytes]:
    """Every golden file: path below this folder -> content."""
    content: dict[str, bytes] = {"acknowledgement.json": text(ACKNOWLEDGEMENTS)}
    meanings = {}
    for name, (meaning, payloads) in good().items():
        meanings[name] = meaning
        content |= {f"good/{name}.{ending}": payload for ending, payload in payloads.items()}
    content["good.json"] = text(meanings)
    reasons = {}
    for name, (reason, identity, payload) in refused().items():
        reasons[name] = {"reason": reason, "identity": identity}
        content[f"refused/{name}"] = payload
    content["refused.json"] = text(reasons)
    return content


def text(data: Any) -> bytes:
    return (json.dumps(data, indent=1) + "\n").encode()


if __name__ == "__main__":
    for path, payload in files().items():
        target = HERE / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(payload)
