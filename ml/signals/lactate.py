"""Lactate of blood and lactate of sweat: two quantities, and never one made of the other.

Sweat glands make lactate of their own, and its concentration falls as sweat flows faster; between the two there is no
relation that holds for a person, let alone for all. So there is no conversion here, on purpose: sweat lactate has
limits of its own, and only its change says something.

Blood lactate after exercise falls by half in 15 to 25 minutes and rises by no more than a few mmol/L a minute.
"""

from typing import Final

from ml.signals.steady import Limits

BLOOD: Final = Limits(jump=3.0, fastest=4.0, confirm_s=600.0, memory_s=300.0, gap_s=7_200.0)
SWEAT: Final = Limits(jump=10.0, fastest=10.0, confirm_s=300.0, memory_s=120.0, gap_s=3_600.0)
