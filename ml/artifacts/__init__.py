"""Fitted models, as ONNX beside a card that says what each is: `load(name)`.

A model is two files here: `<name>.onnx` and `<name>.json`, its card (Mitchell et al. 2019, Model Cards for Model
Reporting): purpose, inputs in their order with units, data and how it was split, figures with confidence intervals,
limits, and the SHA-256 of the ONNX. Both are written by `python -m ml.training`; nothing here is unpickled.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime

FOLDER: Final = Path(__file__).parent

Rows = npt.NDArray[np.float32]
Probabilities = npt.NDArray[np.float32]


class AlteredModel(Exception):
    """The file is not the one that its card describes."""


class Model:
    """One classifier. `inputs`: the names of its columns; `card`: everything else that is said of it."""

    def __init__(self, onnx: bytes, card: dict[str, Any]) -> None:
        found = hashlib.sha256(onnx).hexdigest()
        if found != card["sha256"]:
            raise AlteredModel(f"model {card['name']} has SHA-256 {found}, its card says {card['sha256']}")
        self.card = card
        self.inputs: tuple[str, ...] = tuple(each["name"] for each in card["inputs"])
        self._session = onnxruntime.InferenceSession(onnx, _one_thread(), providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[-1].name

    def outputs(self, rows: Rows) -> npt.NDArray[np.float32]:
        """`rows` (n, inputs) -> (n, classes): for a regression the figures that its card names as classes.

        Raises ValueError for another number of columns.
        """
        return self.probabilities(rows)

    def probabilities(self, rows: Rows) -> Probabilities:
        """`rows` (n, inputs), not-a-number where a value is missing -> (n, classes) as in the card.

        Raises ValueError for another number of columns.
        """
        if rows.ndim != 2 or rows.shape[1] != len(self.inputs):
            raise ValueError(f"{self.card['name']} takes (n, {len(self.inputs)}), not {rows.shape}")
        if len(rows) == 0:
            return np.zeros((0, len(self.card["classes"])), dtype=np.float32)
        (given,) = self._session.run([self._output], {self._input: np.ascontiguousarray(rows, dtype=np.float32)})
        return np.asarray(given, dtype=np.float32)


def exists(name: str) -> bool:
    """Whether a model of that name is shipped."""
    return (FOLDER / f"{name}.json").is_file()


@cache
def load(name: str) -> Model:
    """The shipped model of that name. Raises AlteredModel, FileNotFoundError."""
    card = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Model((FOLDER / f"{name}.onnx").read_bytes(), card)


def _one_thread() -> onnxruntime.SessionOptions:
    """A worker runs beside others on its core; threads that spin between batches would take theirs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options
