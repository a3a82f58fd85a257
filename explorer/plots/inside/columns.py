"""Where the nodes of a diagram stand, and where their names have room."""

from collections.abc import Iterable, Mapping
from typing import Any

Place = tuple[float, float]
"""The column, and the height from 0 to 1."""


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


def crowded(places: Mapping[str, Place], cells: int) -> set[str]:
    """The nodes that stand close above each other, as the gates of several cells do."""
    columns = [x for x, _y in places.values()]
    many = {x for x in columns if columns.count(x) > cells > 1}
    return {name for name, (x, _y) in places.items() if x in many}


def sides_of(places: Mapping[str, Place]) -> dict[str, str]:
    """Whether a node's name stands above it: where two nodes follow each other at one
    height, one name stands above and the next below, or they would run together."""
    sides: dict[str, str] = {}
    for name, (x, y) in sorted(places.items(), key=lambda item: item[1][0]):
        before = [sides[n] for n, place in places.items() if place == (x - 1, y)]
        sides[name] = "bottom" if before and before[0] == "top" else "top"
    return sides
