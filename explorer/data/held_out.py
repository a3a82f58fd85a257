"""Which of a person's own examples are kept away from training, by chance.

What comes twice is on one side alone: a model that knows an example by heart would
answer it rightly.
"""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from explorer.data.brought import too_few
from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.errors import N_

Parts = tuple[list[int], list[int]]
"""Places of the examples to learn from, and of those that are held out."""


def by_chance(
    keys: Sequence[Hashable], share: float, seed: int, what: str = N_("examples")
) -> Parts:
    """A share of the different examples, at most as many as are judged at a time.

    Args:
        keys: what each example is; equal ones are the same example.
        share: of those held out.
        seed: decides which.
        what: they are, marked with `N_`.

    Raises:
        ExplorerError: if too few are different.
    """
    return keeping_shares(keys, [None] * len(keys), share, seed, what)


def keeping_shares(
    keys: Sequence[Hashable],
    labels: Sequence[Hashable],
    share: float,
    seed: int,
    what: str = N_("examples"),
) -> Parts:
    """The same, so that each label has the share among those held out that it has among
    all. A label of one example is learnt from and not judged by.

    Raises:
        ExplorerError: if too few are different.
    """
    first = {key: k for k, key in reversed(list(enumerate(keys)))}
    if error := too_few(len(first), what):
        raise error
    groups: dict[Hashable, list[Hashable]] = {}
    for key, k in sorted(first.items(), key=lambda item: item[1]):
        groups.setdefault(labels[k], []).append(key)
    counts = counts_of({label: len(group) for label, group in groups.items()}, share)
    random = np.random.default_rng(seed)
    held = {
        group[place]
        for label, group in groups.items()
        for place in random.permutation(len(group))[: counts[label]]
    }
    learned = [k for k, key in enumerate(keys) if key not in held]
    return learned, sorted(first[key] for key in held)


def counts_of(sizes: Mapping[Hashable, int], share: float) -> dict[Hashable, int]:
    """How many examples of each label are held out: their share, at least one of two or
    more, and of all together at most `MAX_VALIDATION_WINDOWS`.

    >>> counts_of({"a": 80, "b": 20, "c": 1}, 0.2)
    {'a': 16, 'b': 4, 'c': 0}
    """
    total = sum(sizes.values())
    rate = min(share, MAX_VALIDATION_WINDOWS / total)
    counts = {
        label: min(size - 1, max(1, round(rate * size)))
        for label, size in sizes.items()
    }
    while sum(counts.values()) > MAX_VALIDATION_WINDOWS:
        counts[max(counts, key=lambda label: counts[label])] -= 1
    return counts
