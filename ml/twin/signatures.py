"""What an event does to what sensors show, told by the body itself: a man of 35 who bleeds, dries out, has a fever.

Each event has several stages, since it is not known when it began. Worked out once a process, from the body.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

import numpy as np

from ml.physiology import Person, Segment
from ml.physiology.quantities import Array
from ml.physiology.simulate import simulate_together
from ml.twin.sensors import SENSORS

BEFORE_MIN: Final = 30.0
BLEEDING: Final = (Segment(25, bleed_ml_per_min=36), Segment(65))
DEHYDRATION: Final = (
    Segment(90, air_celsius=38, work_watts=30, drink_ml_per_min=0), Segment(90, drink_ml_per_min=0),
)  # fmt: skip
EVENTS: Final[Mapping[str, tuple[tuple[Segment, ...], tuple[float, ...]]]] = {
    "bleeding": (BLEEDING, (15.0, 25.0, 45.0, 80.0)),
    "dehydration": (DEHYDRATION, (150.0, 175.0)),
    "fever": ((Segment(240, fever_setpoint_celsius=1.5),), (40.0, 80.0, 150.0, 235.0)),
    "exertion": ((Segment(30, work_watts=60), Segment(30)), (5.0, 28.0, 33.0)),
    "drug": ((Segment(120, beta_blockade=0.7),), (20.0, 115.0)),
    "hypoxia": ((Segment(60, fio2=0.14),), (5.0, 55.0)),
}
"""Segments, and the minutes from their beginning at which a stage is taken."""

_SHOWN: Final = {
    "heart_rate": "heart_rate",
    "respiratory_rate": "respiratory_rate",
    "spo2": "spo2",
    "core_temperature": "core_temperature",
    "skin_temperature": "skin_temperature",
    "mean_pressure": "mean_arterial_pressure",
    "glucose": "glucose",
    "blood_lactate": "lactate",
    "weight": "body_mass",
}


@cache
def signatures() -> Mapping[str, Array]:
    """By event (stages, sensors): the change of each sensor's figure, in its unit."""
    person, rest = Person(), Segment(BEFORE_MIN)
    cases = [(person, (rest, *segments)) for segments, _ in EVENTS.values()]
    longest = max(sum(segment.minutes for segment in segments) for _, segments in cases)
    runs = simulate_together([*cases, (person, (Segment(longest),))], 60.0, step_seconds=5.0)
    still = runs[-1]
    return {
        name: np.array([_change(run, still, BEFORE_MIN + stage) for stage in stages])
        for (name, (_, stages)), run in zip(EVENTS.items(), runs[:-1], strict=True)
    }


def _change(run: Mapping[str, Array], still: Mapping[str, Array], minute: float) -> Array:
    at = round(minute) - 1
    return np.array([_figure(run, code, at) - _figure(still, code, at) for code in SENSORS])


def _figure(run: Mapping[str, Array], code: str, at: int) -> float:
    if code == "total_body_water":
        return float(sum(run[name][at] for name in ("plasma_volume", "interstitial_volume", "cell_volume")))
    return float(run[_SHOWN[code]][at])
