"""One channel of a frame: a wave, or a value. Raises ChannelError; the frame's other channels do not notice."""

import numpy as np

from apps.ingest.wire.fault import ChannelError, finite_number
from apps.ingest.wire.frame import MAX_DURATION_S, MAX_RATE_HZ, shown
from apps.ingest.wire.samples import read_samples
from apps.readings.quantities import REGISTER, Form, Quantity
from apps.readings.units import ACCEPTED_UNITS
from apps.readings.waves import SAMPLE_DTYPES, Samples, Wave

_WAVE_KEYS = frozenset({"rate", "unit", "scale", "offset", "samples"})
# A clipped ECG, one with a large electrode offset and one of a wrong gain are signals still, and quality is judged
# later. What is a hundred times the plausible amplitude is no signal of this quantity.
_ABSURD = 100.0
_COUNTS = {dtype: (float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)) for dtype in SAMPLE_DTYPES}


def read_value(code: object, raw: object) -> float:
    """The value in the register's unit, in which it is sent."""
    quantity = _quantity(code, Form.VALUE)
    value = finite_number(raw, "a value")
    if not quantity.plausible(value):
        raise ChannelError("range", f"{value:g} {quantity.unit} is not within {quantity.low:g} to {quantity.high:g}")
    return value


def read_wave(code: object, raw: object) -> Wave:
    """The wave in the register's unit: another unit that is accepted goes into scale and offset, samples stay."""
    quantity = _quantity(code, Form.WAVE)
    if type(raw) is not dict:
        raise ChannelError("type", f"a wave is a map, not {shown(raw)}")
    if not raw.keys() <= _WAVE_KEYS:
        raise ChannelError("key", f"a wave has no key {shown(next(key for key in raw if key not in _WAVE_KEYS))}")
    rate_hz = _rate_hz(raw.get("rate"))
    scale, offset = _scale_and_offset(quantity, raw)
    samples = read_samples(raw.get("samples"))
    if len(samples) > rate_hz * MAX_DURATION_S:
        raise ChannelError("duration", f"{len(samples)} samples at {rate_hz:g} Hz last more than {MAX_DURATION_S:g} s")
    _refuse_absurd(quantity, samples, scale, offset)
    return Wave(quantity.code, rate_hz, quantity.unit, scale, offset, samples)


def _quantity(code: object, form: Form) -> Quantity:
    quantity = REGISTER.get(code) if type(code) is str else None
    if quantity is None:
        raise ChannelError("unknown_quantity", f"{shown(code)} is not in the register")
    if quantity.form is not form:
        raise ChannelError("form", f"{quantity.code} is a {quantity.form}, it was sent as a {form}")
    return quantity


def _rate_hz(raw: object) -> float:
    rate_hz = finite_number(raw, "rate")
    if not 0 < rate_hz <= MAX_RATE_HZ:
        raise ChannelError("rate", f"{rate_hz:g} Hz is not within 0 to {MAX_RATE_HZ:g}")
    return rate_hz


def _scale_and_offset(quantity: Quantity, raw: dict[str, object]) -> tuple[float, float]:
    unit = raw.get("unit")
    conversion = ACCEPTED_UNITS.get((quantity.code, unit)) if type(unit) is str else None
    if conversion is None:
        raise ChannelError("unit", f"{quantity.code} is sent in {quantity.unit}, not in {shown(unit)}")
    scale = finite_number(raw.get("scale", 1), "scale")
    if scale == 0:
        raise ChannelError("scale", "a scale of 0 leaves nothing of the samples")
    offset = finite_number(raw.get("offset", 0), "offset")
    return scale * conversion.scale, conversion.of(offset)


def _refuse_absurd(quantity: Quantity, samples: Samples, scale: float, offset: float) -> None:
    limit = _ABSURD * max(abs(quantity.low), abs(quantity.high))
    lowest, highest = _COUNTS[samples.dtype]
    if abs(lowest * scale + offset) <= limit and abs(highest * scale + offset) <= limit:
        return
    extremes = [float(count) * scale + offset for count in (samples.min(), samples.max())]
    if not all(abs(extreme) <= limit for extreme in extremes):
        raise ChannelError("range", f"{extremes[0]:g} to {extremes[1]:g} {quantity.unit} is no {quantity.label}")
