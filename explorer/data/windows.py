"""Windows cut from one sequence, and where its validation part begins.

N windows of T time steps, I inputs and O outputs, as everywhere.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from explorer.errors import N_, ExplorerError

MAX_VALIDATION_WINDOWS = 64
"""Enough for a steady number, few enough to cost under 2 % of a run."""


class Windows(NamedTuple):
    """Inputs and targets, in the shapes that `explorer.tasks` gives for each task."""

    x: NDArray[Any]  # float32 values or int64 token ids
    y: NDArray[Any]  # float32 values or int64 token ids or labels


def windows(sequence: NDArray[Any], steps: int, at_most: int | None = None) -> Windows:
    """Every window of `steps` inputs and the same window one place later.

    Args:
        sequence: (n,) token ids or (n, I) values.
        steps: T.
        at_most: keep only this many, evenly spread; all of them if None.

    Raises:
        ExplorerError: if the sequence is shorter than one window and its target.
    """
    if len(sequence) < steps + 1:
        raise ExplorerError(
            N_(
                "A window of %(steps)d steps needs a sequence of at least %(least)d, "
                "but this part has %(came)d. Shorten the window or give more data."
            ),
            steps=steps,
            least=steps + 1,
            came=len(sequence),
        )
    views = sliding_window_view(sequence, steps + 1, axis=0)  # (N, [I,] T + 1)
    views = np.moveaxis(views, -1, 1)  # (N, T + 1[, I])
    if at_most is not None and len(views) > at_most:
        views = views[np.linspace(0, len(views) - 1, at_most).round().astype(int)]
    return Windows(views[:, :-1], views[:, 1:])


def both_parts(
    given: NDArray[Any], asked: NDArray[Any], split: int, steps: int
) -> tuple[Windows, Windows]:
    """Training and validation windows where what is asked (n, O) is not what is given
    (n, I).

    Raises:
        ExplorerError: if either part is shorter than one window and its target.
    """
    train, validation = (
        Windows(
            windows(given[part], steps, most).x, windows(asked[part], steps, most).y
        )
        for part, most in (
            (slice(None, split), None),
            (slice(split, None), MAX_VALIDATION_WINDOWS),
        )
    )
    return train, validation


def split_point(length: int, validation_share: float, steps: int) -> int:
    """Where the validation part begins: the end of the sequence, never its middle.

    Raises:
        ExplorerError: if either part would be shorter than one window and its target.
    """
    split = part_at(length, validation_share)
    check_parts(length, split, steps)
    return split


def part_at(length: int, validation_share: float) -> int:
    """Where so large a share of a sequence begins that it ends where that ends."""
    return round(length * (1 - validation_share))


def check_parts(length: int, split: int, steps: int) -> None:
    """See that a sequence parted at `split` has a window and its target in each part.

    Raises:
        ExplorerError: if either part is shorter.
    """
    if min(split, length - split) < steps + 1:
        raise ExplorerError(
            N_(
                "Training and validation part each need at least %(least)d values for "
                "a window of %(steps)d steps, but %(length)d values split into "
                "%(first)d and %(rest)d. Shorten the window, or give a longer sequence."
            ),
            least=steps + 1,
            steps=steps,
            length=length,
            first=split,
            rest=length - split,
        )
