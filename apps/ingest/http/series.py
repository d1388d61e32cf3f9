"""The bare numbers of a call -> frames as a device sends them, so that they go the one way of all frames. Pure.

A series of n samples at r Hz covers the n / r seconds up to `end_s`; each sample stands at the beginning of its share.
Series that begin together make one frame; of values (temperature, SpO2, impedance) a frame has one of each.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from apps.core.errors import Invalid
from apps.devices.rates import Rates
from apps.ingest.wire import MAX_DURATION_S, encode

ECG_STEP_MV: Final = 1e-4
"""A tenth of a microvolt, below what any converter of a wearable resolves."""
PPG_STEP: Final = 1e-3
_INT32: Final = 2.0**31 - 1
VALUES: Final[Mapping[str, str]] = {
    "temperature_data": "skin_temperature",
    "spo2_data": "spo2",
    "bioimpedance_data": "impedance_50khz",
}
WAVES: Final = ("ecg_data", "ppg_data")

Content = dict[str, Any]
Parts = dict[int, Content]
"""What each frame of a call holds, by how many microseconds before the call's end it begins."""


class _Piece(NamedTuple):
    """Part of a frame: of which section, under which code. `before_end_us`: where it begins, microseconds."""

    before_end_us: int
    section: str
    code: str
    content: Any


def wave_s(call: Mapping[str, Sequence[float]], rates: Rates) -> float:
    """How long the longest wave of a call lasts, seconds; 0.0 without one."""
    return max((len(call[name]) / _rate_hz(name, rates) for name in WAVES if name in call), default=0.0)


def divided(call: Mapping[str, Sequence[float]], rates: Rates) -> Parts:
    """What goes into which frame. Raises Invalid, naming the series, for one that lasts more than 60 s or whose numbers
    no converter gives."""
    parts: Parts = {}
    for name, numbers in call.items():
        for piece in _pieces(name, numbers, rates):
            parts.setdefault(piece.before_end_us, {}).setdefault(piece.section, {})[piece.code] = piece.content
    return parts


def payloads(parts: Parts, *, end_s: float, boot: str, first_seq: int) -> list[bytes]:
    """The frames of a call that ends at `end_s`, epoch seconds, in order of time, encoded."""
    return [
        encode(content | {"boot": boot, "seq": first_seq + number, "t": end_s - before_end_us / 1e6}, cbor=True)
        for number, (before_end_us, content) in enumerate(sorted(parts.items(), reverse=True))
    ]


def _pieces(name: str, numbers: Sequence[float], rates: Rates) -> Iterator[_Piece]:
    rate_hz = _rate_hz(name, rates)
    if len(numbers) > rate_hz * MAX_DURATION_S:
        _refuse(name, f"At {rate_hz:g} Hz that is more than {MAX_DURATION_S:g} s.")
    if name in VALUES:
        for index, number in enumerate(numbers):
            yield _Piece(round(1e6 * (len(numbers) - index) / rate_hz), "values", VALUES[name], number)
        return
    before_end_us = round(1e6 * len(numbers) / rate_hz)
    samples = np.array(numbers, np.float64)
    if name == "ecg_data":
        yield _Piece(before_end_us, "waves", "ecg", _wave(name, samples, rate_hz, "mV", ECG_STEP_MV))
    else:
        step = 1.0 if bool((samples == np.rint(samples)).all()) else PPG_STEP
        yield _Piece(before_end_us, "waves", rates.ppg, _wave(name, samples, rate_hz, "1", step))


def _wave(name: str, samples: NDArray[np.float64], rate_hz: float, unit: str, step: float) -> Content:
    counts = np.rint(samples / step)
    if np.abs(counts).max() > _INT32:
        _refuse(name, f"{np.abs(samples).max():g} is more than any converter gives.")
    return {"rate": rate_hz, "unit": unit, "scale": step, "offset": 0, "samples": counts.astype(np.int64)}


def _rate_hz(name: str, rates: Rates) -> float:
    return {"ecg_data": rates.ecg_hz, "ppg_data": rates.ppg_hz}.get(name, rates.value_hz)


def _refuse(name: str, why: str) -> NoReturn:
    raise Invalid("Some series are not acceptable.", fields={name: [why]})
