"""The body, and the signals that sensors would take from it.

    run = simulate(Person(age_years=60), [Segment(minutes=30), Segment(minutes=10, tilt_degrees=60)])
    run["heart_rate"], run["minutes"]

For many bodies at once: `parameters_of(persons)`, `settled(parameters)`, `advance(states, parameters, inputs, seconds)`
and `observe(...)`, all on arrays (patients,) or (patients, members).
"""

from ml.physiology.inputs import Inputs
from ml.physiology.observe import observe
from ml.physiology.parameters import Parameters, parameters_of
from ml.physiology.person import Person
from ml.physiology.rest import settled
from ml.physiology.simulate import Segment, simulate
from ml.physiology.states import States
from ml.physiology.step import advance, coast

__all__ = [
    "Inputs",
    "Parameters",
    "Person",
    "Segment",
    "States",
    "advance",
    "coast",
    "observe",
    "parameters_of",
    "settled",
    "simulate",
]
