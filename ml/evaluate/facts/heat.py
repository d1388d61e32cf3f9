"""Heat, cold, fever."""

from typing import Final

from ml.evaluate.facts.fact import (
    REST,
    Fact,
    Run,
    Trial,
    against,
    at,
    highest,
    percent,
    ratio,
    rise,
    slope,
    trial,
    value,
)
from ml.physiology import Segment

HOT: Final = trial(REST, Segment(minutes=60, air_celsius=45, relative_humidity=0.6, clothing_clo=0.3))
DRY_HOT: Final = trial(REST, Segment(minutes=60, air_celsius=40, relative_humidity=0.3, clothing_clo=0.3))
COLD: Final = trial(REST, Segment(minutes=120, air_celsius=5, clothing_clo=0.3))
COOL: Final = trial(REST, Segment(minutes=60, air_celsius=10, clothing_clo=0.3))
DRESSED: Final = trial(REST, Segment(minutes=60, air_celsius=5, clothing_clo=4.0))
FEVER_1: Final = trial(REST, Segment(minutes=240, fever_setpoint_celsius=1))
FEVER_2: Final = trial(REST, Segment(minutes=240, fever_setpoint_celsius=2), Segment(minutes=120))
WORK_HOT: Final = Trial((REST, Segment(minutes=30, work_watts=100, air_celsius=36, relative_humidity=0.4)))
WORK_COOL: Final = Trial((REST, Segment(minutes=30, work_watts=100, air_celsius=20, relative_humidity=0.4)))


def minutes_to_four_fifths(run: Run) -> float:
    """Of the rise of core temperature that four hours bring."""
    start, end = value(run, "core_temperature", 30), value(run, "core_temperature", 270)
    there = run["core_temperature"] >= start + 0.8 * (end - start)
    return float(run["minutes"][there][0] - 30.0)


def shivering_ratio(run: Run) -> float:
    return highest("oxygen_uptake", 30)(run) / value(run, "oxygen_uptake", 30)


FACTS: Final[tuple[Fact, ...]] = (
    Fact("rise of core, °C", HOT, rise("core_temperature", 30, 90), 0.5, 2.2, "Gagge 1971"),
    Fact(
        "heart rate per °C of core, /min", HOT, slope("heart_rate", "core_temperature", 30, 90), 15, 45, "Crandall 2008"
    ),
    Fact("cardiac output, %", HOT, percent("cardiac_output", 30, 90), 15, 120, "Crandall 2008", tuned=True),
    Fact("change of mean pressure, mmHg", HOT, rise("mean_arterial_pressure", 30, 90), -15, 3, "Crandall 2008"),
    Fact("change of resistance, %", HOT, percent("systemic_resistance", 30, 90), -60, -15, "Crandall 2008"),
    Fact(
        "change of central venous pressure, mmHg",
        HOT,
        rise("central_venous_pressure", 30, 90),
        -7,
        -0.5,
        "Crandall 2008",
    ),
    Fact("sweat, L/h", HOT, at("sweat_rate", 90), 0.5, 1.7, "Baker 2017"),
    Fact("skin temperature, °C", HOT, at("skin_temperature", 90), 36.5, 39.5, "Gagge 1971"),
    Fact("rise of core, °C", DRY_HOT, rise("core_temperature", 30, 90), -0.1, 0.8, "Gagge 1971"),
    Fact("sweat, L/h", DRY_HOT, at("sweat_rate", 90), 0.1, 0.7, "Gagge 1971"),
    Fact("ratio of oxygen uptake", COLD, ratio("oxygen_uptake", 30, 150), 1.5, 3.5, "Tikuisis 1999"),
    Fact("change of core, °C", COLD, rise("core_temperature", 30, 150), -1.0, 0.4, "Tikuisis 1999"),
    Fact("change of skin temperature, °C", COLD, rise("skin_temperature", 30, 150), -15, -6, "Tikuisis 1999"),
    Fact("change of mean pressure, mmHg", COLD, rise("mean_arterial_pressure", 30, 150), 1, 20, "Raven 1970"),
    Fact("change of heart rate, /min", COLD, rise("heart_rate", 30, 150), -12, 12, "Raven 1970", tuned=True),
    Fact("change of stroke volume, %", COLD, percent("stroke_volume", 30, 150), 0, 40, "Raven 1970"),
    Fact("ratio of oxygen uptake", COOL, ratio("oxygen_uptake", 30, 90), 1.1, 2.6, "Tikuisis 1999"),
    Fact("change of skin temperature, °C", COOL, rise("skin_temperature", 30, 90), -12, -4, "Tikuisis 1999"),
    Fact("ratio of oxygen uptake, dressed", DRESSED, ratio("oxygen_uptake", 30, 90), 0.9, 1.5, "ISO 11079", tuned=True),
    Fact(
        "heart rate per °C of core, /min",
        FEVER_2,
        slope("heart_rate", "core_temperature", 30, 270),
        5,
        10.5,
        "Jensen 2019, 7.2",
    ),
    Fact("rise of core, °C", FEVER_2, rise("core_temperature", 30, 270), 1.5, 2.3, "set-point"),
    Fact("rise of core, °C", FEVER_1, rise("core_temperature", 30, 270), 0.7, 1.3, "set-point"),
    Fact(
        "heart rate per °C of core, /min",
        FEVER_1,
        slope("heart_rate", "core_temperature", 30, 270),
        5,
        11,
        "Jensen 2019",
    ),
    Fact("oxygen uptake at its most, ratio", FEVER_2, shivering_ratio, 1.4, 4, "Du Bois 1921; Horvath 1956"),
    Fact("oxygen uptake on the plateau, %", FEVER_2, percent("oxygen_uptake", 30, 270), 12, 40, "Du Bois 1921"),
    Fact("minutes to four fifths of the rise", FEVER_2, minutes_to_four_fifths, 45, 200, "Stitt 1979"),
    Fact(
        "fall of core in 2 h after, °C",
        FEVER_2,
        lambda run: -rise("core_temperature", 270, 390)(run),
        0.8,
        2.3,
        "Stitt 1979",
    ),
    Fact("sweat at its most after, L/h", FEVER_2, highest("sweat_rate", 270), 0.15, 1.6, "Stitt 1979"),
    Fact(
        "heart rate at 100 W, 36 against 20 °C, /min",
        (WORK_HOT, WORK_COOL),
        against("heart_rate", 60),
        5,
        32,
        "Rowell 1974",
    ),
    Fact(
        "core at 100 W, 36 against 20 °C, °C",
        (WORK_HOT, WORK_COOL),
        against("core_temperature", 60),
        0.0,
        0.8,
        "Saltin 1966",
    ),
)
