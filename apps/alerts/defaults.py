"""The limits an organization starts with: adults at rest, no pregnancy. Its managers change them in the admin.

SpO2 below 90 % after 15 s: with that delay 60 to 70 % of the low-SpO2 alarms at this limit fall away, without one that
lasts (Graham & Cvach, Am J Crit Care 2010;19:28-34, and the studies it opened). High-priority limits of rates and
pressure are the ends of the scale of NEWS2 (Royal College of Physicians 2017), where one parameter alone calls for
urgent review: respiration <= 8, pulse <= 40 or >= 131, systolic <= 90 or >= 220, temperature <= 35.0. The medium ones
lie between those and the normal range. Glucose: levels 1 and 2 of hypoglycaemia and level 2 of hyperglycaemia, 3.9,
3.0 and 13.9 mmol/L (Battelino et al., Diabetes Care 2019;42:1593-1603).

A value breaches a limit when it lies beyond it: low 41 catches what NEWS2 writes as <= 40.
"""

from typing import Final, NamedTuple

from apps.alerts.models import Priority


class DefaultRule(NamedTuple):
    quantity: str
    priority: Priority
    low: float | None
    high: float | None
    delay_s: float
    hysteresis: float


HIGH, MEDIUM = Priority.HIGH, Priority.MEDIUM

ADULT: Final = (
    DefaultRule("spo2", MEDIUM, 90, None, 15, 1),
    DefaultRule("spo2", HIGH, 85, None, 10, 1),
    DefaultRule("heart_rate", MEDIUM, 50, 120, 10, 2),
    DefaultRule("heart_rate", HIGH, 41, 130, 5, 2),
    DefaultRule("respiratory_rate", MEDIUM, 10, 24, 15, 1),
    DefaultRule("respiratory_rate", HIGH, 9, 30, 15, 1),
    DefaultRule("core_temperature", MEDIUM, 35.1, 39.0, 60, 0.2),
    DefaultRule("systolic_pressure", HIGH, 91, 219, 0, 3),
    DefaultRule("glucose", MEDIUM, 3.9, 13.9, 60, 0.3),
    DefaultRule("glucose", HIGH, 3.0, None, 60, 0.3),
)
