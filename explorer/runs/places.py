"""Who is in front: the one rule by which losses are told apart."""

from collections.abc import Sequence

LEVEL = 0.01
"""Of the lower loss: closer than this, nobody is in front."""


def places(losses: Sequence[float | None]) -> list[int | None]:
    """The place of each, the lowest first; those that are level share one, and None is
    nowhere.

    >>> places([2.0, 1.0, 1.005, None])
    [3, 1, 1, None]
    """
    finished = [loss for loss in losses if loss is not None]
    return [
        None if loss is None else 1 + sum(_clearly(each, loss) for each in finished)
        for loss in losses
    ]


def _clearly(lower: float, loss: float) -> bool:
    """Whether the first is lower by more than luck."""
    return loss - lower >= LEVEL * abs(lower) and lower < loss
