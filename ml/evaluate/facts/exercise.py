"""Work on the cycle."""

from typing import Final

from ml.evaluate.facts.fact import REST, Fact, Run, at, highest, percent, rise, slope, trial, value
from ml.physiology import Segment


def cycle(watts: float) -> Segment:
    return Segment(minutes=8, work_watts=watts)


STEP_50: Final = trial(REST, cycle(50), Segment(minutes=20))
STEP_100: Final = trial(REST, cycle(100), Segment(minutes=20))
STEP_150: Final = trial(REST, cycle(150), Segment(minutes=20))
STEP_200: Final = trial(REST, cycle(200), Segment(minutes=20))
STEP_240: Final = trial(REST, cycle(240), Segment(minutes=40))
ALL_OUT: Final = trial(REST, Segment(minutes=5, work_watts=300))
LONG: Final = trial(REST, Segment(minutes=60, work_watts=120, air_celsius=22, air_speed_m_s=1.0))


def share_of_uptake_after_30_s(run: Run) -> float:
    rest = value(run, "oxygen_uptake", 30)
    return (value(run, "oxygen_uptake", 30.5) - rest) / (value(run, "oxygen_uptake", 38) - rest)


def peak_uptake_per_kg(run: Run) -> float:
    return 1000.0 * highest("oxygen_uptake")(run) / 70.0


def lactate_half_life(run: Run) -> float:
    """Minutes until half of what was above rest at the end of work is gone."""
    end = value(run, "lactate", 38)
    below = (run["minutes"] > 38) & (run["lactate"] < 1.0 + (end - 1.0) / 2.0)
    return float(run["minutes"][below][0] - 38.0) if below.any() else float("inf")


FACTS: Final[tuple[Fact, ...]] = (
    Fact("oxygen uptake, L/min", STEP_50, at("oxygen_uptake", 38), 0.85, 1.2, "ATS/ACCP 2003"),
    Fact("heart rate, /min", STEP_50, at("heart_rate", 38), 83, 112, "Åstrand 1964"),
    Fact("oxygen uptake, L/min", STEP_100, at("oxygen_uptake", 38), 1.35, 1.70, "ATS/ACCP 2003"),
    Fact("heart rate, /min", STEP_100, at("heart_rate", 38), 100, 130, "Åstrand 1964", tuned=True),
    Fact("cardiac output, L/min", STEP_100, at("cardiac_output", 38), 10, 15, "Åstrand 1964"),
    Fact("rise of stroke volume, %", STEP_100, percent("stroke_volume", 30, 38), 12, 55, "Åstrand 1964"),
    Fact(
        "rise of mean pressure, mmHg",
        STEP_100,
        rise("mean_arterial_pressure", 30, 38),
        4,
        22,
        "Åstrand 1965",
        tuned=True,
    ),
    Fact("change of resistance, %", STEP_100, percent("systemic_resistance", 30, 38), -65, -35, "Åstrand 1965"),
    Fact("ventilation, L/min", STEP_100, at("ventilation", 38), 28, 48, "Wasserman 1973"),
    Fact("breaths, /min", STEP_100, at("respiratory_rate", 38), 17, 30, "Gallagher 1987"),
    Fact("arterial CO2, mmHg", STEP_100, at("paco2", 38), 36, 43, "Wasserman 1973"),
    Fact("SpO2, %", STEP_100, at("spo2", 38), 94, 99, "Dempsey 1999"),
    Fact("lactate, mmol/L", STEP_100, at("lactate", 38), 0.8, 2.5, "Beaver 1985"),
    Fact(
        "fall of heart rate in 1 min, /min",
        STEP_100,
        lambda run: -rise("heart_rate", 38, 39)(run),
        12,
        42,
        "Cole 1999",
        tuned=True,
    ),
    Fact("share of oxygen uptake after 30 s", STEP_100, share_of_uptake_after_30_s, 0.45, 0.80, "Whipp 1982"),
    Fact("oxygen uptake, L/min", STEP_150, at("oxygen_uptake", 38), 1.85, 2.3, "ATS/ACCP 2003"),
    Fact("heart rate, /min", STEP_150, at("heart_rate", 38), 122, 156, "Åstrand 1964"),
    Fact("cardiac output, L/min", STEP_150, at("cardiac_output", 38), 13, 19, "Åstrand 1964"),
    Fact("flow per oxygen, L/L", STEP_150, slope("cardiac_output", "oxygen_uptake", 30, 38), 4.8, 6.8, "Proctor 1998"),
    Fact("oxygen uptake, L/min", STEP_200, at("oxygen_uptake", 38), 2.3, 2.85, "ATS/ACCP 2003"),
    Fact("heart rate, /min", STEP_200, at("heart_rate", 38), 148, 178, "Åstrand 1964"),
    Fact("lactate, mmol/L", STEP_200, at("lactate", 38), 2.5, 8, "Beaver 1985"),
    Fact(
        "stroke volume against 100 W, %",
        (*STEP_200, *STEP_100),
        lambda high, low: 100 * (value(high, "stroke_volume", 38) / value(low, "stroke_volume", 38) - 1),
        -8,
        14,
        "Åstrand 1964",
    ),
    Fact("ventilation, L/min", STEP_200, at("ventilation", 38), 52, 95, "Wasserman 1973"),
    Fact(
        "fall of heart rate in 1 min, /min",
        STEP_200,
        lambda run: -rise("heart_rate", 38, 39)(run),
        12,
        50,
        "Cole 1999",
        tuned=True,
    ),
    Fact("lactate, mmol/L", STEP_240, at("lactate", 38), 5, 14, "Beaver 1985", tuned=True),
    Fact("heart rate, /min", STEP_240, at("heart_rate", 38), 170, 190, "Tanaka 2001", tuned=True),
    Fact("ventilation, L/min", STEP_240, at("ventilation", 38), 70, 130, "Wasserman 1973", tuned=True),
    Fact(
        "change of plasma volume, %", STEP_240, percent("plasma_volume", 30, 38), -18, -4, "Convertino 1987", tuned=True
    ),
    Fact("half-life of lactate after, min", STEP_240, lactate_half_life, 10, 28, "Freund 1986"),
    Fact("oxygen uptake at its most, mL/kg/min", ALL_OUT, peak_uptake_per_kg, 37, 50, "de Souza e Silva 2018"),
    Fact("heart rate at its most, /min", ALL_OUT, highest("heart_rate"), 172, 192, "Tanaka 2001"),
    Fact("rise of core temperature, °C", LONG, rise("core_temperature", 30, 90), 0.4, 1.5, "Saltin 1966"),
    Fact("drift of heart rate from 10 to 60 min, /min", LONG, rise("heart_rate", 40, 90), 2, 22, "Coyle 2001"),
    Fact("sweat, L/h", LONG, at("sweat_rate", 90), 0.35, 1.3, "Baker 2017", tuned=True),
    Fact("change of glucose, mmol/L", LONG, rise("glucose", 30, 90), -1.5, 1, "Wasserman 1995"),
)
