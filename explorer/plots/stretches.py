"""Time steps beside each other that are alike."""

from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray


def stretches(on: NDArray[Any]) -> list[tuple[int, int]]:
    """First and last place of every unbroken run of ones in (T,), counted from 0.

    >>> stretches(np.array([1, 0, 1, 1]))
    [(0, 0), (2, 3)]
    """
    edges = np.diff(np.concatenate(([0], on.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def stretches_of(labels: NDArray[Any], without: int) -> list[tuple[int, int, int]]:
    """Every stretch of one label (T,): label, first step, steps; none of `without`.

    >>> stretches_of(np.array([2, 2, -100, 0, 2]), -100)
    [(2, 0, 2), (0, 3, 1), (2, 4, 1)]
    """
    found, start = [], 0
    for label, group in groupby(labels.tolist()):
        steps = len(list(group))
        if label != without:
            found.append((label, start, steps))
        start += steps
    return found
