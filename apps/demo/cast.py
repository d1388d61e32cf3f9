"""Who is simulated, and how they are. Names and numbers are made up; every screen says that they are simulated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final, Literal

from ml.physiology import Person
from ml.physiology.scenarios import Life

_GIVEN: Final = {
    "female": ("Ada", "Grace", "Rosalind", "Marie", "Lise", "Emmy", "Hedy", "Dorothy", "Mary", "Ida", "Vera", "Chien"),
    "male": ("Alan", "Emil", "Niels", "Paul", "Omar", "Kofi", "Ravi", "Jonas", "Luis", "Tomas", "Hugo", "Ivan"),
}
_FAMILY: Final = (
    "Aalto", "Brandt", "Costa", "Dvorak", "Eze", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kowalski", "Lund",
    "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka", "Ueda", "Varga", "Weber", "Yilmaz",
)  # fmt: skip


# In the mixed ward most are well; a new kind of trouble comes every third bed, and who fares up and down every ninth.
_TROUBLES: Final = (
    "hypoxia", "fever", "falling-battery", "bradycardia", "loose-electrode", "exertion", "bleeding", "sepsis",
    "dehydration",
)  # fmt: skip
_UPS_AND_DOWNS: Final = ("diabetic-day", "atrial-fibrillation")
MIXED: Final = "mixed"
# Quantity and seconds from one value to the next.
EVERYBODY: Final = {
    "spo2": 1,
    "respiratory_rate": 1,
    "skin_temperature": 1,
    "impedance_50khz": 1,
    "impedance_5khz": 10,
    "impedance_200khz": 10,
    "activity": 10,
    "core_temperature": 30,
    "systolic_pressure": 300,
    "diastolic_pressure": 300,
    "weight": 86_400,
}
GLUCOSE_SENSOR: Final = {"glucose": 300}
SWEAT_PATCH: Final = {"sweat_lactate": 60}
LACTATE_STRIPS: Final = {"blood_lactate": 600}
ON_OXYGEN: Final = frozenset({"hypoxia"})
_SENSES_GLUCOSE_EVERY: Final = 7  # of those who are not known to be diabetic


@dataclass(frozen=True, slots=True)
class Part:
    """One simulated person. `number` is theirs for ever: the same person comes back after a restart."""

    number: int
    given_name: str
    family_name: str
    sex: Literal["female", "male"]
    birth_year: int
    height_cm: float
    mass_kg: float
    fitness: float

    @property
    def mrn(self) -> str:
        return f"SIM-{self.number:04d}"

    @property
    def device_uid(self) -> str:
        return f"sim-{self.number:04d}"

    def scenario(self, scenario: str) -> str:
        """Which of the scenarios it is for this person: in the mixed ward each has their own."""
        if scenario != MIXED:
            return scenario
        if self.number % 3 == 2:
            return _TROUBLES[self.number // 3 % len(_TROUBLES)]
        if self.number % 9 == 3:
            return _UPS_AND_DOWNS[self.number // 9 % len(_UPS_AND_DOWNS)]
        return "well"

    def life(self, scenario: str, *, at: datetime) -> Life:
        """This person's body in a scenario; `at` in the time of their house, by which they sleep, eat and walk."""
        person = Person(self.sex, at.year - self.birth_year, self.height_cm, self.mass_kg, self.fitness)
        offset = at.utcoffset() or timedelta()
        return Life(person, self.scenario(scenario), seed=self.number, east_s=offset.total_seconds())

    def wears(self, scenario: str) -> dict[str, int]:
        """Sampled values that this person's devices give, with how often each comes, in seconds: everybody has a chest
        patch, an oximeter, a cuff, a thermometer and weighs once a day."""
        own = self.scenario(scenario)
        worn = dict(EVERYBODY)
        if own == "diabetic-day" or self.number % _SENSES_GLUCOSE_EVERY == 0:
            worn |= GLUCOSE_SENSOR
        if own in ("exertion", "dehydration"):
            worn |= SWEAT_PATCH
        if own in ("sepsis", "bleeding", "exertion"):
            worn |= LACTATE_STRIPS
        return worn


def parts(count: int) -> Iterator[Part]:
    """The first `count` simulated people."""
    for number in range(1, count + 1):
        own = Random(number * 7919)
        sex: Literal["female", "male"] = own.choice(("female", "male"))
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
            fitness=round(own.uniform(0.8, 1.25), 2),
        )
