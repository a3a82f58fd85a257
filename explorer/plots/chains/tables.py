"""A table of a chain as a heat map: chances from 0 to 1, or scores about zero."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Figure, Translate, axis, escape, layout
from explorer.plots.theme import ATTENTION, SIGNED

MOST_WRITTEN = 100
"""Cells that have room for their numbers."""

LEAST_REACH = 1.0
"""Scores are coloured at least from -1 to 1, so that small ones look small."""


def table(
    values: NDArray[Any],
    rows: Sequence[str],
    columns: Sequence[str],
    titles: tuple[str, str],
    chances: bool,
    _: Translate = str,
) -> Figure:
    """values (rows, columns), the first row on top, with numbers where there is room.

    Args:
        values: chances, or scores.
        rows, columns: their names.
        titles: of the horizontal and the vertical axis.
        chances: whether values run from 0 to 1; else they are drawn about zero.
    """
    colours = ATTENTION if chances else SIGNED
    reach = 1.0 if chances else max(LEAST_REACH, float(np.abs(values).max(initial=0)))
    heat: dict[str, Any] = {
        "type": "heatmap",
        "z": np.ascontiguousarray(values, np.float32),
        "coloraxis": colours,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": "%{y} → %{x}: %{z:.4~g}<extra></extra>",
    }
    if values.size <= MOST_WRITTEN:
        heat["texttemplate"] = "%{z:.2f}"
    x = axis(titles[0], **_named(columns), showgrid=False)
    y = axis(titles[1], **_named(rows), showgrid=False)
    y["range"] = [len(rows) - 0.5, -0.5]
    ends = {"cmin": 0.0 if chances else -reach, "cmax": reach}
    bar = {"tickmode": "auto", "nticks": 3}
    extra = {colours: ends | {"autocolorscale": False, "colorbar": bar}}
    return {"data": [heat], "layout": layout(x, y, **extra)}


def _named(names: Sequence[str], at_most: int = 30) -> dict[str, Any]:
    every = max(1, -(-len(names) // at_most))
    places = range(0, len(names), every)
    return {
        "tickmode": "array",
        "tickvals": list(places),
        "ticktext": [escape(names[k]) for k in places],
    }
