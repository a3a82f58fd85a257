"""The pieces that figures are put together from."""

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.plots.theme import GREY
from explorer.plots.words import Translate as Translate
from explorer.plots.words import percent

Figure = dict[str, Any]
"""{"data": [...], "layout": {...}} as Plotly reads it, with numpy arrays inside."""

Points = NDArray[Any]

KEPT_POINTS = 600
"""A curve is drawn with at most this many points."""

LABEL_GAP = 0.085
"""The least distance between two labels at line ends, as a share of the axis: one line
of text where the plot is 220 pixels high."""

_VISIBLE = {" ": "␣", "\n": "⏎", "\t": "⇥", "": "∅"}


DATE_FORMAT = "%Y-%m-%d"
"""Dates in digits, which both languages read."""


def dated(axis: dict[str, Any], positions: NDArray[Any]) -> dict[str, Any]:
    """The axis, its ticks written as dates where its places are dates."""
    if np.issubdtype(positions.dtype, np.datetime64):
        return axis | {"tickformat": DATE_FORMAT, "nticks": 4}
    return axis


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis with its title, which always includes the unit."""
    return {"title": {"text": title}, "automargin": True, **more}


def layout(x: dict[str, Any], y: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A layout that keeps what a reader has zoomed into while the data moves."""
    return {
        "xaxis": x,
        "yaxis": y,
        "uirevision": "explorer",
        "showlegend": False,
        **more,
    }


def thin(values: Points, kept: int = KEPT_POINTS) -> NDArray[np.intp]:
    """Indices of at most `kept` points that keep every spike of (n,) values.

    The smallest and the largest value of every bucket stay, besides the two ends.
    Each bucket is a power of two wide and starts at a multiple of its width: as a curve
    grows its drawn past holds still, and when widths double, buckets merge in pairs.
    """
    n = len(values)
    if n <= kept:
        return np.arange(n)
    width = 4
    while 2 * math.ceil(n / width) + 2 > kept:
        width *= 2
    padded = np.full(math.ceil(n / width) * width, np.nan, np.float32)
    padded[:n] = values
    buckets = padded.reshape(-1, width)  # (buckets, width)
    numeric = np.isfinite(buckets)
    lows = np.where(numeric, buckets, np.inf).argmin(1)
    highs = np.where(numeric, buckets, -np.inf).argmax(1)
    starts = np.arange(len(buckets)) * width
    return np.unique(np.concatenate(([0, n - 1], starts + lows, starts + highs)))


def finite(values: Points) -> NDArray[np.float32]:
    """The values with a gap (NaN) wherever one is not a finite number of 32 bits."""
    drawn = np.asarray(values)
    if drawn.dtype != np.float32:
        with np.errstate(over="ignore"):
            drawn = drawn.astype(np.float32)
    return np.where(np.isfinite(drawn), drawn, np.float32(np.nan))


def last(values: Points) -> float | None:
    """The last value that is a number; None if there is none."""
    places = np.flatnonzero(np.isfinite(values))
    return float(values[places[-1]]) if len(places) else None


def spread(
    places: Sequence[float], low: float, high: float, gap: float = LABEL_GAP
) -> list[float]:
    """Places moved as little as possible until none is nearer than gap * (high - low).

    They keep their order and stay between `low` and `high`. Least squares under an
    order is the pooling of neighbours that are out of order.

    >>> spread([0.5, 0.5, 0.9], 0.0, 1.0, gap=0.1)
    [0.45, 0.55, 0.9]
    """
    n = len(places)
    step = min(gap * (high - low), (high - low) / max(1, n - 1))
    order = sorted(range(n), key=lambda k: places[k])
    pools: list[tuple[float, int]] = []  # mean, size
    for rank, k in enumerate(order):
        mean, size = places[k] - rank * step, 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        pools.append((mean, size))
    room = (low, high - max(0, n - 1) * step)
    free = [
        min(max(mean, room[0]), room[1]) for mean, size in pools for _ in range(size)
    ]
    moved = [0.0] * n
    for rank, k in enumerate(order):
        moved[k] = min(max(round(free[rank] + rank * step, 9), low), high)
    return moved


def end_labels(
    labels: Sequence[tuple[str, float]], low: float, high: float
) -> list[dict[str, Any]]:
    """Annotations right of the plot, one per (text, place), none over another.

    Places are in the axis' own coordinates: the logarithm on a logarithmic axis.
    """
    inside = [min(max(place, low), high) for _, place in labels]
    return [
        _end_label(text, place)
        for (text, _), place in zip(labels, spread(inside, low, high), strict=True)
    ]


@lru_cache(maxsize=4096)
def _end_label(text: str, place: float) -> dict[str, Any]:
    """The same object each time, never changed: most labels stay where they are."""
    return {
        "x": 1,
        "xref": "paper",
        "xanchor": "left",
        "xshift": 6,
        "y": place,
        "yref": "y",
        "yanchor": "middle",
        "align": "left",
        "showarrow": False,
        "text": text,
    }


def key(glyph: str, colour: str, text: str) -> str:
    """A label in the theme's text colour, led by what its line looks like."""
    return f'<span style="color:{colour}">{glyph}</span> {text}'


def margin_for(names: Iterable[str], digits: int = 0) -> dict[str, int]:
    """Room for labels at line ends; it depends on names, never on their numbers."""
    widest = max((width_of(name) for name in names), default=0)
    return {"r": 16 + round(6.6 * (widest + 2 + digits)) if widest else 8}


@lru_cache(maxsize=4096)
def width_of(text: str) -> int:
    """The width of a text in Latin letters; a Chinese character takes two, and so does
    what stands for white space.

    >>> width_of("loss"), width_of("损失"), width_of("␣a")
    (4, 4, 3)
    """
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" or c in _VISIBLE.values() else 1
        for c in text
    )


def plain(position: Any) -> Any:
    """A place of a horizontal axis as JSON has it: a number, or a date in ISO form."""
    return str(position) if isinstance(position, np.datetime64) else float(position)


def short(value: float) -> str:
    """A number with three significant digits.

    >>> short(0.0123456), short(1234.5), short(2.0)
    ('0.0123', '1.23e+03', '2')
    """
    return f"{value + 0.0:.3g}"  # never "-0"


def escape(text: str) -> str:
    """Text as Plotly shows it letter by letter, with no markup in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def visible(token: str) -> str:
    """A token with its white space and control characters made visible.

    >>> visible(" the"), visible("\\n")
    ('␣the', '⏎')
    """
    if not token:
        return _VISIBLE[""]
    return "".join(
        _VISIBLE.get(c) or (c if c.isprintable() else f"U+{ord(c):04X}") for c in token
    )


def rule(value: float, colour: str = GREY, dash: str = "solid") -> dict[str, Any]:
    """A thin horizontal line across the whole plot, in the data's units."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "yref": "y",
        "y0": value,
        "y1": value,
        "layer": "below",
        "line": {"color": colour, "width": 1.5, "dash": dash},
    }


def corner_note(text: str) -> dict[str, Any]:
    """Words above the right end of a plot, where no line has an end to be labelled."""
    return {
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "text": text,
    }


def band(low: float, high: float, opacity: float) -> dict[str, Any]:
    """A grey stretch across the whole plot, in the data's units."""
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": low,
        "y1": high,
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": GREY,
        "opacity": opacity,
    }


def colour_axis(low: float, high: float, **bar: Any) -> dict[str, Any]:
    """What the colours of a heat map mean, whatever the data; `bar` is their legend."""
    return {"cmin": low, "cmax": high, "autocolorscale": False, "colorbar": bar}


def ticks(named: Mapping[float, str]) -> dict[str, Any]:
    """Ticks at these places alone, each with its words."""
    return {
        "tickmode": "array",
        "tickvals": list(named),
        "ticktext": list(named.values()),
    }


def share_colours(_: Translate, none: str = "", whole: str = "") -> dict[str, Any]:
    """A colour axis from 0 to 100 %, and the words at its ends where it has some."""
    named = {0.0: none, 50.0: "", 100.0: whole}
    words = {place: word or percent(f"{place:.0f}", _) for place, word in named.items()}
    return colour_axis(0, 100, **ticks(words))


def token_ticks(tokens: Sequence[str], first: int = 1, at_most: int = 24) -> Figure:
    """Tick labels that name tokens, thinned evenly to at most `at_most`."""
    every = max(1, math.ceil(len(tokens) / at_most))
    places = range(0, len(tokens), every)
    return {
        "tickmode": "array",
        "tickvals": [first + k for k in places],
        "ticktext": [escape(visible(tokens[k])) for k in places],
    }
