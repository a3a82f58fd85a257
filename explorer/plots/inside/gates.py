"""What does a gate keep? One capture of a recurrent layer as a heat map.

Time runs to the right, every row is one hidden unit, the input stands above. Values are
quantised to whole percents of the capture's range, which never changes: 24 kB instead
of 94 kB for 64 x 200 values, and the picture does not re-scale itself. Where values lie
beyond that range, the ends of the colour bar say so.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.inside.values import Values, in_words, summed_up
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    escape,
    layout,
    short,
    visible,
    width_of,
)
from explorer.plots.theme import ATTENTION, GATE_AXES, GREY, SIGNED
from explorer.plots.words import percent
from explorer.runs.records import View

STRIP_LETTERS = 80
"""Letters that fit side by side above the heat map."""

FARTHEST = 32_767
"""Percents that an int16 holds."""

WIDER, GAP = 1.12, 0.1
"""How much wider than a share of that room a letter of a token may be, and the letters
of space between two tokens."""


class GatesDrawn(NamedTuple):
    """Exactly what the heat map shows."""

    title: str
    percent: NDArray[Any]  # (H, T) uint8 0..100, or int8 -100..100 where centred;
    # int16 where a value lies beyond, float32 with NaN where one was not a number
    low: float
    high: float
    centred: bool
    step: int  # of the run
    series: NDArray[np.float32] | None  # (T,) the input in real units
    tokens: tuple[str, ...] | None  # T of them
    colour: str = ""  # its part in the palette
    ends: tuple[str, str] | None = None  # what low and high mean
    sentence: str = ""  # about its values; a plain one where empty
    first: int = 0  # steps of the window before the first that is shown
    values: Values | None = None  # what they come to, unclipped


def extract(view: View | None) -> GatesDrawn:
    """Read the view "inside" of a capture (T, H); None before there is one."""
    if view is None or "values" not in view.arrays:
        none = np.empty((0, 0), np.uint8)
        return GatesDrawn("", none, 0.0, 1.0, False, 0, None, None)
    notes = view.notes
    low, high, centred = float(notes["low"]), float(notes["high"]), notes["centred"]
    labels, values = notes.get("labels"), view.arrays["values"]
    return GatesDrawn(
        title=notes["title"],
        percent=quantise(values.T, low, high, centred),
        low=low,
        high=high,
        centred=bool(centred),
        step=view.step,
        series=view.arrays.get("input"),
        tokens=None if labels is None else tuple(labels),
        colour=notes["colour"],
        ends=None if notes["ends"] is None else tuple(notes["ends"]),
        sentence=notes["reading"],
        first=notes.get("first", 0),
        values=summed_up(values, low, high, centred),
    )


def quantise(
    values: NDArray[Any], low: float, high: float, centred: bool
) -> NDArray[Any]:
    """Whole percents of the range: 0..100 from low to high, or -100..100 about zero.

    Values beyond the range keep their percents, and take the colour of its end. Where a
    value is not a number the array stays float32, so that the cell can be left empty.
    """
    with np.errstate(invalid="ignore"):
        if centred:
            share = values / max(abs(low), abs(high))
        else:
            share = (values - low) / (high - low)
        percent = np.rint(100 * share).clip(-FARTHEST, FARTHEST)
    if np.isnan(percent).any():
        return np.ascontiguousarray(percent, np.float32)
    inside = percent.min(initial=0) >= (-100 if centred else 0)
    if not inside or percent.max(initial=0) > 100:
        return np.ascontiguousarray(percent, np.int16)
    return np.ascontiguousarray(percent, np.int8 if centred else np.uint8)


def figure(drawn: GatesDrawn, _: Translate = str) -> Figure:
    """The heat map, and the input above it."""
    units, steps = drawn.percent.shape
    colours = SIGNED if drawn.centred else GATE_AXES.get(drawn.colour, ATTENTION)
    heat = {
        "type": "heatmap",
        "z": drawn.percent,
        "x0": 1 + drawn.first,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "coloraxis": colours,
        "hoverongaps": False,
        "meta": {"time": "x"},
        "hovertemplate": _hover(drawn, _),
    }
    strip = _strip(drawn)
    x = axis(_("time step"), showgrid=False, anchor="y")
    y = axis(_("hidden units, one per row"), showgrid=False)
    if units:
        x["range"] = [drawn.first + 0.5, drawn.first + steps + 0.5]
        y["range"] = [units + 0.5, 0.5]
    extra: dict[str, Any] = {colours: _colours(drawn, _)}
    if strip:
        y["domain"] = [0.0, 0.82]
        extra["yaxis2"] = _strip_axis(drawn, _)
    return {"data": [heat, *strip], "layout": layout(x, y, **extra)}


def reading(drawn: GatesDrawn, _: Translate = str) -> str:
    """What the values have in common, in one sentence."""
    span = drawn.low, drawn.high, drawn.centred
    return in_words(drawn.values, drawn.title, drawn.sentence, span, _)


def alternative(drawn: GatesDrawn, _: Translate = str) -> str:
    """The heat map in words, for those who do not see it."""
    units, steps = drawn.percent.shape
    if not drawn.percent.size:
        return _("Heat map of a value inside the model; nothing is drawn yet.")
    message = _(
        "Heat map of %(title)s after %(step)s training steps: %(steps)d time steps "
        "across, %(units)d hidden units down, colours from %(low)s to %(high)s. "
        "%(reading)s"
    )
    return message % {
        "title": _(drawn.title),
        "step": f"{drawn.step:,}",
        "steps": steps,
        "units": units,
        "low": short(drawn.low),
        "high": short(drawn.high),
        "reading": reading(drawn, _),
    }


def _value(drawn: GatesDrawn, percent: float) -> float:
    """Back from percents to the capture's own units."""
    if drawn.centred:
        return percent / 100 * max(abs(drawn.low), abs(drawn.high))
    return drawn.low + percent / 100 * (drawn.high - drawn.low)


def _colours(drawn: GatesDrawn, _: Translate) -> dict[str, Any]:
    """The colour axis: its range is the capture's, its ends say what they mean, and
    whether values lie beyond them."""
    ticks = [-100, 0, 100] if drawn.centred else [0, 50, 100]
    words = [short(_value(drawn, tick)) for tick in ticks]
    if drawn.ends is not None:
        words[0], words[-1] = map(_, drawn.ends)
    if drawn.values is not None:
        if drawn.values.least < _value(drawn, ticks[0]):
            words[0] = f"≤ {words[0]}"
        if drawn.values.greatest > _value(drawn, ticks[-1]):
            words[-1] = f"≥ {words[-1]}"
    return {
        "cmin": ticks[0],
        "cmax": 100,
        "autocolorscale": False,
        "colorbar": {"tickmode": "array", "tickvals": ticks, "ticktext": words},
    }


def _hover(drawn: GatesDrawn, _: Translate) -> str:
    where = _("time step %(step)s, hidden unit %(unit)s")
    value = percent("%{z}", _)
    if drawn.centred or drawn.high != 1.0:
        reach = max(abs(drawn.low), abs(drawn.high))
        value = _("%(z)s %% of %(reach)s") % {"z": "%{z}", "reach": short(reach)}
    return f"{where % {'step': '%{x}', 'unit': '%{y}'}}<br>{value}<extra></extra>"


def _strip(drawn: GatesDrawn) -> list[dict[str, Any]]:
    """The input above the heat map: a line, or as many tokens as there is room for."""
    steps = drawn.percent.shape[1]
    if drawn.series is not None and steps:
        line = {"mode": "lines", "y": drawn.series, "line": {"color": GREY, "width": 2}}
        return [{"type": "scatter", "x0": 1, "dx": 1, "yaxis": "y2", **line}]
    if drawn.tokens is None or not steps:
        return []
    words = [visible(token) for token in drawn.tokens]
    labelled = with_room(words, STRIP_LETTERS)
    return [
        {
            "type": "scatter",
            "mode": "text",
            "cliponaxis": False,
            "x": 1 + drawn.first + np.array(labelled, np.int32),
            "y": np.zeros(len(labelled), np.float32),
            "yaxis": "y2",
            "text": [escape(words[k]) for k in labelled],
            "hoverinfo": "skip",
        }
    ]


def with_room(words: Sequence[str], letters: int) -> list[int]:
    """Which words can stand above their steps without touching each other.

    Args:
        words: one for each step, the steps side by side.
        letters: how many letters all steps together have room for.

    >>> with_room(["a", "long", "word", "b"], 8), with_room(list("abcd"), 8)
    ([0, 2], [0, 1, 2, 3])
    >>> with_room(["␣at", "␣b"], 8)
    [0]
    """
    labelled, free = [], -math.inf
    for k, word in enumerate(words):
        middle, half = (k + 0.5) * letters / len(words), WIDER * width_of(word) / 2
        if middle - half >= free:
            labelled.append(k)
            free = middle + half + GAP
    return labelled


def _strip_axis(drawn: GatesDrawn, _: Translate) -> dict[str, Any]:
    """Low as the strip is, it has room for its lowest and its highest value alone."""
    more: dict[str, Any] = {"range": [-1, 1]}
    if drawn.series is not None:
        finite = drawn.series[np.isfinite(drawn.series)]
        ends = sorted({float(finite.min()), float(finite.max())}) if finite.size else []
        more = {"tickvals": ends, "ticktext": [short(end) for end in ends]}
    return axis(
        _("input"),
        domain=[0.86, 1.0],
        anchor="x",
        showgrid=False,
        showticklabels=drawn.series is not None,
        **more,
    )
