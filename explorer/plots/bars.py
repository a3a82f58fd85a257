"""Horizontal bars with a word at one end and a percentage at the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.plots import words
from explorer.plots.parts import Figure, Translate, axis, escape, layout, visible
from explorer.plots.theme import SMALL_FONT_SIZE


def bars(
    shares: NDArray[Any],
    tokens: Sequence[str],
    *,
    colour: str,
    rows: int,
    reach: float,
    titles: tuple[str, str],
    _: Translate,
) -> Figure:
    """Shares 0..1 of tokens, the first on top; `rows` bars have room, always.

    Args:
        shares: (k,) with k <= rows.
        tokens: k words; white space is made visible.
        colour: of the bars.
        rows: how many bars the axis has room for.
        reach: right end of the axis, so that bars never re-scale.
        titles: of the horizontal and the vertical axis.
        _: the translating function.
    """
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": shares,
        "y": np.arange(len(shares), dtype=np.int32),
        "marker": {"color": colour},
        "text": words.shares(shares, _),
        "textposition": "outside",
        "textfont": {"size": SMALL_FONT_SIZE},
        "constraintext": "none",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    x = axis(titles[0], range=[0, reach], tickformat=".0%")
    y = axis(
        titles[1],
        range=[max(rows, 1) - 0.5, -0.5],
        tickmode="array",
        tickvals=list(range(len(tokens))),
        ticktext=[escape(visible(token)) for token in tokens],
        showgrid=False,
    )
    return {"data": [trace], "layout": layout(x, y, bargap=0.25, margin={"r": 40})}
