"""How a fitted model becomes two files of ml/artifacts: its ONNX and its card."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ml import artifacts


@dataclass(frozen=True)
class Input:
    name: str
    unit: str  # UCUM; "1" for a ratio
    about: str
    reference: float | None = None  # what a typical person has, where the model's decisions are explained against it


@dataclass(frozen=True)
class Card:
    """What is said of a model. `figures`: measured on persons held out, each with its 95 % interval by person."""

    name: str
    purpose: str
    method: str
    classes: tuple[str, ...]
    inputs: tuple[Input, ...]
    data: str
    split: str
    figures: dict[str, Any]
    limits: tuple[str, ...]


def ship(onnx: bytes, card: Card, folder: Path = artifacts.FOLDER) -> Path:
    """Writes both files and loads them once, so that what cannot be loaded is never shipped."""
    described = {**asdict(card), "sha256": hashlib.sha256(onnx).hexdigest()}
    artifacts.Model(onnx, json.loads(json.dumps(described)))
    (folder / f"{card.name}.onnx").write_bytes(onnx)
    path = folder / f"{card.name}.json"
    path.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
