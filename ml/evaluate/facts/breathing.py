"""Thin air, much oxygen."""

from typing import Final

from ml.evaluate.facts.fact import REST, Fact, Trial, at, percent, percent_against, rise, trial, value
from ml.physiology import Segment


def air(mmhg: float, minutes: float = 60) -> tuple[Trial]:
    return trial(REST, Segment(minutes=minutes, barometric_mmhg=mmhg))


def mixture(fio2: float) -> tuple[Trial]:
    return trial(REST, Segment(minutes=30, fio2=fio2))


WORK_HIGH: Final = Trial(
    (Segment(minutes=60, barometric_mmhg=526), Segment(minutes=8, barometric_mmhg=526, work_watts=100))
)
WORK_LOW: Final = Trial((Segment(minutes=60), Segment(minutes=8, work_watts=100)))

FACTS: Final[tuple[Fact, ...]] = (
    Fact("SpO2 at 1,500 m, %", air(634), at("spo2", 90), 92, 97, "Hackett"),
    Fact("SpO2 at 3,000 m, %", air(526), at("spo2", 90), 86, 92, "Hackett", tuned=True),
    Fact("rise of heart rate at 3,000 m, /min", air(526), rise("heart_rate", 30, 90), 2, 16, "Vogel 1967"),
    Fact("arterial CO2 at 3,000 m, mmHg", air(526), at("paco2", 90), 31, 38.5, "Rahn 1949"),
    Fact("SpO2 at 4,500 m, %", air(433), at("spo2", 90), 73, 86, "Hackett"),
    Fact("rise of heart rate at 4,500 m, /min", air(433), rise("heart_rate", 30, 90), 8, 32, "Vogel 1967"),
    Fact("arterial CO2 at 4,500 m, mmHg", air(433), at("paco2", 90), 26.5, 36, "Rahn 1949"),
    Fact("ventilation at 4,500 m, %", air(433), percent("ventilation", 30, 90), 10, 65, "Rahn 1949"),
    Fact("cardiac output at 4,500 m, %", air(433), percent("cardiac_output", 30, 90), 8, 50, "Vogel 1967"),
    Fact(
        "change of mean pressure at 4,500 m, mmHg",
        air(433),
        rise("mean_arterial_pressure", 30, 90),
        -8,
        10,
        "Vogel 1967",
    ),
    Fact("SpO2 at 5,500 m, %", air(380), at("spo2", 90), 60, 80, "Hackett"),
    Fact("arterial CO2 at 5,500 m, mmHg", air(380), at("paco2", 90), 22, 33, "Rahn 1949"),
    Fact("rise of heart rate, /min", mixture(0.12), rise("heart_rate", 30, 60), 7, 25, "Lahiri 1976"),
    Fact("cardiac output, %", mixture(0.12), percent("cardiac_output", 30, 60), 5, 40, "Phillips 1988"),
    Fact("ventilation, %", mixture(0.12), percent("ventilation", 30, 60), 8, 60, "Easton 1986"),
    Fact("SpO2, %", mixture(0.12), at("spo2", 60), 74, 87, "Easton 1986"),
    Fact("SpO2, %", mixture(0.15), at("spo2", 60), 87, 94.5, "Easton 1986"),
    Fact("rise of heart rate, /min", mixture(0.15), rise("heart_rate", 30, 60), 1, 14, "Phillips 1988"),
    Fact("SpO2, %", mixture(0.50), at("spo2", 60), 98, 100, "Severinghaus 1979"),
    Fact(
        "change of cardiac output, %",
        mixture(0.99),
        percent("cardiac_output", 30, 60),
        -13,
        -5,
        "Smit 2018, -10.2",
        tuned=True,
    ),
    Fact("change of heart rate, /min", mixture(0.99), rise("heart_rate", 30, 60), -9, -1, "Smit 2018"),
    Fact("change of resistance, %", mixture(0.99), percent("systemic_resistance", 30, 60), 5, 22, "Smit 2018"),
    Fact("change of mean pressure, mmHg", mixture(0.99), rise("mean_arterial_pressure", 30, 60), -2, 7, "Smit 2018"),
    Fact(
        "heart rate at 100 W, 3,000 m against sea level, %",
        (WORK_HIGH, WORK_LOW),
        percent_against("heart_rate", 68),
        3,
        22,
        "Stenberg 1966",
    ),
    Fact(
        "oxygen uptake at 100 W, 3,000 m against sea level, %",
        (WORK_HIGH, WORK_LOW),
        percent_against("oxygen_uptake", 68),
        -5,
        5,
        "Stenberg 1966",
    ),
    Fact(
        "SpO2 at 100 W at 3,000 m, %",
        (WORK_HIGH,),
        lambda run: value(run, "spo2", 68),
        78,
        91,
        "Wehrlin 2006",
        tuned=True,
    ),
)
