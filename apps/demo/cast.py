"""Who is simulated, and how they are. Names and numbers are made up; every screen says that they are simulated."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

_GIVEN: Final = {
    "female": ("Ada", "Grace", "Rosalind", "Marie", "Lise", "Emmy", "Hedy", "Dorothy", "Mary", "Ida", "Vera", "Chien"),
    "male": ("Alan", "Emil", "Niels", "Paul", "Omar", "Kofi", "Ravi", "Jonas", "Luis", "Tomas", "Hugo", "Ivan"),
}
_FAMILY: Final = (
    "Aalto", "Brandt", "Costa", "Dvorak", "Eze", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kowalski", "Lund",
    "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka", "Ueda", "Varga", "Weber", "Yilmaz",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """Constants that drive a simulated person's signals."""

    heart_rate_per_min: float = 72.0
    respiratory_rate_per_min: float = 15.0
    spo2_percent: float = 97.5
    core_celsius: float = 36.9
    skin_celsius: float = 33.5
    systolic_mmhg: float = 122.0
    diastolic_mmhg: float = 78.0
    battery_percent: float = 86.0
    lead_off_every_s: float = 0.0


SCENARIOS: Final[dict[str, Condition]] = {
    "well": Condition(),
    "fever": Condition(104.0, 22.0, 95.5, 39.3, 35.6, 114.0, 66.0),
    "hypoxia": Condition(112.0, 27.0, 86.5, 37.2, 33.0, 134.0, 84.0),
    "bradycardia": Condition(43.0, 13.0, 96.5, 36.6, 32.8, 104.0, 62.0),
    "exertion": Condition(148.0, 30.0, 96.5, 37.9, 34.4, 168.0, 82.0),
    "falling-battery": Condition(battery_percent=9.0),
    "loose-electrode": Condition(lead_off_every_s=90.0),
}
# In the mixed ward most are well; a new kind of trouble comes every third bed.
_TROUBLES: Final = ("hypoxia", "fever", "falling-battery", "bradycardia", "loose-electrode", "exertion")
MIXED: Final = "mixed"


@dataclass(frozen=True, slots=True)
class Part:
    """One simulated person. `number` is theirs for ever: the same person comes back after a restart."""

    number: int
    given_name: str
    family_name: str
    sex: str
    birth_year: int
    height_cm: float
    mass_kg: float

    @property
    def mrn(self) -> str:
        return f"SIM-{self.number:04d}"

    @property
    def device_uid(self) -> str:
        return f"sim-{self.number:04d}"

    def condition(self, scenario: str) -> Condition:
        """How this person is in a scenario: not two of them alike."""
        name = self._of_the_mixed_ward() if scenario == MIXED else scenario
        base, own = SCENARIOS[name], Random(self.number)
        return Condition(
            heart_rate_per_min=base.heart_rate_per_min * own.uniform(0.92, 1.08),
            respiratory_rate_per_min=base.respiratory_rate_per_min * own.uniform(0.95, 1.08),
            spo2_percent=min(99.0, base.spo2_percent + own.uniform(-0.8, 0.8)),
            core_celsius=base.core_celsius + own.uniform(-0.2, 0.2),
            skin_celsius=base.skin_celsius + own.uniform(-0.4, 0.4),
            systolic_mmhg=base.systolic_mmhg + own.uniform(-7, 9),
            diastolic_mmhg=base.diastolic_mmhg + own.uniform(-5, 5),
            battery_percent=min(100.0, base.battery_percent + own.uniform(-4, 4)),
            lead_off_every_s=base.lead_off_every_s,
        )

    def _of_the_mixed_ward(self) -> str:
        if self.number % 3 != 2:
            return "well"
        return _TROUBLES[self.number // 3 % len(_TROUBLES)]


def parts(count: int) -> Iterator[Part]:
    """The first `count` simulated people."""
    for number in range(1, count + 1):
        own = Random(number * 7919)
        sex = own.choice(("female", "male"))
        tall = 178.0 if sex == "male" else 165.0
        height_cm = round(own.gauss(tall, 6.5), 0)
        yield Part(
            number=number,
            given_name=own.choice(_GIVEN[sex]),
            family_name=_FAMILY[number * 5 % len(_FAMILY)],
            sex=sex,
            birth_year=own.randint(1938, 2004),
            height_cm=height_cm,
            mass_kg=round(own.uniform(20, 29) * (height_cm / 100) ** 2, 1),
        )
