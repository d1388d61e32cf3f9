"""At rest, and through a day."""

from typing import Final

from ml.evaluate.facts.fact import Fact, Run, at, percent, rise, trial, value
from ml.physiology import Segment

HOUR: Final = trial(Segment(minutes=60))
DAY: Final = trial(Segment(minutes=1440))


def metabolic_rate(run: Run) -> float:
    return 1000.0 * value(run, "oxygen_uptake", 60) / 70.0


def half_swing(run: Run) -> float:
    return float(run["core_temperature"].max() - run["core_temperature"].min()) / 2.0


def hour_of_lowest_core(run: Run) -> float:
    return float((14.0 + run["minutes"][run["core_temperature"].argmin()] / 60.0) % 24.0)


def heart_swing(run: Run) -> float:
    return float(run["heart_rate"].max() - run["heart_rate"].min())


FACTS: Final[tuple[Fact, ...]] = (
    Fact("cardiac output, L/min", HOUR, at("cardiac_output", 60), 4.8, 6.2, "Guyton"),
    Fact("mean arterial pressure, mmHg", HOUR, at("mean_arterial_pressure", 60), 83, 97, "Wright 2011"),
    Fact("SpO2, %", HOUR, at("spo2", 60), 95, 99, "BTS 2017"),
    Fact("oxygen uptake, mL/kg/min", HOUR, metabolic_rate, 2.7, 3.9, "Byrne 2005"),
    Fact("core temperature, °C", HOUR, at("core_temperature", 60), 36.4, 37.3, "Sund-Levander 2002"),
    Fact("heart rate, /min", HOUR, at("heart_rate", 60), 57, 77, "Ostchega 2011"),
    Fact("stroke volume, mL", HOUR, at("stroke_volume", 60), 65, 100, "Cattermole 2017"),
    Fact("central venous pressure, mmHg", HOUR, at("central_venous_pressure", 60), 2, 8, "Guyton"),
    Fact("systemic resistance, mmHg·min/L", HOUR, at("systemic_resistance", 60), 12, 20, "Guyton"),
    Fact("arterial CO2, mmHg", HOUR, at("paco2", 60), 36, 44, "Crapo 1999"),
    Fact("breaths, /min", HOUR, at("respiratory_rate", 60), 12, 18, "Tobin 1983"),
    Fact("ventilation, L/min", HOUR, at("ventilation", 60), 5.5, 9, "Tobin 1983"),
    Fact("skin temperature, °C", HOUR, at("skin_temperature", 60), 32.5, 34.5, "Gagge 1971"),
    Fact("sweat, L/h", HOUR, at("sweat_rate", 60), 0, 0.05, "Gagge 1971"),
    Fact("plasma volume, L", HOUR, at("plasma_volume", 60), 2.5, 3.3, "Guyton"),
    Fact("interstitial volume, L", HOUR, at("interstitial_volume", 60), 10, 16, "Guyton"),
    Fact("water in cells, L", HOUR, at("cell_volume", 60), 20, 28, "Guyton"),
    Fact("osmolality, mOsm/L", HOUR, at("osmolality", 60), 278, 295, "Guyton"),
    Fact("lactate, mmol/L", HOUR, at("lactate", 60), 0.5, 1.6, "Beaver 1985"),
    Fact("glucose, mmol/L", HOUR, at("glucose", 60), 4.2, 5.6, "ADA 2024"),
    Fact("insulin, µU/mL", HOUR, at("insulin", 60), 3, 15, "Bergman 1981"),
    Fact("half swing of core temperature over the day, °C", DAY, half_swing, 0.25, 0.55, "Krauchi 1994"),
    Fact("hour of the lowest core temperature", DAY, hour_of_lowest_core, 3, 7.5, "Krauchi 1994", tuned=True),
    Fact("swing of heart rate over the day at rest, /min", DAY, heart_swing, 2, 12, "Krauchi 1994"),
    Fact("plasma volume after a day, %", DAY, percent("plasma_volume", 10, 1440), -4, 4, "steady state"),
    Fact("body mass after a day, kg", DAY, rise("body_mass", 10, 1440), -0.5, 0.5, "steady state"),
)
