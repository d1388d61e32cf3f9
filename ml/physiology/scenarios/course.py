"""A course: what is done to a body, and to its sensors, in time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

Track = tuple[tuple[float, float], ...]
"""(minute, value) points, joined by straight lines; the last value meets the first anew."""

MINUTES_PER_DAY: Final = 1440.0

# What a track may move: unit, value when nothing is done, and whether it grows with how ill somebody is.
WAYS: Final[Mapping[str, tuple[str, float, bool]]] = {
    # done to the body as anybody could
    "effort": ("1", 0.0, False),  # work on a cycle, as a share of the reserve of oxygen uptake
    "drink_ml_per_min": ("mL/min", 1.5, False),
    "salt_mosm_per_min": ("mOsm/min", 0.0, False),  # eaten beyond what a day needs; 1 g of salt is 34 mOsm
    "carbohydrate_g_per_min": ("g/min", 0.0, False),
    "insulin_u_per_kg_h": ("U/kg/h", 0.0, False),
    "fio2": ("1", 0.2095, False),
    "air_celsius": ("°C", 27.0, False),
    "air_speed_m_s": ("m/s", 0.1, False),
    "relative_humidity": ("1", 0.4, False),
    "infuse_ml_per_kg_h": ("mL/kg/h", 0.0, False),
    "blood_lost_per_h": ("1/h", 0.0, True),  # of the blood volume
    "blood_given_per_h": ("1/h", 0.0, True),
    # what an illness does
    "fever_celsius": ("°C", 0.0, True),  # of the set-point
    "heart_rate_factor": ("1", 1.0, True),  # of the resting rate: pain, catecholamines, conduction
    "node_rate_per_min": ("/min", np.nan, False),  # the resting rate itself, where a block sets it
    "breath_rate_shift": (
        "/min",
        0.0,
        True,
    ),  # breaths at the same ventilation: the shallow ones of the short of breath
    "co2_fall_mmhg": ("mmHg", 0.0, True),  # what acid and fright take off the set-point of carbon dioxide
    "gradient_rise_mmhg": ("mmHg", 0.0, True),  # alveolar-arterial oxygen gradient, shunt included
    "gradient_mmhg": ("mmHg", np.nan, False),  # the same gradient whoever it is, where that is more than their own
    "vasodilation": ("1", 0.0, True),  # the share by which resting pressure falls if no reflex answers
    "venodilation": ("1", 0.0, True),  # the share of the blood volume that stretches nothing any more
    "capillary_leak": ("1", 0.0, True),  # the share by which more protein is needed to hold plasma back
    "lactate_mmol_per_min": ("mmol/L/min", 0.0, True),  # made beside what work makes
    "sleep": ("1", 0.0, False),
    "fibrillation": ("1", 0.0, False),
    "ventricular_ectopics_per_min": ("/min", 0.0, False),
    # what befalls the sensors
    "lead_off": ("1", 0.0, False),
    "probe_off": ("1", 0.0, False),
    "motion": ("1", 0.0, False),
    "drop_out": ("1", 0.0, False),
    "battery_percent": ("%", np.nan, False),  # else what a daily charge leaves
}


@dataclass(frozen=True)
class Course:
    """`minutes` long, and then anew. A daily one begins at midnight by the clock of the ward; of another each person
    has an hour of their own. `on_air`: who comes on air is found between these minutes, when what the course is about
    is to be seen. `traits`: factors on the body's parameters, for good. Raises ValueError for what nobody knows."""

    tracks: Mapping[str, Track]
    minutes: float = MINUTES_PER_DAY
    daily: bool = False
    on_air: tuple[float, float] | None = None
    traits: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, track in self.tracks.items():
            if name not in WAYS:
                raise ValueError(f"nothing is known of {name}")
            at = [minute for minute, _ in track]
            if at != sorted(at) or at[0] < 0.0 or at[-1] > self.minutes:
                raise ValueError(f"the points of {name} are not in order within {self.minutes:g} minutes")

    def minute_on_air(self, epoch_s: float, shift_min: float) -> float:
        """Where in the course somebody is who comes on air now: a function of the time alone, so that who comes back is
        where they would have been, except where nothing would be to be seen."""
        minute = (epoch_s / 60.0 + shift_min) % self.minutes
        if self.daily or self.on_air is None:
            return minute
        first, last = self.on_air
        if first <= minute <= last:
            return minute
        return first + 0.25 * (last - first) * (shift_min % 1.0)


def bouts(*each: tuple[float, float, float], rest: float = 0.0, ramp: float = 0.5) -> Track:
    """(begin, minutes, level) one after the other, with `rest` between; on and off within `ramp` minutes."""
    points: list[tuple[float, float]] = [(0.0, rest)]
    for begin, lasts, level in each:
        points += [(begin, rest), (begin + ramp, level), (begin + lasts - ramp, level), (begin + lasts, rest)]
    return tuple(points)
