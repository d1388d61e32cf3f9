"""What the register knows about one quantity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

OWN_SYSTEM = "urn:bodylink:quantity"
LOINC_SYSTEM = "http://loinc.org"
MDC_SYSTEM = "urn:oid:2.16.840.1.113883.6.24"

SENSOR = "sensor"
"""Source name: the device itself reported the number."""
HAND = "hand"
"""Source name: a person entered the number."""


class Form(StrEnum):
    WAVE = "wave"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Coding:
    """One code of a published (or our own) code system, as FHIR writes it."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that can be measured, derived or observed.

    `number` is the stable small integer of storage and of wave headers; it is never reused.
    `unit` is UCUM; every stored number is in it.
    `low` and `high` bound what is physically plausible, in `unit`. A value outside is a fault of the sensor, not a
    sick patient: the bounds are far outside what a living body (or a machine that runs) shows.
    `expected_interval_s` is how often a working source gives one; age is judged by it.
    `colour` names a token of the style sheet; a wave and its number share one.
    `source_priority` lists sources, best first: the code of the wave it is derived from, `sensor`, or `hand`.
    `categories` gives the names of the numbers of a coded quantity (consciousness), else it is empty.
    `standard_codings` holds LOINC and MDC codes that were verified; what has none is known by our own system only.
    """

    code: str
    number: int
    label: str
    unit: str
    low: float
    high: float
    expected_interval_s: float
    decimals: int
    colour: str
    source_priority: tuple[str, ...] = (SENSOR, HAND)
    standard_codings: tuple[Coding, ...] = ()
    form: Form = Form.VALUE
    categories: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def codings(self) -> tuple[Coding, ...]:
        """Every coding, the standard ones first, our own always among them."""
        return (*self.standard_codings, Coding(OWN_SYSTEM, self.code))

    def plausible(self, value: float) -> bool:
        """Whether `value` (in `unit`) can be true of the world. NaN is not; a coded quantity knows its numbers only."""
        if self.categories:
            return value in self.categories
        return self.low <= value <= self.high

    def source_rank(self, source: str) -> int:
        """0 for the preferred source; one that the register does not list ranks behind all that it does."""
        try:
            return self.source_priority.index(source)
        except ValueError:
            return len(self.source_priority)
