"""Sugar, insulin, a beta blocker."""

from typing import Final

from ml.evaluate.facts.fact import (
    REST,
    Fact,
    Run,
    Trial,
    at,
    highest,
    lowest,
    minute_of,
    percent,
    percent_against,
    rise,
    trial,
    value,
)
from ml.physiology import Segment

OGTT: Final = trial(REST, Segment(minutes=5, carbohydrate_g_per_min=15), Segment(minutes=235))
SNACK: Final = trial(REST, Segment(minutes=5, carbohydrate_g_per_min=5), Segment(minutes=120))
INSULIN: Final = trial(REST, Segment(minutes=1, insulin_u_per_min=7), Segment(minutes=150))
BLOCKED: Final = Trial(
    (REST, Segment(minutes=30, beta_blockade=1), Segment(minutes=8, beta_blockade=1, work_watts=100))
)
FREE: Final = Trial((REST, Segment(minutes=30), Segment(minutes=8, work_watts=100)))
BLOCKED_MAXIMAL: Final = trial(
    Segment(minutes=30, beta_blockade=1), Segment(minutes=6, beta_blockade=1, work_watts=240)
)


def lowest_share(run: Run) -> float:
    """Lowest glucose, percent of before."""
    return 100.0 * lowest("glucose", 30)(run) / value(run, "glucose", 30)


FACTS: Final[tuple[Fact, ...]] = (
    Fact("peak glucose, mmol/L", OGTT, highest("glucose"), 7, 10, "ADA 2024", tuned=True),
    Fact("time of the peak, min", OGTT, minute_of("glucose", 30), 25, 60, "Tschritter 2003", tuned=True),
    Fact("peak insulin, µU/mL", OGTT, highest("insulin"), 35, 110, "Hayashi 2008", tuned=True),
    Fact("time of the insulin peak, min", OGTT, minute_of("insulin", 30), 25, 90, "Hayashi 2008"),
    Fact("glucose after 2 h, mmol/L", OGTT, at("glucose", 150), 4.2, 7.8, "ADA 2024", tuned=True),
    Fact("glucose after 3 h, mmol/L", OGTT, at("glucose", 210), 3.8, 6.3, "Tschritter 2003"),
    Fact("peak glucose after 25 g, mmol/L", SNACK, highest("glucose"), 5.8, 8, "Jenkins 1981", tuned=True),
    Fact("lowest glucose, % of before", INSULIN, lowest_share, 35, 65, "Bonora 1989", tuned=True),
    Fact(
        "time of the lowest glucose, min",
        INSULIN,
        minute_of("glucose", 30, lowest_one=True),
        18,
        50,
        "Bonora 1989",
        tuned=True,
    ),
    Fact(
        "glucose after 2 h, % of before",
        INSULIN,
        lambda run: 100 + percent("glucose", 30, 150)(run),
        65,
        105,
        "Cryer 1993",
    ),
    Fact(
        "change of heart rate at rest, %",
        (BLOCKED,),
        percent("heart_rate", 30, 60),
        -20,
        -8,
        "propranolol, -13",
        tuned=True,
    ),
    Fact("change of cardiac output at rest, %", (BLOCKED,), percent("cardiac_output", 30, 60), -25, -4, "Epstein 1965"),
    Fact(
        "change of mean pressure at rest, mmHg",
        (BLOCKED,),
        rise("mean_arterial_pressure", 30, 60),
        -12,
        2,
        "Epstein 1965",
    ),
    Fact(
        "cardiac output at 100 W against unblocked, %",
        (BLOCKED, FREE),
        percent_against("cardiac_output", 68),
        -22,
        -3,
        "Epstein 1965, -17",
        tuned=True,
    ),
    Fact(
        "heart rate at 100 W against unblocked, %",
        (BLOCKED, FREE),
        percent_against("heart_rate", 68),
        -33,
        -15,
        "Epstein 1965",
    ),
    Fact(
        "stroke volume at 100 W against unblocked, %",
        (BLOCKED, FREE),
        percent_against("stroke_volume", 68),
        2,
        25,
        "Epstein 1965",
    ),
    Fact(
        "oxygen uptake at 100 W against unblocked, %",
        (BLOCKED, FREE),
        percent_against("oxygen_uptake", 68),
        -6,
        4,
        "Epstein 1965",
    ),
    Fact("heart rate at its most, /min", BLOCKED_MAXIMAL, highest("heart_rate"), 110, 150, "Tesch 1985"),
)
