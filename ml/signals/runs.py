"""What is still to be done of several lanes, whose entries are numbered from 0: a run of numbers for each."""

import numpy as np

from ml.signals.filters import IntArray


def runs(first: IntArray, after: IntArray) -> tuple[IntArray, IntArray]:
    """(k,) whose, as a place in `first`, and the number: all from `first` up to `after`, the last not included."""
    many = after - first
    which = np.repeat(np.arange(len(first)), many)
    return which, np.arange(len(which)) + np.repeat(first - (np.cumsum(many) - many), many)
