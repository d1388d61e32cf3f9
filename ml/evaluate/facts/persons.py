"""Differences between persons."""

from typing import Final

from ml.evaluate.facts.fact import MAN, REST, Fact, Figure, Run, Trial, at, highest, rise, trial, value
from ml.physiology import Person, Segment

WOMAN: Final = Person(sex="female", age_years=35, height_cm=165, mass_kg=60)
OLD: Final = Person(age_years=72, height_cm=172, mass_kg=72)
ATHLETE: Final = Person(fitness=1.5)
UNFIT: Final = Person(fitness=0.7)
HEAVY: Final = Person(mass_kg=110)
CHILD: Final = Person(age_years=6, height_cm=116, mass_kg=21)
NEWBORN: Final = Person(age_years=0, height_cm=50, mass_kg=3.5)

QUIET: Final = (Segment(minutes=60),)
WORK: Final = (REST, Segment(minutes=8, work_watts=150))
ALL_OUT: Final = (REST, Segment(minutes=5, work_watts=450))
TILT: Final = (REST, Segment(minutes=10, tilt_degrees=60))
OGTT: Final = (REST, Segment(minutes=5, carbohydrate_g_per_min=15), Segment(minutes=180))


def quiet(person: Person) -> tuple[Trial]:
    return trial(*QUIET, person=person)


def both(segments: tuple[Segment, ...], person: Person) -> tuple[Trial, Trial]:
    return (Trial(segments, person), Trial(segments, MAN))


def more(name: str, minute: float) -> Figure:
    return lambda run, other: value(run, name, minute) - value(other, name, minute)


def peak_uptake_per_kg(kilograms: float) -> Figure:
    return lambda run: 1000.0 * highest("oxygen_uptake")(run) / kilograms


def tilt_difference(run: Run, other: Run) -> float:
    return rise("heart_rate", 30, 40)(run) - rise("heart_rate", 30, 40)(other)


FACTS: Final[tuple[Fact, ...]] = (
    Fact("woman: cardiac output, L/min", quiet(WOMAN), at("cardiac_output", 60), 3.9, 5.6, "Cattermole 2017"),
    Fact("woman: heart rate above the man's, /min", both(QUIET, WOMAN), more("heart_rate", 60), 1, 10, "Ostchega 2011"),
    Fact("woman: haematocrit, %", quiet(WOMAN), lambda run: 100 * value(run, "haematocrit", 60), 36, 44, "WHO 2011"),
    Fact(
        "woman: oxygen uptake at its most, mL/kg/min",
        trial(*ALL_OUT, person=WOMAN),
        peak_uptake_per_kg(60),
        28,
        42,
        "de Souza e Silva 2018",
        tuned=True,
    ),
    Fact("woman: plasma volume, L", quiet(WOMAN), at("plasma_volume", 60), 1.9, 2.8, "Nadler 1962"),
    Fact(
        "72 years: heart rate at its most, /min",
        trial(*ALL_OUT, person=OLD),
        highest("heart_rate"),
        145,
        166,
        "Tanaka 2001",
        tuned=True,
    ),
    Fact(
        "72 years: oxygen uptake at its most, mL/kg/min",
        trial(*ALL_OUT, person=OLD),
        peak_uptake_per_kg(72),
        21,
        36,
        "de Souza e Silva 2018",
    ),
    Fact(
        "72 years: rise of heart rate at 60° against 35 years, /min",
        both(TILT, OLD),
        tilt_difference,
        -10,
        -0.5,
        "Smith 1994",
    ),
    Fact(
        "72 years: mean pressure above 35 years, mmHg",
        both(QUIET, OLD),
        more("mean_arterial_pressure", 60),
        2,
        18,
        "Wright 2011",
    ),
    Fact("72 years: SpO2, %", quiet(OLD), at("spo2", 60), 93, 98, "Crapo 1999"),
    Fact(
        "72 years: cardiac output below 35 years, L/min",
        both(QUIET, OLD),
        more("cardiac_output", 60),
        -1.5,
        0,
        "Katori 1979",
    ),
    Fact("trained: heart rate, /min", quiet(ATHLETE), at("heart_rate", 60), 42, 60, "Reimers 2018"),
    Fact(
        "trained: stroke volume above the man's, mL",
        both(QUIET, ATHLETE),
        more("stroke_volume", 60),
        8,
        45,
        "Proctor 1998",
    ),
    Fact(
        "trained: oxygen uptake at its most, mL/kg/min",
        trial(*ALL_OUT, person=ATHLETE),
        peak_uptake_per_kg(70),
        56,
        75,
        "definition",
    ),
    Fact(
        "trained: heart rate at 150 W against the man's, /min",
        both(WORK, ATHLETE),
        more("heart_rate", 38),
        -45,
        -12,
        "Åstrand",
    ),
    Fact(
        "trained: lactate at 150 W against the man's, mmol/L",
        both(WORK, ATHLETE),
        more("lactate", 38),
        -3,
        -0.1,
        "Davis 1979",
    ),
    Fact(
        "trained: cardiac output at its most, L/min",
        trial(*ALL_OUT, person=ATHLETE),
        highest("cardiac_output"),
        24,
        38,
        "Ekblom 1968",
    ),
    Fact(
        "unfit: heart rate at 150 W against the man's, /min",
        both(WORK, UNFIT),
        more("heart_rate", 38),
        8,
        45,
        "Åstrand",
    ),
    Fact(
        "110 kg: cardiac output above the man's, L/min",
        both(QUIET, HEAVY),
        more("cardiac_output", 60),
        0.4,
        3,
        "Collis 2001",
    ),
    Fact(
        "110 kg: insulin peak above the man's, µU/mL",
        both(OGTT, HEAVY),
        lambda run, other: highest("insulin")(run) - highest("insulin")(other),
        10,
        200,
        "Hayashi 2008",
    ),
    Fact("110 kg: oxygen uptake, L/min", quiet(HEAVY), at("oxygen_uptake", 60), 0.26, 0.40, "Mifflin 1990"),
    Fact("six years: heart rate, /min", quiet(CHILD), at("heart_rate", 60), 75, 112, "Fleming 2011"),
    Fact("six years: breaths, /min", quiet(CHILD), at("respiratory_rate", 60), 16, 26, "Fleming 2011"),
    Fact("six years: mean pressure, mmHg", quiet(CHILD), at("mean_arterial_pressure", 60), 63, 85, "Haque 2007"),
    Fact("newborn: heart rate, /min", quiet(NEWBORN), at("heart_rate", 60), 105, 150, "Fleming 2011"),
    Fact("newborn: mean pressure, mmHg", quiet(NEWBORN), at("mean_arterial_pressure", 60), 38, 62, "Zubrow 1995"),
    Fact("newborn: breaths, /min", quiet(NEWBORN), at("respiratory_rate", 60), 30, 56, "Fleming 2011"),
)
