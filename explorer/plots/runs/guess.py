"""What was guessed beside what came out: one dot for each figure of a lesson."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from explorer.errors import N_
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    escape,
    layout,
    short,
    width_of,
)
from explorer.plots.theme import GREY, OTHER
from explorer.plots.words import paragraph

GUESS = "#b42d69"
GUESSED = N_("your guess")
ROW = 44
"""Pixels for each figure."""

WIDE = 20.0
"""Numbers further apart than this, as a ratio, stand on a logarithmic axis."""


class GuessDrawn(NamedTuple):
    """Exactly what the chart shows; the first row is on top."""

    rows: tuple[tuple[str, float], ...]
    """Name in the reader's language, and value."""
    guessed: bool
    """Whether the first row is the guess."""


def extract(
    figures: Mapping[str, float], guess: float | None, _: Translate = str
) -> GuessDrawn:
    """The guess, if it is a number, and every figure that is one."""
    bars = [(_(name), v) for name, v in figures.items() if math.isfinite(v)]
    if guess is not None:
        bars = [(_(GUESSED), guess), *bars]
    return GuessDrawn(tuple(bars), guess is not None)


def figure(drawn: GuessDrawn, _: Translate = str) -> Figure:
    """Dots on one horizontal axis, each with its number."""
    names = [escape(name) for name, _value in drawn.rows]
    values = np.array([value for _name, value in drawn.rows], np.float64)
    colours = [OTHER, *[GREY] * len(names)]
    if drawn.guessed:
        colours = [GUESS, *colours]
    widest = max((width_of(name) for name, _value in drawn.rows), default=0)
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": values,
                "y": names,
                "text": [short(value) for value in values],
                "textposition": "top center",
                "cliponaxis": False,
                "marker": {"color": colours[: len(names)], "size": 14},
                "hovertemplate": "%{y}: %{x:.4~g}<extra></extra>",
            }
        ],
        "layout": layout(
            axis(_("value, in the unit of its row"), **_span(values)),
            axis(_("what was measured"), autorange="reversed"),
            margin={"l": 40 + 7 * widest, "r": 40, "t": 28},
        ),
    }


def height(drawn: GuessDrawn) -> int:
    """Pixels that the chart needs."""
    return 104 + ROW * len(drawn.rows)


def alternative(drawn: GuessDrawn, _: Translate = str) -> str:
    """The chart in words."""
    each = _("%(name)s: %(value)s.")
    figures = [each % {"name": n, "value": short(value)} for n, value in drawn.rows]
    return paragraph(_("What was guessed and what was measured."), *figures)


def _span(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Figure:
    """The axis: from zero, or logarithmic where numbers lie far apart."""
    if not len(values):
        return {}
    low, high = float(values.min()), float(values.max())
    if low > 0 and high / low > WIDE:
        ends = [math.log10(low) - 0.3, math.log10(high) + 0.3]
        decades = ends[1] - ends[0]
        every = "D2" if decades < 2.5 else max(1, round(decades / 5))
        return {"type": "log", "range": ends, "dtick": every, "tickformat": "~g"}
    return {"range": [min(0.0, 1.1 * low), 1.1 * max(high, 0.0) or 1.0]}
