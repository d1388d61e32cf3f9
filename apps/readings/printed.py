"""UCUM units as people write them."""

from collections.abc import Mapping
from types import MappingProxyType

_NOTHING = dict.fromkeys(("1", "[pH]", "{score}"), "")
_PRINTED: Mapping[str, str] = MappingProxyType(
    {"Cel": "°C", "uV": "µV", "mm[Hg]": "mmHg", "Ohm": "Ω", "m[g]": "mg", "[g]": "g", "[IU]": "U", **_NOTHING}
)


def printed_unit(unit: str) -> str:
    """`unit` for a page or a text; empty for what has none."""
    return _PRINTED.get(unit, unit)
