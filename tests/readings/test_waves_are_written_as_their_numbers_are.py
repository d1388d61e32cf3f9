"""An hour of a wave is written by looking numbers up; what is written is what writing each of them would give."""

import json

import msgspec
import numpy as np
import pytest

from apps.readings.selectors.wave_piece import WavePiece, json_list

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("scale", "offset"), [(1.0, 0.0), (2.5, 0.0), (0.1, 0.0), (-0.3, 7.25), (1e-6, 0.0), (123.4567, -1e6), (1e9, 0.5)]
)
@pytest.mark.parametrize(
    "counts",
    [
        np.array([7], dtype="<i2"),
        RNG.integers(-900, 900, 5000).astype("<i2"),
        np.array([-32768, 32767] * 70_000, dtype="<i2"),
        np.array([0, 65535, 1], dtype="<u2"),
        np.array([-(2**31), 2**31 - 1], dtype="<i4"),
    ],
    ids=["one", "looked up", "widest table", "few of many", "extremes"],
)
def test_the_text_is_that_of_the_numbers(counts: np.ndarray, scale: float, offset: float) -> None:
    piece = WavePiece(counts, scale, offset)
    assert b"[" + piece.json() + b"]" == msgspec.json.encode(piece.physical().tolist())


def test_pieces_are_one_list() -> None:
    pieces = [WavePiece(np.array([1, 2], dtype="<i2"), 2.5, 0.0), WavePiece(np.array([1], dtype="<i2"), 5.0, 0.0)]
    assert json.loads(msgspec.json.encode(json_list(pieces))) == [2.5, 5.0, 5.0]


def test_values_carry_no_digits_of_the_computers_own() -> None:
    assert WavePiece(np.array([3, 6, 7], dtype="<i2"), 0.1, 0.0).physical().tolist() == [0.3, 0.6, 0.7]
