"""Which windows of a series are learnt from, and which ones are judged by.

Held out is the end of the series, as it would be in use: what is foretold lies ahead.
The other way is a mistake that is often made, kept here to be looked at. Windows begin
at every place, so of one that is drawn by chance nearly every value also stands in its
neighbours, which are learnt from: whoever knows those by heart is never surprised.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.base import Floats, Ints
from explorer.data.fields import HeldOut, ScaledBy
from explorer.data.noise import counted_places
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows, windows


class Parted(NamedTuple):
    """A series cut into windows."""

    train: Windows
    validation: Windows
    places: Ints  # (N, T - counted_from) the targets that the validation loss counts


def scaled_part(values: Floats, split: int, scaled_by: ScaledBy) -> Floats:
    """The values (n,) by which a scaler is fitted."""
    return values if scaled_by == "all" else values[:split]


def parted(
    scaled: NDArray[np.float32],
    split: int,
    steps: int,
    counted_from: int,
    held_out: HeldOut,
    seed: int,
) -> Parted:
    """Training and validation windows of a series (n,).

    Args:
        scaled: what a model is given.
        split: where the end begins, of which no window is learnt from.
        steps: T.
        counted_from: first counted position of a window.
        held_out: "end" judges by windows after `split`; "chance" by some of those
            before it, which are then not learnt from.
        seed: draws them.

    Raises:
        ExplorerError: if a part is shorter than one window and its target.
    """
    learned = windows(scaled[:split, None], steps)
    if held_out == "end":
        judged = windows(scaled[split:, None], steps, MAX_VALIDATION_WINDOWS)
        places = counted_places(len(scaled), split, steps, counted_from)
        return Parted(learned, judged, places)
    count = len(learned.x)
    rng = np.random.default_rng([seed, split])
    drawn = rng.permutation(count) < min(MAX_VALIDATION_WINDOWS, count // 2)
    targets = windows(np.arange(split), steps).y  # (N, T)
    return Parted(
        Windows(learned.x[~drawn], learned.y[~drawn]),
        Windows(learned.x[drawn], learned.y[drawn]),
        targets[drawn, counted_from:],
    )
