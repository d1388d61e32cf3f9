"""Every task of `python -m ml.evaluate`. To add one: a module with `evaluate(data) -> dict`, and a line here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ml.evaluate import noise, ppg, qrs


@dataclass(frozen=True)
class Task:
    """`run` takes the folder of recordings and gives figures fit for JSON; raises MissingRecordings."""

    about: str
    run: Callable[[Path], dict[str, Any]]


TASKS: Final[dict[str, Task]] = {
    "qrs": Task("R peaks on MIT-BIH, EC57", qrs.evaluate),
    "noise": Task("R peaks on MIT-BIH with electrode motion and muscle noise, EC57", noise.evaluate),
    "ppg": Task("pulse rate from camera PPG against a chest belt", ppg.evaluate),
}
