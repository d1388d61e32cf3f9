"""What is suspected is opened, so that the filter learns it where it is, and not wherever else it would fit.

A lie goes into the bias of its sensor, which counts for less meanwhile; a fever into the set-point and the warmth of
the body; a lack of oxygen into the gradient of its lungs. Else a body that was thought well would share out among its
habits, and the biases of its sensors, what is no habit and no bias.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.physiology.oxygen import gradient_of
from ml.physiology.quantities import Array
from ml.twin.chance import normals
from ml.twin.hypotheses import departures
from ml.twin.keeping import HYPOTHESES, Kept
from ml.twin.sensors import SENSORS
from ml.twin.unrest import unrelated
from ml.twin.variables import BIASES, ROW

Rows = npt.NDArray[np.intp]
LIKELY: Final = 0.5
OPENED: Final = 0.7
"""Of what something seems to be off by, it is as uncertain."""
COUNTED_FROM: Final = np.uint64(2**60)
DOUBTABLE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "core_temperature": (),
        "skin_temperature": (),
        "glucose": ("glucose",),
        "blood_lactate": ("lactate",),
        "total_body_water": (),
        "weight": (),
    }
)
"""Sensors of what no body changes at once, and states their bias must be told apart from. A rhythm, a breath, a
saturation or a pressure may leap in truth: there the suspicion is said, and the body follows the reading still."""
WARMTH: Final = ("fever", "core_temperature", "muscle_temperature")
GAS: Final = ("arterial_saturation", "alveolar_o2", "alveolar_co2", "core_temperature")
FAR_SD: Final = 2.0
SATURATION_ERROR: Final = SENSORS["spo2"].deviation / 100.0
SATURATIONS: Final = (0.3, 0.99)
"""Beyond these a saturation tells nothing of a gradient."""
_PLACE: Final = {code: index for index, code in enumerate(SENSORS)}
_ODDS: Final = {name: index for index, name in enumerate(HYPOTHESES)}


def open_suspected(kept: Kept) -> None:
    """In place, once hypotheses were weighed with what was seen, and before that is taken in."""
    _open_lies(kept)
    _open_fever(kept)
    _open_lungs(kept)


def _open_lies(kept: Kept) -> None:
    for code, apart in DOUBTABLE.items():
        rows, place = _likely(kept, f"sensor_fault:{code}"), _PLACE[code]
        if len(rows):
            off = departures(kept, slice(place, place + 1)).residual[0, rows]
            _open(kept, rows, (BIASES[code],), off, apart, counter=place)


def _open_fever(kept: Kept) -> None:
    rows = _read_now(kept, "core_temperature", _likely(kept, "fever"))
    if len(rows):
        off = kept.last_value[_PLACE["core_temperature"], rows] - _mean(kept, "core_temperature", rows)
        _open(kept, rows, WARMTH, off, (), counter=len(SENSORS))


def _open_lungs(kept: Kept) -> None:
    """A saturation far from what the lungs would do is followed, whether it is thought true or a lie. Each member's
    gradient becomes what shows the reading, give or take its error: the dissociation curve is too bent for a filter,
    which goes by straight lines, to find there in few steps."""
    rows = _read_now(kept, "spo2", _likely(kept, "hypoxia", "sensor_fault:spo2"))
    share, *gas = (kept.ensemble[ROW[name], rows] for name in GAS)
    seen = kept.last_value[_PLACE["spo2"], rows] / 100.0
    far = np.abs(seen - share.mean(axis=1)) > FAR_SD * np.hypot(share.std(axis=1, ddof=1), SATURATION_ERROR)
    if not far.any():
        return
    rows, share, gas = rows[far], share[far], [each[far] for each in gas]
    shown = seen[far, None] + SATURATION_ERROR * _deviates(kept, rows, len(SENSORS) + 1)
    risen = gradient_of(np.clip(shown, *SATURATIONS), *gas) - gradient_of(np.clip(share, *SATURATIONS), *gas)
    kept.ensemble[ROW["shunt"], rows] += risen
    kept.ensemble[ROW["arterial_saturation"], rows] = shown


def _likely(kept: Kept, *names: str) -> Rows:
    """The patients of whom these together are likelier than not."""
    return np.flatnonzero(kept.odds[[_ODDS[name] for name in names]].sum(axis=0) > LIKELY)


def _read_now(kept: Kept, code: str, rows: Rows) -> Rows:
    """Those of whom the sensor has shown something at this moment: what it showed before says nothing of it."""
    return np.asarray(rows[kept.last_at_s[_PLACE[code], rows] == kept.at_s[rows]])


def _mean(kept: Kept, name: str, rows: Rows) -> Array:
    return np.asarray(kept.ensemble[ROW[name], rows].mean(axis=1))


def _deviates(kept: Kept, rows: Rows, counter: int) -> Array:
    counters = kept.draws[rows] + COUNTED_FROM + np.uint64(counter << 48)
    return np.asarray(normals(kept.seeds[rows], counters, 1, kept.ensemble.shape[2])[0])


def _open(kept: Kept, rows: Rows, names: Sequence[str], off: Array, apart: Sequence[str], *, counter: int) -> None:
    """Variables `names` of the patients `rows`, all by the same, until the first is as uncertain as it is off."""
    first = kept.ensemble[ROW[names[0]], rows]
    missing = np.maximum((OPENED * np.nan_to_num(off)) ** 2 - first.var(axis=1, ddof=1), 0.0)
    others = [kept.ensemble[ROW[name], rows] for name in apart]
    new = np.sqrt(missing)[:, None] * unrelated(_deviates(kept, rows, counter), [first, *others])
    for name in names:
        kept.ensemble[ROW[name], rows] += new
