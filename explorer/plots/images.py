"""Images beside and below each other, each point a square of its ink."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.parts import Figure, axis, escape, layout, rule
from explorer.plots.theme import INK

GAP = 1
"""Points of paper's edge between two images."""

Floats = NDArray[np.floating[Any]]


class Sheet(NamedTuple):
    """Images (rows, columns, height, width) in their places, and the ink's range."""

    images: Floats  # NaN where a place is empty
    paper: float
    ink: float
    counted: tuple[str, str] = (N_("column"), N_("row"))
    """What lies across an image, and what down."""


def of_windows(windows: Floats) -> Sheet:
    """Windows (N, T, I) of many channels in a row: time from top to bottom, the darker
    the larger."""
    ends = float(windows.min()), float(windows.max())
    return Sheet(windows[None], *ends, (N_("channel"), N_("time step")))


def in_rows(images: Floats, columns: int) -> Floats:
    """(n, height, width) -> (rows, columns, height, width), at most so many columns,
    the last row filled up with NaN.

    >>> in_rows(np.zeros((5, 8, 8)), 3).shape
    (2, 3, 8, 8)
    """
    n, height, width = images.shape
    columns = max(1, min(columns, n))
    rows = max(1, -(-n // columns))
    places = np.full((rows * columns, height, width), np.nan, np.float32)
    places[:n] = images
    return places.reshape(rows, columns, height, width)


def heat(sheet: Sheet, **axes: str) -> dict[str, Any]:
    """All images as one map of shares of the ink, 0 to 1, with gaps between them."""
    rows, columns, height, width = sheet.images.shape
    z = np.full((rows, height + GAP, columns, width + GAP), np.nan, np.float32)
    shares = (sheet.images - sheet.paper) / (sheet.ink - sheet.paper or 1.0)
    z[:, :height, :, :width] = shares.transpose(0, 2, 1, 3)
    whole = z.reshape(rows * (height + GAP), columns * (width + GAP))
    return {
        "type": "heatmap",
        "z": np.ascontiguousarray(whole[:-GAP, :-GAP]),
        "x0": 1,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "coloraxis": INK,
        "hoverinfo": "skip",
        **axes,
    }


COLOURS = {"cmin": 0, "cmax": 1, "autocolorscale": False, "showscale": False}
"""Of the axis `INK`: from paper to ink, whatever came."""


def middles(count: int, size: int) -> list[float]:
    """Where the middles of so many images of that size lie.

    >>> middles(2, 8)
    [4.5, 13.5]
    """
    return [k * (size + GAP) + (size + 1) / 2 for k in range(count)]


def square(other: str = "x", **more: Any) -> dict[str, Any]:
    """What makes a vertical axis measure points as its horizontal one does, the first
    row on top."""
    return {
        "scaleanchor": other,
        "scaleratio": 1,
        "constrain": "domain",
        "autorange": "reversed",
        "showgrid": False,
        **more,
    }


def line(sheet: Sheet, y: float, dash: str = "solid") -> dict[str, Any]:
    """A thin line over all images, and no further."""
    _rows, columns, _height, width = sheet.images.shape
    ends = {"xref": "x", "x0": 0.5, "x1": columns * (width + GAP) - GAP + 0.5}
    return rule(y, dash=dash) | ends | {"layer": "above"}


def figure(
    sheet: Sheet,
    titles: tuple[str, str],
    across: Sequence[str] = (),
    down: Sequence[tuple[int, str]] = (),
) -> Figure:
    """The sheet with words below its columns, or beside its rows.

    Args:
        titles: of the horizontal and the vertical axis.
        across: a word for each column; none without any.
        down: (how many rows of images, their word), from the top; a line parts them.
    """
    _rows, columns, height, width = sheet.images.shape
    begins = np.cumsum([0, *(count for count, _word in down)])
    places = [
        begin * (height + GAP) + (count * (height + GAP) - GAP + 1) / 2
        for begin, (count, _word) in zip(begins.tolist(), down, strict=False)
    ]
    x = axis(
        titles[0],
        tickmode="array",
        tickvals=middles(columns, width) if across else [],
        ticktext=[escape(word) for word in across],
        constrain="domain",
        showgrid=False,
    )
    words = [escape(word) for _count, word in down]
    y = axis(titles[1], tickmode="array", tickvals=places, ticktext=words, **square())
    between = [line(sheet, place * (height + GAP)) for place in begins[1:-1].tolist()]
    parts = layout(x, y, shapes=between, margin={"r": 12}, **{INK: COLOURS})
    return {"data": [heat(sheet)], "layout": parts}
