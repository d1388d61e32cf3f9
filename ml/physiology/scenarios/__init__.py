"""What befalls simulated people: courses of inputs and disturbances in time, and the bodies that live through them.

    bodies = Bodies([Life(Person(age_years=71), "fever", seed=4)], epoch_s=1_763_600_000.0)
    now = bodies.second()
    now.shown["heart_rate_per_min"], now.faults.lead_off

docs/body.md lists the scenarios.
"""

from ml.physiology.scenarios.bodies import Bodies, Now
from ml.physiology.scenarios.course import WAYS, Course
from ml.physiology.scenarios.courses import SCENARIOS
from ml.physiology.scenarios.life import Life

__all__ = ["SCENARIOS", "WAYS", "Bodies", "Course", "Life", "Now"]
