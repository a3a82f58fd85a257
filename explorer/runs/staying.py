"""Which moments of an old run stay, and what of each: packed, in few bytes."""

from collections.abc import Callable, Iterable, Sequence, Set
from functools import cache

from explorer.runs.packing import packed_state, weights_alone
from explorer.runs.writing import most_useful


def staying(
    kept: Iterable[int],
    end: int | None,
    best: int | None,
    most: int,
    read: Callable[[int], bytes],
    seeded: Callable[[bytes], bytes | None],
) -> dict[int, bytes]:
    """The packed states that stay, by step.

    Args:
        kept: the steps of its checkpoints.
        end: the step of the state from which it can go on.
        best: the step of the lowest held-out loss.
        most: bytes that they take, if first, best and last take no more.
        read: gives the state at a step.
        seeded: the facts alone of a state before the first step, if they are enough.
    """
    steps = sorted({*kept, *(() if end is None else (end,))})
    if not steps:
        return {}

    @cache
    def packed(step: int) -> bytes:
        return packed_state(weights_alone(read(step)))

    last = steps[-1] if end is None else end
    stay = {
        step: packed(step)
        for step in {steps[0], steps[-1], last, last if best is None else best}
    }
    if steps[0] == 0 and 0 not in (best, last):
        facts = seeded(weights_alone(read(0)))
        stay[0] = packed(0) if facts is None else packed_state(facts)
    left = most - sum(map(len, stay.values()))
    whole = packed_state(read(last))
    if len(whole) - len(stay[last]) <= left:
        left -= len(whole) - len(stay[last])
        stay[last] = whole
    return stay | _between(steps, best, stay.keys(), left, packed)


def _between(
    steps: Sequence[int],
    best: int | None,
    fixed: Set[int],
    most: int,
    packed: Callable[[int], bytes],
) -> dict[int, bytes]:
    """As many moments between those that stay anyway as fit."""
    inner = [step for step in steps if step not in fixed]
    if not inner:
        return {}
    count = len(fixed) + max(0, most) // len(packed(inner[0]))
    while count > len(fixed):
        more = most_useful(dict.fromkeys(steps, 1), count, best) - fixed
        if sum(len(packed(step)) for step in more) <= most:
            return {step: packed(step) for step in more}
        count -= 1
    return {}
