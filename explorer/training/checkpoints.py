"""When a run keeps its state, and when it looks at the held-out part.

Both depend on the step alone, so that slices and pauses change neither.
"""

from functools import lru_cache

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
