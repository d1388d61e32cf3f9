"""Who the body is: five figures, and what anthropometry tells from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from ml.physiology.quantities import Array

LIMITS: Final = {
    "age_years": (0.0, 110.0),
    "height_cm": (40.0, 230.0),
    "mass_kg": (2.0, 300.0),
    "fitness": (0.4, 2.2),
}
KCAL_PER_DAY_TO_LITRES_OXYGEN_PER_MIN: Final = 1.0 / (1440.0 * 4.825)  # at a respiratory quotient of 0.82, Weir 1949
SITTING: Final = 1.05  # seated over lying, Ainsworth 2011


@dataclass(frozen=True)
class Person:
    """`fitness`: aerobic capacity over what is usual for age, sex and build (1). Raises ValueError out of LIMITS."""

    sex: Literal["male", "female"] = "male"
    age_years: float = 35.0
    height_cm: float = 175.0
    mass_kg: float = 70.0
    fitness: float = 1.0

    def __post_init__(self) -> None:
        if self.sex not in ("male", "female"):
            raise ValueError(f"sex {self.sex!r} is neither male nor female")
        for name, (low, high) in LIMITS.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} {getattr(self, name)} is outside {low} to {high}")


@dataclass(frozen=True)
class Build:
    """Persons as arrays (patients,), and the textbook estimates of their bodies."""

    male: Array  # 1 or 0
    age: Array
    height_cm: Array
    mass: Array
    fitness: Array

    @staticmethod
    def of(persons: Sequence[Person]) -> "Build":
        def column(name: str) -> Array:
            return np.array([getattr(person, name) for person in persons], dtype=np.float64)

        male = np.array([person.sex == "male" for person in persons], dtype=np.float64)
        return Build(male, column("age_years"), column("height_cm"), column("mass_kg"), column("fitness"))

    @property
    def body_mass_index(self) -> Array:
        return self.mass / (self.height_cm / 100.0) ** 2

    @property
    def surface_m2(self) -> Array:
        """Du Bois & Du Bois 1916, Arch Intern Med 17:863."""
        return 0.007184 * self.mass**0.425 * self.height_cm**0.725

    @property
    def blood_litres(self) -> Array:
        """Nadler 1962, Surgery 51:224; at most 80 mL/kg, as in children (Riley 2010). The trained have more
        (Convertino 1991, Med Sci Sports Exerc 23:1338)."""
        metres = self.height_cm / 100.0
        man = 0.3669 * metres**3 + 0.03219 * self.mass + 0.6041
        woman = 0.3561 * metres**3 + 0.03308 * self.mass + 0.1833
        adult = np.minimum(np.where(self.male > 0, man, woman), 0.080 * self.mass)
        return adult * (1.0 + 0.25 * np.clip(self.fitness - 1.0, -0.4, 0.8))

    @property
    def haematocrit(self) -> Array:
        """0.45 in men, 0.40 in women, 0.37 in children (WHO 2011)."""
        return np.where(self.age < 12.0, 0.37, np.where(self.male > 0, 0.45, 0.40))

    @property
    def water_litres(self) -> Array:
        """Watson 1980, Am J Clin Nutr 33:27; within 45 to 75 % of the mass."""
        man = 2.447 - 0.09516 * self.age + 0.1074 * self.height_cm + 0.3362 * self.mass
        woman = -2.097 + 0.1069 * self.height_cm + 0.2466 * self.mass
        return np.clip(np.where(self.male > 0, man, woman), 0.38 * self.mass, 0.75 * self.mass)

    @property
    def fat_percent(self) -> Array:
        """Deurenberg 1991, Br J Nutr 65:105."""
        return np.clip(1.2 * self.body_mass_index + 0.23 * self.age - 10.8 * self.male - 5.4, 5.0, 60.0)

    @property
    def resting_uptake(self) -> Array:
        """Oxygen of rest, seated, L/min: Mifflin 1990, Am J Clin Nutr 51:241; under 18 Schofield 1985."""
        adult = 10.0 * self.mass + 6.25 * self.height_cm - 5.0 * self.age + np.where(self.male > 0, 5.0, -161.0)
        infant = np.where(self.male > 0, 59.5 * self.mass - 30.4, 58.3 * self.mass - 31.1)
        child = np.where(self.male > 0, 22.7 * self.mass + 504.0, 20.3 * self.mass + 486.0)
        youth = np.where(self.male > 0, 17.7 * self.mass + 658.0, 13.4 * self.mass + 693.0)
        young = np.where(self.age < 3.0, infant, np.where(self.age < 10.0, child, youth))
        kcal = np.where(self.age < 18.0, young, adult)
        return SITTING * np.maximum(kcal, 12.0 * self.mass) * KCAL_PER_DAY_TO_LITRES_OXYGEN_PER_MIN

    @property
    def maximal_uptake(self) -> Array:
        """L/min on a cycle, times fitness: de Souza e Silva 2018 (FRIEND), Eur J Prev Cardiol 25:678."""
        years = np.clip(self.age, 18.0, 95.0)
        inches, pounds = self.height_cm / 2.54, self.mass / 0.45359
        per_kg = 45.2 - 0.35 * years - 10.9 * (2.0 - self.male) - 0.15 * pounds + 0.68 * inches - 0.92
        per_kg = np.where(self.age < 18.0, np.where(self.male > 0, 46.0, 40.0), np.clip(per_kg, 14.0, 60.0))
        return np.maximum(self.fitness * per_kg * self.mass / 1000.0, 3.0 * self.resting_uptake)

    @property
    def maximal_heart_rate(self) -> Array:
        """Tanaka 2001, J Am Coll Cardiol 37:153; at most 205, with which children stop."""
        return np.minimum(208.0 - 0.7 * self.age, 205.0)

    @property
    def resting_heart_rate(self) -> Array:
        """Seated: 66 in a man of average fitness and 5 more in a woman (Ostchega 2011, NHSR 41), 12 less at 1.5 times
        the capacity (Reimers 2018, J Clin Med 7:503), 125 in the newborn (Fleming 2011, Lancet 377:1011)."""
        trained = 26.0 * np.clip(self.fitness - 1.0, -0.5, 0.7)
        return 66.0 + 5.0 * (1.0 - self.male) - trained + 60.0 * np.exp(-self.age / 5.0)
