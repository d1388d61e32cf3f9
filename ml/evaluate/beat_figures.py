"""Figures of beat classification from confusion matrices, one per record, in the classes of ANSI/AAMI EC57."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.evaluate.ec57 import rates
from ml.evaluate.intervals import by_person
from ml.signals.beats import CLASSES

CONVENTION: Final = (
    "ANSI/AAMI EC57 classes; R peaks as annotated; every beat of the record, none left out; paced records apart. "
    "ppv and f1 are strict; ppv_ec57 does not count F and Q called V, nor Q called S, as the standard allows"
)
EXEMPT: Final = {"N": "", "S": "Q", "V": "FQ", "F": "", "Q": ""}

Matrix = npt.NDArray[np.int64]
"""(5, 5) beats: row the annotated class, column the one given, in the order of `CLASSES`."""


def confusion(annotated: npt.NDArray[np.str_], given: npt.NDArray[np.str_]) -> Matrix:
    number = {name: index for index, name in enumerate(CLASSES)}
    matrix = np.zeros((len(CLASSES), len(CLASSES)), dtype=np.int64)
    rows, columns = ([number[each] for each in beats] for beats in (annotated, given))
    np.add.at(matrix, (rows, columns), 1)
    return matrix


def of_class(name: str, matrices: Sequence[Matrix]) -> dict[str, float]:
    """Percent, all records' beats pooled."""
    matrix = np.sum(matrices, axis=0)
    own = CLASSES.index(name)
    found = int(matrix[own, own])
    false = int(matrix[:, own].sum()) - found
    excused = sum(int(matrix[CLASSES.index(other), own]) for other in EXEMPT[name])
    strict = rates(found, int(matrix[own].sum()) - found, false)
    return {"beats": int(matrix[own].sum()), **strict, "ppv_ec57": rates(found, 0, false - excused)["ppv"]}


def figures(persons: Sequence[str], matrices: Sequence[Matrix]) -> dict[str, Any]:
    """Each class, pooled, and the 95 % interval of the F1 of S and V by person."""
    whole = np.sum(matrices, axis=0)
    return {
        "accuracy_percent": 100.0 * float(np.trace(whole)) / float(whole.sum()),
        **{name: of_class(name, matrices) for name in CLASSES if whole[CLASSES.index(name)].any()},
        "confidence_95_by_person": {
            f"{name}_f1": by_person(persons, matrices, partial(_f1, name))
            for name in ("S", "V")
            if whole[CLASSES.index(name)].any()
        },
        "confusion": whole.tolist(),
    }


def _f1(name: str, matrices: list[Matrix]) -> float:
    return of_class(name, matrices)["f1"]
