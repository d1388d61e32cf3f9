"""Tilt and standing."""

from typing import Final

from ml.evaluate.facts.fact import REST, Fact, percent, rise, trial
from ml.physiology import Segment

TILT: Final = trial(REST, Segment(minutes=10, tilt_degrees=60))
STAND: Final = trial(REST, Segment(minutes=30, tilt_degrees=90), Segment(minutes=10))
TILT_30: Final = trial(REST, Segment(minutes=10, tilt_degrees=30))

FACTS: Final[tuple[Fact, ...]] = (
    Fact("rise of heart rate, /min", TILT, rise("heart_rate", 30, 40), 7, 22, "Hainsworth 1988, 14.7", tuned=True),
    Fact(
        "change of cardiac output, L/min",
        TILT,
        rise("cardiac_output", 30, 40),
        -2.1,
        -0.7,
        "Hainsworth 1988, -1.41",
        tuned=True,
    ),
    Fact("change of stroke volume, %", TILT, percent("stroke_volume", 30, 40), -50, -22, "Smith 1994"),
    Fact("change of resistance, %", TILT, percent("systemic_resistance", 30, 40), 12, 55, "Smith 1994"),
    Fact(
        "change of mean pressure at the heart, mmHg", TILT, rise("mean_arterial_pressure", 30, 40), -8, 10, "Smith 1994"
    ),
    Fact(
        "change of central venous pressure, mmHg",
        TILT,
        rise("central_venous_pressure", 30, 40),
        -8,
        -2.5,
        "Matzen 1991",
    ),
    Fact("rise of heart rate, /min", TILT_30, rise("heart_rate", 30, 40), 1, 11, "Smith 1994"),
    Fact("rise of heart rate standing, /min", STAND, rise("heart_rate", 30, 35), 8, 28, "Smith 1994"),
    Fact("change of stroke volume standing, %", STAND, percent("stroke_volume", 30, 35), -55, -25, "Smith 1994"),
    Fact("change of cardiac output standing, %", STAND, percent("cardiac_output", 30, 35), -38, -10, "Smith 1994"),
    Fact(
        "change of mean pressure standing, mmHg", STAND, rise("mean_arterial_pressure", 30, 35), -10, 12, "Smith 1994"
    ),
    Fact("change of plasma volume in 30 min, %", STAND, percent("plasma_volume", 30, 60), -18, -6, "Hagan 1978"),
    Fact("heart rate back down, /min from rest", STAND, rise("heart_rate", 30, 70), -4, 4, "Smith 1994"),
)
