"""UCUM units as people write them."""

from types import MappingProxyType

_PRINTED = MappingProxyType(
    {"1": "", "Cel": "°C", "uV": "µV", "mm[Hg]": "mmHg", "Ohm": "Ω", "m[g]": "mg", "[g]": "g", "[pH]": "", "{score}": ""}
)


def printed_unit(unit: str) -> str:
    """`unit` for a page or a text; empty for what has none."""
    return _PRINTED.get(unit, unit)
