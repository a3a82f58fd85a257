"""When a run keeps its state, looks at the held-out part, and stops early.

The first two depend on the step alone, so that slices and pauses change neither.
"""

import math
from functools import lru_cache
from typing import NamedTuple

MOST_CHECKPOINTS = 64
CHECKPOINT_BYTES = 64 * 2**20
VALIDATIONS = 25


@lru_cache(maxsize=256)
def checkpoint_steps(steps: int, state_bytes: int) -> frozenset[int]:
    """The steps of a run at which its state is kept.

    0, 1, 2, 4, 8, ... while a run changes fast, then evenly, at most 64, and fewer
    where states are so large that 64 would pass `CHECKPOINT_BYTES`.

    >>> sorted(checkpoint_steps(10, 1000))
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    """
    most = max(4, min(MOST_CHECKPOINTS, CHECKPOINT_BYTES // max(1, state_bytes)))
    powers = {2**k for k in range(steps.bit_length()) if 2**k < steps}
    early = {0, steps, *sorted(powers)[: max(0, most // 3)]}
    even = most - len(early)
    return frozenset(early | {round(k * steps / even) for k in range(1, even)})


def validation_due(step: int, steps: int) -> bool:
    """Whether the held-out loss is measured after `step` of `steps` updates."""
    early = step < steps // VALIDATIONS and step & (step - 1) == 0
    return step == steps or patience_due(step, steps) or early


def patience_due(step: int, steps: int) -> bool:
    """Whether early stopping counts a measurement: the even ones, not the early ones,
    which stand close to each other."""
    return step % max(1, steps // VALIDATIONS) == 0


class Lowest(NamedTuple):
    """The lowest held-out loss so far, and its step, whose state is always kept."""

    loss: float = math.inf
    step: int = 0


class Patience(NamedTuple):
    """The lowest of the losses that early stopping counts, and how often it was not
    beaten since."""

    best: float = math.inf
    step: int = 0
    waited: int = 0

    def after(self, step: int, loss: float) -> "Patience":
        """After one more measurement."""
        if loss < self.best:
            return Patience(loss, step)
        return self._replace(waited=self.waited + 1)

    def over(self, most: int) -> bool:
        """Whether early stopping ends the run; 0 never does."""
        return 0 < most <= self.waited
