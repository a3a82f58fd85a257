"""Where the nodes of a diagram stand, and where their names have room."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

Place = tuple[float, float]
"""The column, and the height from 0 to 1."""

ROOMS: tuple[Place, ...] = ((290.0, 250.0), (620.0, 250.0))
"""Pixels of the diagram on a phone, and on a wide screen."""

DOT, GAP = 10.0, 20.0
"""Pixels from a node's middle to its edge, and to the middle of a name above it."""

ASIDE = 13.0
"""Pixels from a node's middle to a name at its left or right."""

LETTER, LINE = 6.2, 16.0
"""Pixels of a letter, of which a Chinese character takes two, and of a line."""

SIDES = {
    "top center": (0, 1),
    "bottom center": (0, -1),
    "middle left": (-1, 0),
    "middle right": (1, 0),
    "top left": (-1, 1),
    "top right": (1, 1),
    "bottom left": (-1, -1),
    "bottom right": (1, -1),
}
"""Plotly's words for where a name stands."""

PREFERENCE = (0.0, 0.0, 40.0, 40.0, 60.0, 60.0, 60.0, 60.0)
"""Pixels that a name may cover before it leaves the places that read best."""

DOTS, ARROWS = 0.3, 0.2
"""How bad it is to cover a dot or an arrow, where to cover a name is 1."""

OUTSIDE = 0.5
"""How bad it is to stand outside of the diagram: beside it some pixels are free."""

PASSES, POINTS, NEAR = 3, 9, 3.0
"""How often each name is moved; points of an arrow that are looked at, and how near
they are."""


def columns_of(nodes: Iterable[str], edges: list[Any]) -> dict[str, int]:
    """By node: how many arrows of one time step lead to it at most.

    >>> columns_of("abc", [("a", "b", False), ("b", "c", False), ("a", "c", False)])
    {'a': 0, 'b': 1, 'c': 2}
    """
    columns = dict.fromkeys(nodes, 0)
    for _pass in columns:
        for source, target, later in edges:
            if not later:
                columns[target] = max(columns[target], columns[source] + 1)
    return columns


def sides_of(
    places: Mapping[str, Place],
    names: Mapping[str, Sequence[str]],
    arrows: Iterable[tuple[Place, Place]],
    x_range: Place,
    y_range: Place,
) -> dict[str, str]:
    """By node: the side at which its name covers least, of other names above all.

    Args:
        places: by node.
        names: by node, the lines of its name.
        arrows: from one place to another.
        x_range, y_range: what the diagram shows.
    """
    sizes = tuple((max(map(_letters, names[n])), len(names[n])) for n in places)
    ways = tuple(arrows)
    found = _sides(tuple(places.values()), sizes, ways, (x_range, y_range))
    return dict(zip(places, found, strict=True))


@lru_cache(64)
def _sides(
    places: tuple[Place, ...],
    sizes: tuple[tuple[int, int], ...],
    arrows: tuple[tuple[Place, Place], ...],
    ranges: tuple[Place, Place],
) -> tuple[str, ...]:
    """The sides in the order of the places; sizes: letters of a line, and lines."""
    count, ways = len(places), len(SIDES)
    own = np.tile(PREFERENCE, (count, 1))
    among = np.zeros((count, ways, count, ways))
    for room in ROOMS:
        middles = pixels(places, ranges, room)
        flat = np.concatenate(
            [boxes_of(at, *size) for at, size in zip(middles, sizes, strict=True)]
        )
        among += shared(flat, flat).reshape(among.shape)
        own += _covered(flat, middles, _points(arrows, ranges, room), room).reshape(
            own.shape
        )
    every = np.arange(count)
    begins = [(a + b * every) % ways for a in range(ways) for b in (0, 1, 3)]
    settled = [_settled(begin, own, among) for begin in begins]
    best, _cost = min(settled, key=lambda each: each[1])
    return tuple(list(SIDES)[side] for side in best)


def _covered(boxes: Floats, dots: Floats, points: Floats, room: Place) -> Floats:
    """How bad it is what boxes (N, 4) cover beside names, and what stands outside."""
    round_dots = np.concatenate([dots - DOT, dots + DOT], 1)
    on_arrows = np.concatenate([points - NEAR, points + NEAR], 1)
    inside = shared(boxes, np.array([[0, 0, *room]], float))[:, 0]
    whole = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    return np.asarray(
        DOTS * shared(boxes, round_dots).sum(1)
        + ARROWS * shared(boxes, on_arrows).sum(1)
        + OUTSIDE * (whole - inside)
    )


def _points(
    arrows: tuple[tuple[Place, Place], ...], ranges: Sequence[Place], room: Place
) -> Floats:
    """Points (M, 2) on all arrows."""
    if not arrows:
        return np.empty((0, 2))
    starts, ends = (pixels(each, ranges, room) for each in zip(*arrows, strict=True))
    steps = np.linspace(0, 1, POINTS)[1:-1, None, None]
    return np.asarray((starts + steps * (ends - starts)).reshape(-1, 2))


def _settled(sides: Ints, own: Floats, among: Floats) -> tuple[Ints, float]:
    """Each name moved in turn to where it costs least, and what all cost then."""
    every = np.arange(len(sides))
    for name in [*every] * PASSES:
        others = among[name][:, every, sides]  # (8, N)
        others[:, name] = 0
        sides[name] = np.argmin(own[name] + others.sum(1))
    pairs = among[every[:, None], sides[:, None], every, sides]
    both = pairs.sum() - np.trace(pairs)
    return sides, float(own[every, sides].sum() + both / 2)


def pixels(places: Sequence[Place], ranges: Sequence[Place], room: Place) -> Floats:
    """Where places (N, 2) are in a diagram of this room that shows these ranges."""
    low, high = np.array(ranges, float).T
    where = np.array(places, float).reshape(-1, 2)
    return np.asarray((where - low) / (high - low) * room)


def boxes_of(middle: Floats, letters: int, lines: int) -> Floats:
    """What a name takes at each side of a node: left, low, right, high (8, 4)."""
    size = np.array([LETTER * letters, LINE * lines])
    off = np.array([ASIDE + size[0] / 2, GAP + (size[1] - LINE) / 2])
    at = middle + np.array(list(SIDES.values())) * off
    return np.concatenate([at - size / 2, at + size / 2], 1)


def shared(some: Floats, others: Floats) -> Floats:
    """The area that each of some boxes (N, 4) shares with each of others (M, 4)."""
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(-1))


def _letters(text: str) -> int:
    return sum(2 if character > "⺀" else 1 for character in text)
