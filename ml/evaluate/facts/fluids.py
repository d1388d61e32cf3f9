"""Bleeding, infusion, drinking, drying out."""

from typing import Final

from ml.evaluate.facts.fact import REST, Fact, Figure, Run, Trial, highest, percent, rise, trial, value
from ml.physiology import Segment

BLEED_1L: Final = trial(REST, Segment(minutes=20, bleed_ml_per_min=50), Segment(minutes=65))
DONATION: Final = trial(REST, Segment(minutes=6.4, bleed_ml_per_min=375 / 6.4), Segment(minutes=5))
DONATION_500: Final = trial(REST, Segment(minutes=10, bleed_ml_per_min=50), Segment(minutes=10))
BLEED_2L: Final = trial(REST, Segment(minutes=30, bleed_ml_per_min=2000 / 30), Segment(minutes=5))
REFILL: Final = trial(REST, Segment(minutes=10, bleed_ml_per_min=70), Segment(minutes=1440))
SALINE_1L: Final = trial(REST, Segment(minutes=30, infuse_ml_per_min=1000 / 30), Segment(minutes=60))
SALINE_2L: Final = trial(REST, Segment(minutes=30, infuse_ml_per_min=2000 / 30), Segment(minutes=150))
REPLACED: Final = trial(
    REST, Segment(minutes=20, bleed_ml_per_min=50), Segment(minutes=30, infuse_ml_per_min=80), Segment(minutes=30)
)
WATER_1L: Final = trial(REST, Segment(minutes=10, drink_ml_per_min=100), Segment(minutes=180))
HEAT_WORK: Final = Segment(minutes=90, work_watts=90, air_celsius=36, relative_humidity=0.3, drink_ml_per_min=0)
DRYING: Final = trial(REST, HEAT_WORK, Segment(minutes=60, drink_ml_per_min=0))
# Two per cent of body mass, sweated out at rest in dry heat, then two hours in the cool; the other drank what was lost
SAUNA: Final = {"minutes": 150.0, "air_celsius": 50.0, "relative_humidity": 0.2, "clothing_clo": 0.3}
TEST: Final = Segment(minutes=20, work_watts=90, air_celsius=30)
DRY: Final = Trial((Segment(**SAUNA, drink_ml_per_min=0), Segment(minutes=120, drink_ml_per_min=0), TEST))
WET: Final = Trial((Segment(**SAUNA, drink_ml_per_min=9), Segment(minutes=120, drink_ml_per_min=3), TEST))


def refilled(run: Run) -> float:
    """Percent of the plasma lost that has come back after a day."""
    before, after = value(run, "plasma_volume", 30), value(run, "plasma_volume", 1470)
    lost = 0.7 * (1.0 - value(run, "haematocrit", 30))
    return 100.0 * (1.0 - (before - after) / lost)


def retained(minute: float, infused_litres: float) -> Figure:
    """Share of the infusion that is in the plasma."""
    return lambda run: rise("plasma_volume", 30, minute)(run) / infused_litres


def lost_percent(dry: Run, wet: Run) -> float:
    return 100.0 * (value(wet, "body_mass", 270) - value(dry, "body_mass", 270)) / value(wet, "body_mass", 270)


def per_percent(name: str) -> Figure:
    return lambda dry, wet: (value(dry, name, 290) - value(wet, name, 290)) / lost_percent(dry, wet)


FACTS: Final[tuple[Fact, ...]] = (
    Fact(
        "change of mean pressure, mmHg",
        BLEED_1L,
        rise("mean_arterial_pressure", 30, 55),
        -15,
        -3,
        "Johnson 2013, 89.5 to 80.8",
    ),
    Fact(
        "change of central venous pressure, mmHg",
        BLEED_1L,
        rise("central_venous_pressure", 30, 55),
        -6.5,
        -2,
        "Johnson 2013, 5.8 to 1.1",
    ),
    Fact("rise of heart rate, /min", BLEED_1L, rise("heart_rate", 30, 55), 2, 15, "Johnson 2013", tuned=True),
    Fact("change of stroke volume, %", BLEED_1L, percent("stroke_volume", 30, 55), -42, -12, "Johnson 2013"),
    Fact("change of cardiac output, %", BLEED_1L, percent("cardiac_output", 30, 55), -32, -8, "Johnson 2013"),
    Fact("change of stroke volume, %", DONATION, percent("stroke_volume", 30, 41), -20, -4, "Leonetti 2004"),
    Fact("rise of heart rate, /min", DONATION_500, rise("heart_rate", 30, 45), 0, 8, "Leonetti 2004"),
    Fact("change of mean pressure, mmHg", DONATION_500, rise("mean_arterial_pressure", 30, 45), -8, 1, "Leonetti 2004"),
    Fact(
        "mean pressure of class III loss, mmHg",
        BLEED_2L,
        lambda run: value(run, "mean_arterial_pressure", 64),
        30,
        75,
        "ATLS",
        tuned=True,
    ),
    Fact("rise of heart rate, /min", BLEED_2L, rise("heart_rate", 30, 64), 10, 60, "ATLS", tuned=True),
    Fact("plasma refilled after 24 h, %", REFILL, refilled, 50, 120, "Moore 1965", tuned=True),
    Fact(
        "fall of haematocrit after 24 h, points",
        REFILL,
        lambda run: 100 * rise("haematocrit", 30, 1470)(run),
        -7,
        -2,
        "Moore 1965",
    ),
    Fact(
        "plasma gained in the first hour, L",
        BLEED_1L,
        rise("plasma_volume", 50, 110),
        0.05,
        0.3,
        "Moore 1965",
        tuned=True,
    ),
    Fact("plasma gained at the end, L", SALINE_2L, rise("plasma_volume", 30, 60), 0.5, 1.4, "Hahn 2010"),
    Fact(
        "share in plasma 30 min after, of the infusion",
        SALINE_2L,
        retained(90, 2.0),
        0.15,
        0.40,
        "Hahn 2010",
        tuned=True,
    ),
    Fact("change of cardiac output at the end, %", SALINE_2L, percent("cardiac_output", 30, 60), 3, 35, "Kumar 2004"),
    Fact(
        "change of central venous pressure at the end, mmHg",
        SALINE_2L,
        rise("central_venous_pressure", 30, 60),
        1.5,
        8,
        "Kumar 2004",
    ),
    Fact(
        "fall of haematocrit at the end, points",
        SALINE_2L,
        lambda run: 100 * rise("haematocrit", 30, 60)(run),
        -12,
        -4,
        "Hahn 2010",
    ),
    Fact("change of osmolality, mOsm/L", SALINE_2L, rise("osmolality", 30, 90), -3, 3, "Reid 2003"),
    Fact("plasma gained at the end, L", SALINE_1L, rise("plasma_volume", 30, 60), 0.2, 0.7, "Hahn 2010"),
    Fact("change of heart rate at the end, /min", SALINE_1L, rise("heart_rate", 30, 60), -8, 2, "Kumar 2004"),
    Fact("mean pressure from before, mmHg", REPLACED, rise("mean_arterial_pressure", 30, 80), -6, 5, "ATLS"),
    Fact("urine at its most, L/h", WATER_1L, highest("urine_rate", 30), 0.3, 1.1, "Robertson 1976"),
    Fact(
        "lowest change of osmolality, mOsm/L",
        WATER_1L,
        lambda run: float(run["osmolality"].min()) - value(run, "osmolality", 30),
        -8,
        -1.5,
        "Robertson 1976",
    ),
    Fact(
        "body mass lost, %",
        DRYING,
        lambda run: -percent("body_mass", 30, 120)(run),
        1.3,
        2.9,
        "Nose 1988, 2.3",
        tuned=True,
    ),
    Fact(
        "change of plasma volume, %",
        DRYING,
        percent("plasma_volume", 30, 120),
        -14,
        -4,
        "Nose 1988, about -9.4",
        tuned=True,
    ),
    Fact("rise of osmolality, mOsm/L", DRYING, rise("osmolality", 30, 120), 2, 12, "Nose 1988"),
    Fact("change of plasma volume an hour later, %", DRYING, percent("plasma_volume", 30, 180), -10, -2, "Nose 1988"),
    Fact(
        "heart rate in exercise per 1 % lost, /min",
        (DRY, WET),
        per_percent("heart_rate"),
        1.5,
        5.5,
        "Adams 2014, 3",
        tuned=True,
    ),
    Fact(
        "core temperature in exercise per 1 % lost, °C",
        (DRY, WET),
        per_percent("core_temperature"),
        0.05,
        0.4,
        "Sawka 1985",
    ),
    Fact("mass lost in the sauna, %", (DRY, WET), lost_percent, 1.0, 4.0, "Sawka 1985"),
)
