"""Every task of `python -m ml.evaluate`. To add one: a module with `evaluate(data) -> dict`, and a line here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ml.evaluate import beats, deterioration, forecast, noise, physiology, ppg, qrs, respiration, rhythm, spo2, twin


@dataclass(frozen=True)
class Task:
    """`run` takes the folder of recordings and gives figures fit for JSON; raises MissingRecordings."""

    about: str
    run: Callable[[Path], dict[str, Any]]
    reads_data: bool = True


TASKS: Final[dict[str, Task]] = {
    "qrs": Task("R peaks on MIT-BIH, EC57", qrs.evaluate),
    "noise": Task("R peaks on MIT-BIH with electrode motion and muscle noise, EC57", noise.evaluate),
    "beats": Task("classes of beats on MIT-BIH, EC57", beats.evaluate),
    "rhythm": Task("atrial fibrillation on MIT-BIH, CPSC 2021 and CinC 2017", rhythm.evaluate),
    "deterioration": Task("risk of death in hospital on intensive care stays", deterioration.evaluate),
    "physiology": Task("the body against published facts; reads no data", physiology.evaluate, reads_data=False),
    "twin": Task("the twin against bodies that are known; reads no data", twin.evaluate, reads_data=False),
    "forecast": Task("glucose and heart rate half an hour ahead, by person", forecast.evaluate),
    "ppg": Task("pulse rate from camera PPG against a chest belt", ppg.evaluate),
    "spo2": Task("saturation by ratio of ratios, simulated truth and a raw recording", spo2.evaluate),
    "respiration": Task("respiratory rate from ECG, pulse and breathing wave", respiration.evaluate),
}
