"""Facts of a story, and which of them tell what it asks for.

A fact of kind k puts something of level k + 1 into something of level k: places are on
level 0, what can be in a place on level 1, and so on. What is said later holds.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.base import Ints


class Stories(NamedTuple):
    """n stories of F facts."""

    kind: Ints  # (n, F)
    what: Ints  # (n, F) of level kind + 1
    where: Ints  # (n, F) of level kind
    asked: Ints  # (n,) of the last level
    answer: Ints  # (n,) a place
    support: NDArray[np.bool_]  # (n, F) the facts that tell the answer


def drawn(
    sizes: Sequence[int], facts: int, count: int, rng: np.random.Generator
) -> Stories:
    """Stories of so many facts of each kind, whose question has an answer.

    Args:
        sizes: how many there are of each level; what is asked for is of the last.
        facts: how many of each kind, at least one.
        count: of stories.
        rng: draws them.
    """
    found: list[Stories] = []
    while sum(len(some.asked) for some in found) < count:
        found.append(_draw(np.array(sizes), facts, count, rng))
    return Stories(*(np.concatenate(part)[:count] for part in zip(*found, strict=True)))


def _draw(sizes: Ints, facts: int, count: int, rng: np.random.Generator) -> Stories:
    """At most `count` stories: those that tell what they ask for."""
    depth = len(sizes) - 1
    kind = np.tile(np.repeat(np.arange(depth), facts), (count, 1))
    kind = rng.permuted(kind, axis=1)
    what, where = rng.integers(sizes[kind + 1]), rng.integers(sizes[kind])
    asked = rng.integers(sizes[depth], size=count)
    answer, support = followed(kind, what, where, asked, depth)
    answerable = support.sum(1) == depth
    return Stories(
        *(part[answerable] for part in (kind, what, where, asked, answer, support))
    )


def followed(
    kind: Ints, what: Ints, where: Ints, asked: Ints, depth: int
) -> tuple[Ints, NDArray[np.bool_]]:
    """Where what is asked for is, (n,), and the facts (n, F) that tell it: fewer than
    `depth` of a story that does not."""
    support = np.zeros(kind.shape, bool)
    rows, sought = np.arange(len(kind)), asked
    for k in reversed(range(depth)):
        about = (kind == k) & (what == sought[:, None])  # (n, F)
        last = kind.shape[1] - 1 - about[:, ::-1].argmax(1)
        support[rows, last] |= about[rows, last]
        sought = where[rows, last]
    return sought, support


def evened(stories: Stories, places: int, rng: np.random.Generator) -> Stories:
    """The same with other places, so that each is the answer equally often."""
    wanted = rng.permutation(np.arange(len(stories.asked)) % places)
    turn = (wanted - stories.answer)[:, None] * (stories.kind == 0)
    where = np.where(stories.kind == 0, (stories.where + turn) % places, stories.where)
    return stories._replace(where=where, answer=wanted)


def counted(held: Stories) -> float:
    """The loss, nats, of who knows how often a story names each place, no more."""
    named = held.kind == 0  # (n, F)
    right = named & (held.where == held.answer[:, None])
    return float(np.log(named.sum(1) / right.sum(1)).mean())


def last_named(train: Stories, held: Stories, places: int) -> float:
    """The loss, nats, of saying the last place that a story names, as sure of it as it
    is right in the training part, add-one smoothed."""

    def right(stories: Stories) -> NDArray[np.bool_]:
        named = stories.kind == 0
        last = named.shape[1] - 1 - named[:, ::-1].argmax(1)
        place = stories.where[np.arange(len(last)), last]
        return np.asarray(place == stories.answer)

    sure = (right(train).sum() + 1) / (len(train.answer) + 2)
    chances = np.where(right(held), sure, (1 - sure) / (places - 1))
    return float(-np.log(chances).mean())
