"""Every model that is shipped. To add one: a module with `train(data) -> Path` of its card, and a line here."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from ml.training import atrial_fibrillation, beats, beats_fusion, beats_plain, course, deterioration, r_peaks

MODELS: Final[dict[str, Callable[[Path], Path]]] = {
    "r_peaks": r_peaks.train,
    "beats_plain": beats_plain.train,
    "beats_fusion": beats_fusion.train,
    "beats": beats.train,
    "atrial_fibrillation": atrial_fibrillation.train,
    "deterioration": deterioration.train,
    "course_glucose": partial(course.train, code="glucose"),
    "course_heart_rate": partial(course.train, code="heart_rate"),
}
