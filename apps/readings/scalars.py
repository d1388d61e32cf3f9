"""Single values on their way: how far each can be believed, and what follows from it.

A measured number that a body could not have, or that comes while a probe settles or hangs in the air, keeps its place
and is given a quality that is evidence for nothing: no limit is judged by it, and the poor signal is reported. Mean
pressure and body water follow from what was measured, where the device does not say them itself. A cache: `derive.py`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import nan
from typing import Final
from uuid import UUID

import numpy as np

from apps.patients.models import Patient, Sex
from apps.readings.fresh_frames import FreshFrame, rounds
from apps.readings.quantities import REGISTER, by_number
from apps.readings.quantity import SENSOR
from apps.readings.value import Value
from ml.signals import bioimpedance, glucose, lactate, temperature
from ml.signals.bioimpedance import Stature, cole, extracellular_water_l, hydration_percent, total_body_water_l
from ml.signals.blood_pressure import pressure
from ml.signals.filters import FloatArray
from ml.signals.glucose import GlucoseTrend
from ml.signals.steady import ChangeGate, Limits
from ml.signals.trouble import GOOD_ENOUGH, Trouble

QUALITIES: Final[Mapping[Trouble, float]] = {
    Trouble.NONE: 1.0,
    Trouble.SETTLING: 0.4,
    Trouble.IMPLAUSIBLE: 0.1,
    Trouble.NO_CONTACT: 0.1,
}
GATES: Final[Mapping[str, Limits]] = {
    "skin_temperature": temperature.SKIN,
    "core_temperature": temperature.CORE,
    "glucose": glucose.LIMITS,
    "blood_lactate": lactate.BLOOD,
    "sweat_lactate": lactate.SWEAT,
    "impedance_5khz": bioimpedance.LIMITS,
    "impedance_50khz": bioimpedance.LIMITS,
    "impedance_200khz": bioimpedance.LIMITS,
}
COMPRESSION_QUALITY: Final = 0.6  # suspected, and yet it may be true: limits are judged by it
FREQUENCIES: Final = ("impedance_5khz", "impedance_50khz", "impedance_200khz")
WATER_EVERY_S: Final = 60.0
WATER_QUALITY: Final = 0.7  # the equation's error is mostly the person's own, and stays: trust the change
YEAR_DAYS: Final = 365.25

Found = tuple[FreshFrame, Value]
Measured = dict[str, Value]


class Scalars:
    """State by device."""

    def __init__(self) -> None:
        self._gates: dict[str, ChangeGate[UUID]] = {code: ChangeGate(limits) for code, limits in GATES.items()}
        self._glucose: GlucoseTrend[UUID] = GlucoseTrend()
        self._upto: dict[UUID, float] = {}
        self._watered: dict[UUID, float] = {}

    def forget(self) -> None:
        """Start anew: see `Channels.forget`."""
        self._gates = {code: ChangeGate(limits) for code, limits in GATES.items()}
        self._glucose = GlucoseTrend()
        self._upto.clear()
        self._watered.clear()

    def feed(self, frames: Sequence[FreshFrame]) -> list[Found]:
        """The values of frames, those of each device in order of time, with their quality; and what follows."""
        found: list[Found] = []
        for together in rounds([frame for frame in frames if len(frame.value_codes)]):
            measured = {frame.device_id: (frame, self._measured(frame)) for frame in together}
            self._judge(measured)
            for frame, values in measured.values():
                derived = [(frame, value) for value in _mean_pressure(frame, values)]
                found += [(frame, value) for value in values.values()] + derived
            found += self._water(measured)
        return found

    def _measured(self, frame: FreshFrame) -> Measured:
        pairs = zip(frame.value_codes, frame.value_numbers, strict=True)
        numbers = {by_number(number).code: value for number, value in pairs}
        return {
            code: frame.value(code, value, source=SENSOR, origin=frame.origin, quality=1.0)
            for code, value in numbers.items()
        }

    def _judge(self, measured: Mapping[UUID, tuple[FreshFrame, Measured]]) -> None:
        """Lowers the qualities, in place. A frame that is older than one seen before is not judged."""
        asked: dict[str, dict[UUID, tuple[float, float]]] = defaultdict(dict)
        for device_id, (frame, values) in measured.items():
            if frame.start <= self._upto.get(device_id, float("-inf")):
                continue
            self._upto[device_id] = frame.start
            for code in values.keys() & GATES.keys():
                asked[code][device_id] = (frame.start, values[code].value)
        for code, lanes in asked.items():
            for device_id, trouble in self._gates[code].push(lanes).items():
                _mark(measured[device_id][1], code, QUALITIES[trouble])
        for device_id, trend in self._glucose.push(asked.get("glucose", {})).items():
            if trend.compression_suspected:
                _mark(measured[device_id][1], "glucose", COMPRESSION_QUALITY)

    def _water(self, measured: Mapping[UUID, tuple[FreshFrame, Measured]]) -> Iterator[Found]:
        """Once a minute, of those whose stature is known."""
        due = [
            (frame, values["impedance_50khz"])
            for frame, values in measured.values()
            if "impedance_50khz" in values
            and values["impedance_50khz"].quality >= GOOD_ENOUGH
            and frame.start - self._watered.get(frame.device_id, float("-inf")) >= WATER_EVERY_S
        ]
        known = _statures([frame for frame, _ in due])
        due = [(frame, ohm) for frame, ohm in due if frame.patient_id in known]
        if not due:
            return
        stature = Stature(*(np.array(column) for column in zip(*(known[f.patient_id] for f, _ in due), strict=True)))
        litres = total_body_water_l(np.array([ohm.value for _, ohm in due]), stature)
        shares = hydration_percent(litres, stature)
        outsides = extracellular_water_l(_at_no_frequency([measured[frame.device_id][1] for frame, _ in due]), stature)
        rows = zip(due, litres.tolist(), shares.tolist(), outsides.tolist(), strict=True)
        for (frame, _), water, share, outside in rows:
            self._watered[frame.device_id] = frame.start
            own = measured[frame.device_id][1]
            for code, number in (("total_body_water", water), ("hydration", share), ("extracellular_water", outside)):
                if code not in own and REGISTER[code].plausible(number):
                    origin = frame.origin.derived
                    value = frame.value(code, number, source="impedance_50khz", origin=origin, quality=WATER_QUALITY)
                    yield frame, value


def _at_no_frequency(measured: Sequence[Measured]) -> FloatArray:
    """Cole's resistance at 0 Hz (k,) of those whose three frequencies are all there and good, else not-a-number."""
    good = [
        [values[code].value if code in values and values[code].quality >= GOOD_ENOUGH else nan for code in FREQUENCIES]
        for values in measured
    ]
    return cole(np.array(good)).r0_ohm


def _mark(values: Measured, code: str, quality: float) -> None:
    value = values[code]
    if quality < value.quality:
        values[code] = value.of_quality(quality)


def _mean_pressure(frame: FreshFrame, values: Measured) -> Iterator[Value]:
    """Of a pair that can be true; one that cannot lowers both."""
    if "systolic_pressure" not in values or "diastolic_pressure" not in values:
        return
    pair = (np.array([values[code].value]) for code in ("systolic_pressure", "diastolic_pressure"))
    found = pressure(*pair)
    if found.trouble[0] != Trouble.NONE:
        for code in ("systolic_pressure", "diastolic_pressure"):
            _mark(values, code, QUALITIES[Trouble.IMPLAUSIBLE])
    elif "mean_pressure" not in values:
        mean, origin = float(found.mean_mmhg[0]), frame.origin.derived
        yield frame.value("mean_pressure", mean, source="systolic_pressure", origin=origin, quality=1.0)


def _statures(frames: Sequence[FreshFrame]) -> dict[UUID, tuple[float, float, float, float]]:
    """Height, mass, age and sex of those of whom all four are known: the equation has no other people."""
    if not frames:
        return {}
    day = max(frame.at for frame in frames).date()
    known = Patient.objects.filter(
        pk__in={frame.patient_id for frame in frames}, sex__in=(Sex.FEMALE, Sex.MALE)
    ).values_list("pk", "height_cm", "mass_kg", "birth_date", "sex")
    return {
        patient_id: (height, mass, (day - born).days / YEAR_DAYS, float(sex == Sex.MALE))
        for patient_id, height, mass, born, sex in known
        if height is not None and mass is not None and born is not None
    }


SCALARS: Final = Scalars()
