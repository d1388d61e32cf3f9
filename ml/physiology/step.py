"""One body forward in time: `advance(states, parameters, inputs, seconds)`.

Circulation, breathing and oxygen uptake step at `step_seconds` (1 s; stable at any, see docs/body.md for what coarser
costs), heat, fluids and metabolism at SLOW_S or at the step, whichever is longer. Bodies are worked on in pieces that
fit into the processor's cache; a piece is many bodies, and no loop runs over patients one by one.
"""

from typing import Final, NamedTuple

import numpy as np

from ml.physiology import circulation, effort, fluids, gas, heat, metabolism
from ml.physiology.circulation import Setting
from ml.physiology.inputs import Inputs
from ml.physiology.parameters import RESTING_VENOUS_MMHG, Parameters
from ml.physiology.quantities import Array, Number
from ml.physiology.states import States

SLOW_S: Final = 10.0
PIECE: Final = 2048  # bodies
PACE: Final = ((120.0, 2.0), (480.0, 10.0), (float("inf"), 30.0))  # for so many seconds, steps of so many


class Around(NamedTuple):
    """What of the inputs the organs meet, worked out once a call."""

    setting: Setting
    air: heat.Air
    bleed: Number
    infuse: Number
    drink: Number


def advance(states: States, parameters: Parameters, inputs: Inputs, seconds: float, step_seconds: float = 1.0) -> None:
    """Moves `states` in place by `seconds`, under inputs that do not change meanwhile.

    Arrays are (patients,) or (patients, members), C-contiguous and float64; parameters the same shape or (patients, 1);
    inputs numbers or arrays of either shape. Each body moves independently of every other, so that any share of a
    shard, in any order, gives the same figures. Raises nothing on extremes: inputs, and then states, are clipped.
    """
    bounded = inputs.within_range()
    shape = states.heart_rate.shape
    rows = max(1, PIECE // max(1, int(np.prod(shape[1:]))))
    for first in range(0, shape[0], rows):
        piece = slice(first, first + rows)
        _advance_piece(states.rows(piece), parameters.rows(piece), bounded.rows(piece), seconds, step_seconds)


def coast(states: States, parameters: Parameters, inputs: Inputs, seconds: float) -> None:
    """The same for forecasts and what-if: short steps while the change is fresh, long ones once it has settled."""
    left = seconds
    for lasting_s, step_seconds in PACE:
        part = min(left, lasting_s)
        if part > 0.0:
            advance(states, parameters, inputs, part, step_seconds)
        left -= part


def _advance_piece(states: States, parameters: Parameters, inputs: Inputs, seconds: float, step_seconds: float) -> None:
    around = _around(inputs)
    left = seconds
    while left > 1e-9:
        block = min(left, max(SLOW_S, step_seconds))
        _slow(states, parameters, inputs, around, block)
        steps = max(1, round(block / step_seconds))
        for _ in range(steps):
            _fast(states, parameters, inputs, around.setting, block / steps)
        left -= block
    states.clip_to_range()


def _around(inputs: Inputs) -> Around:
    upright = np.sin(np.deg2rad(inputs.tilt_degrees))
    moving = np.minimum(np.asarray(inputs.work_watts) / 50.0, 1.0)
    air = heat.air_around(
        inputs.air_celsius, inputs.relative_humidity, inputs.air_speed_m_s, inputs.clothing_clo, moving
    )
    return Around(
        Setting(upright, inputs.beta_blockade),
        air,
        inputs.bleed_ml_per_min * 0.001,
        inputs.infuse_ml_per_min * 0.001,
        inputs.drink_ml_per_min * 0.001,
    )


def _fast(states: States, parameters: Parameters, inputs: Inputs, setting: Setting, h: float) -> None:
    reserve = effort.reserve_of(states, parameters)
    effort.take_up(states, parameters, inputs.work_watts, reserve, float(-np.expm1(-h / 30.0)))
    now = effort.effort_of(states, parameters, reserve)
    circulation.circulate(states, parameters, setting, now, h)
    gas.breathe(states, parameters, inputs, now, h)


def _slow(states: States, parameters: Parameters, inputs: Inputs, around: Around, h: float) -> None:
    now = effort.effort_of(states, parameters, effort.reserve_of(states, parameters))
    watts = effort.work_done(states, parameters, inputs, now.reserve)
    rise = fluids.osmolality(states) - fluids.RESTING_OSMOLALITY
    evaporated = heat.exchange(
        states,
        parameters,
        air=around.air,
        watts=watts,
        fever=inputs.fever_setpoint_celsius,
        osmolality_rise=rise,
        h=h,
    )
    venous = central_venous_pressure(states, parameters, around.setting.upright, now)
    flows = fluids.Flows(around.bleed, around.infuse, around.drink, evaporated)
    fluids.flow(
        states,
        parameters,
        flows=flows,
        venous_rise=venous - RESTING_VENOUS_MMHG,
        upright=around.setting.upright,
        share=now.share,
        h=h,
    )
    grams, units = inputs.carbohydrate_g_per_min, inputs.insulin_u_per_min
    metabolism.feed(states, parameters, grams=grams, units=units, share=now.share, h=h)
    demand = effort.take_up(states, parameters, watts, now.reserve, 0.0)
    metabolism.work(states, parameters, effort=now, demand=demand, watts=watts, h=h)
    states.clock += h / 3600.0
    states.clock %= 24.0


def central_venous_pressure(
    states: States, parameters: Parameters, upright: Number, now: effort.Effort | None = None
) -> Array:
    """mmHg. `upright`: sine of the tilt."""
    asked = now or effort.effort_of(states, parameters, effort.reserve_of(states, parameters))
    skin_rise = states.skin_blood_flow - circulation.RESTING_SKIN * parameters.surface
    return circulation.venous_pressure(states, parameters, upright, asked, skin_rise)
