"""What the learned risk is held against, in the same run: SAPS-I as published, and NEWS2."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.evaluate.stays import Stay
from ml.scoring.course import Course
from ml.scoring.news2 import score_many

ROOM_AIR: Final = 0.21
FULLY_AWAKE: Final = 15
_INPUTS: Final = {
    "respiratory_rate": "RespRate",
    "spo2": "SaO2",
    "systolic_pressure": "Sys",
    "heart_rate": "HR",
    "temperature": "Temp",
}


def saps(stays: Sequence[Stay]) -> npt.NDArray[np.float64]:
    return np.array([stay.saps for stay in stays])


def news2(stays: Sequence[Stay]) -> npt.NDArray[np.float64]:
    """The middle of the range of NEWS2 by the last value of each parameter within 48 h. A GCS below 15 is not alert;
    FiO2 above room air, or ventilation, is oxygen, and neither is air."""
    columns = {name: np.array([_last(stay.course, given) for stay in stays]) for name, given in _INPUTS.items()}
    awake = np.array([_last(stay.course, "GCS") for stay in stays])
    columns["consciousness"] = np.where(np.isnan(awake), np.nan, np.where(awake < FULLY_AWAKE, 1.0, 0.0))
    columns["supplemental_oxygen"] = np.array([_oxygen(stay.course) for stay in stays])
    _, lowest, highest = score_many(columns)
    return np.asarray((lowest + highest) / 2)


def _last(course: Course, name: str) -> float:
    return float(course[name][1][-1]) if name in course else float("nan")


def _oxygen(course: Course) -> float:
    return float("MechVent" in course or _last(course, "FiO2") > ROOM_AIR)
