"""Streaming FIR filters over many lanes, exact to the last bit.

Samples and taps are rounded to power-of-two grids so coarse that every product and partial sum fits the 53 bits of a
float64. The order of summation then cannot change the result: one lane or a thousand, frames of any length, whatever
the BLAS, the outputs are the same numbers. That is what makes "offline equals streaming" hold to the last beat.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
WaveArray = npt.NDArray[np.float32]  # filtered waves: rounded once, from exact sums
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Real = TypeVar("Real", np.float32, np.float64)

SAMPLE_BITS: Final = 28  # samples are whole grid steps below 2**28; with taps this fine a sum takes 28 + 22 + 2 bits
TAP_GRID: Final = 2.0**-22
OUTPUTS_AT_ONCE: Final = 5  # of a filter, in one product: with more, more of the matrix is 0; with fewer, it is small


def quadrature_wavelet(
    rate_hz: float, centre_hz: float, bandwidth_hz: float, half_width_s: float
) -> tuple[FloatArray, FloatArray]:
    """Even and odd Gabor wavelets (Gabor 1946): unit gain at `centre_hz`, none at 0 Hz.

    Filtered by both, a signal gives its band-limited analytic form: the root of the sum of squares is an envelope that
    knows no polarity. `bandwidth_hz` is the standard deviation of the Gaussian pass-band. Linear phase: no timing bias.
    """
    half = max(2, round(half_width_s * rate_hz))
    t = np.arange(-half, half + 1) / rate_hz
    window = np.exp(-0.5 * (2 * np.pi * bandwidth_hz * t) ** 2)
    even = window * np.cos(2 * np.pi * centre_hz * t)
    even -= window * (even.sum() / window.sum())
    odd = window * np.sin(2 * np.pi * centre_hz * t)
    carrier = np.exp(-2j * np.pi * centre_hz * t)
    return even / abs(even @ carrier), odd / abs(odd @ carrier)


def on_grid(taps: FloatArray) -> FloatArray:
    """`taps` rounded to the tap grid, without changing whether they pass a constant: the middle one takes the rest."""
    rounded = np.rint(taps / TAP_GRID)
    rounded[len(taps) // 2] += np.rint(taps.sum() / TAP_GRID) - rounded.sum()
    return np.asarray(rounded * TAP_GRID, dtype=np.float64)


def decimation(rate_hz: float, target_hz: float) -> int:
    """Keep every how-manyth output, so that the kept rate is the lowest one not below `target_hz` (or the input's)."""
    return max(1, math.floor(rate_hz / target_hz))


@dataclass(frozen=True)
class Grid:
    """Physical value of one step of the sample grid; values beyond 2**28 steps are clipped."""

    step: float

    def round(self, samples: FloatArray) -> FloatArray:
        """`samples`, which are overwritten, as whole numbers of steps."""
        steps = self.nearest(samples)
        if not self.holds(steps):
            limit = 2.0**SAMPLE_BITS
            np.clip(steps, -limit, limit, out=steps)
        return steps

    def nearest(self, samples: FloatArray) -> FloatArray:
        """The same, however large they are."""
        samples *= 1.0 / self.step
        return np.rint(samples, out=samples)

    def holds(self, steps: FloatArray) -> bool:
        """Whether all are numbers and none need be clipped: surely so, if the sum of their squares is small."""
        flat = steps.ravel()
        with np.errstate(invalid="ignore", over="ignore"):
            return bool(np.dot(flat, flat) < 4.0**SAMPLE_BITS)


class FirBank:
    """Several FIR filters of one length over `lanes` signals, every `step`-th output kept, as block matrix products.

    `push` takes (rows, n) grid samples with n a multiple of `step` and returns (filters, n // step, rows) outputs,
    times `gain`, a power of two: what comes of them is worked on in time, all lanes beside each other. Output q of a
    lane is centred on its sample q * step + `first_centre`.
    """

    def __init__(self, taps: FloatArray, step: int, lanes: int, gain: float) -> None:
        if taps.ndim != 2 or taps.shape[1] % 2 == 0 or taps.shape[1] < step:
            raise ValueError("taps must be (filters, odd length not below step)")
        self.filters, self.length = taps.shape
        self.step = step
        self.first_centre = step - 1 - self.length // 2
        self.tail_length = self.length - step
        self._tail: FloatArray = np.zeros((lanes, self.tail_length))
        self._span = (OUTPUTS_AT_ONCE - 1) * step + self.length
        self._matrix = gain * np.concatenate([self._toeplitz(on_grid(each)) for each in taps])

    def _toeplitz(self, taps: FloatArray) -> FloatArray:
        matrix = np.zeros((OUTPUTS_AT_ONCE, self._span))
        for output, row in enumerate(matrix):
            start = output * self.step
            row[start : start + self.length] = taps
        return matrix

    def reset(self, rows: IntArray) -> None:
        """As if the signals of `rows` had been 0 for ever before."""
        self._tail[rows] = 0.0

    def push(self, rows: IntArray, samples: FloatArray) -> WaveArray:
        """`rows`: whose samples these are, each once."""
        count, n = samples.shape
        outputs = n // self.step
        blocks = -(-outputs // OUTPUTS_AT_ONCE)
        hop = OUTPUTS_AT_ONCE * self.step
        padded = np.empty((count, max((blocks - 1) * hop + self._span, self.tail_length + n)))
        padded[:, : self.tail_length] = self._tail[rows]
        padded[:, self.tail_length : self.tail_length + n] = samples
        padded[:, self.tail_length + n :] = 0.0
        self._tail[rows] = padded[:, n : n + self.tail_length]
        lane, sample = padded.strides
        windows = np.ndarray((blocks, self._span, count), np.float64, padded, strides=(hop * sample, sample, lane))
        product = np.matmul(self._matrix, windows)
        parts = product.reshape(blocks, self.filters, OUTPUTS_AT_ONCE, count).transpose(1, 0, 2, 3)
        return np.asarray(parts.astype(np.float32, order="C").reshape(self.filters, -1, count)[:, :outputs])


def sliding_max(values: WaveArray, width: int) -> WaveArray:
    """Maximum of each `width` neighbours along the first axis: result[i] = max(values[i : i + width])."""
    result = values
    covered = 1
    while covered < width:
        shift = min(covered, width - covered)
        result = np.maximum(result[:-shift], result[shift:])
        covered += shift
    return result


def side_by_side(rows: IntArray) -> IntArray | slice:
    """As a slice, if they are lanes in their order: a slice of an array is copied much quicker than chosen rows."""
    first = int(rows[0]) if len(rows) else 0
    whole = slice(first, first + len(rows))
    return whole if np.array_equal(rows, np.arange(whole.start, whole.stop)) else rows


def column_sums(values: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """Of (k, n) the sums (n,), each in one order: numpy adds a lone column otherwise than one of several."""
    if values.shape[1] == 1:
        return np.asarray(np.repeat(values, 2, axis=1).sum(axis=0)[:1])
    return np.asarray(values.sum(axis=0))
