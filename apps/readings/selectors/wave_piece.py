"""Samples that are scaled alike, as numbers and as JSON."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from apps.readings.waves import Samples

# Values are given to a thousandth of one count, which is all that scaling can add to them.
DIGITS_BEYOND_A_COUNT = 3
# A table of all counts between the lowest and the highest is worth it while it has no more entries than this share of
# the samples.
TABLE_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class WavePiece:
    """Physical value = count x scale + offset, in the register's unit. `counts` has shape (n,), n > 0."""

    counts: Samples
    scale: float
    offset: float

    def physical(self) -> NDArray[np.float64]:
        """Shape (n,)."""
        return self._physical(self.counts)

    def json(self) -> bytes:
        """The physical values as JSON writes them, with commas between them.

        An hour of ECG is a million numbers, but a few thousand different ones: each is written once, and looked up.
        """
        low, high = int(self.counts.min()), int(self.counts.max())
        if high - low >= len(self.counts) * TABLE_SHARE:
            return _written(self.physical())
        texts = _written(self._physical(np.arange(low, high + 1))).split(b",")
        table = np.array([text + b"," for text in texts])
        written: bytes = table[np.subtract(self.counts, low, dtype=np.int64)].tobytes()
        # The table's rows are filled up with zeros.
        return written.translate(None, b"\0")[:-1]

    def _physical(self, counts: NDArray[np.integer]) -> NDArray[np.float64]:
        decimals = DIGITS_BEYOND_A_COUNT - math.floor(math.log10(abs(self.scale)))
        return np.round(counts * np.float64(self.scale) + self.offset, decimals)


def json_list(pieces: Sequence[WavePiece]) -> msgspec.Raw:
    """All values of these pieces as one list."""
    return msgspec.Raw(b"[" + b",".join(piece.json() for piece in pieces) + b"]")


def _written(numbers: NDArray[np.float64]) -> bytes:
    return msgspec.json.encode(numbers.tolist())[1:-1]
