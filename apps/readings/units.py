"""Units that may come in, and how each becomes the register's unit: one table by (quantity, unit).

Register value = input value x scale + offset. Unit names are UCUM, case-sensitive (ucum.org, version 2.1).
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from apps.readings.quantities import REGISTER


class Conversion(NamedTuple):
    scale: float
    offset: float = 0.0

    def of(self, value: float) -> float:
        """`value` in the register's unit."""
        return value * self.scale + self.offset


IDENTITY = Conversion(1.0)
_FAHRENHEIT = Conversion(5 / 9, -160 / 9)
_KELVIN = Conversion(1.0, -273.15)
_KILOPASCAL_IN_MMHG = 7.500616827
_STANDARD_GRAVITY_M_S2 = 9.80665
_BAR_IN_PSI = 14.503773773
_KG_IN_LB = 0.45359237

_BY_REGISTER_UNIT: Mapping[str, Mapping[str, Conversion]] = {
    "uV": {"nV": Conversion(1e-3), "mV": Conversion(1e3), "V": Conversion(1e6)},
    "V": {"mV": Conversion(1e-3)},
    "Cel": {"[degF]": _FAHRENHEIT, "K": _KELVIN},
    "/min": {"1/min": IDENTITY, "{beats}/min": IDENTITY, "{breaths}/min": IDENTITY, "Hz": Conversion(60.0)},
    "%": {"1": Conversion(100.0)},
    "mm[Hg]": {"kPa": Conversion(_KILOPASCAL_IN_MMHG)},
    "Ohm": {"kOhm": Conversion(1e3)},
    "L": {"mL": Conversion(1e-3)},
    "L/min": {"mL/min": Conversion(1e-3), "m3/h": Conversion(1000 / 60)},
    "mL": {"L": Conversion(1e3)},
    "kg": {"g": Conversion(1e-3), "[lb_av]": Conversion(_KG_IN_LB)},
    "ms": {"s": Conversion(1e3)},
    "m[g]": {"[g]": Conversion(1e3), "m/s2": Conversion(1e3 / _STANDARD_GRAVITY_M_S2)},
    "[g]": {"m[g]": Conversion(1e-3), "m/s2": Conversion(1 / _STANDARD_GRAVITY_M_S2)},
    "bar": {
        "mbar": Conversion(1e-3),
        "kPa": Conversion(1e-2),
        "Pa": Conversion(1e-5),
        "[psi]": Conversion(1 / _BAR_IN_PSI),
    },
    "A": {"mA": Conversion(1e-3)},
    "mmol/L": {"umol/L": Conversion(1e-3)},
}

# A mass concentration needs the molar mass, hence one entry per substance: 180.16 g/mol and 90.08 g/mol.
_BY_QUANTITY: Mapping[str, Mapping[str, Conversion]] = {
    "glucose": {"mg/dL": Conversion(1 / 18.016)},
    "blood_lactate": {"mg/dL": Conversion(1 / 9.008)},
    "sweat_lactate": {"mg/dL": Conversion(1 / 9.008)},
    "insulin_dose": {"[iU]": IDENTITY, "U": IDENTITY},
}


def _entries() -> Iterator[tuple[tuple[str, str], Conversion]]:
    for code, quantity in REGISTER.items():
        yield (code, quantity.unit), IDENTITY
        accepted = {**_BY_REGISTER_UNIT.get(quantity.unit, {}), **_BY_QUANTITY.get(code, {})}
        for unit, conversion in accepted.items():
            yield (code, unit), conversion


ACCEPTED_UNITS: Mapping[tuple[str, str], Conversion] = MappingProxyType(dict(_entries()))
