"""What a person told a run, as small marks on the horizontal axis."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from explorer.plots.parts import Translate, short, width_of
from explorer.plots.theme import GREY, SMALL_FONT_SIZE
from explorer.runs.commands import spec_of
from explorer.runs.records import Clock, Command, Curves

LETTER = 0.015
"""The width of a letter, as a share of a narrow plot's width."""


class Mark(NamedTuple):
    """Something that happened to the run, at a place of the horizontal axis."""

    x: float
    words: str
    value: float | None = None


def marks(commands: Sequence[Command], curves: Curves, axis: Clock) -> tuple[Mark, ...]:
    """The commands that have a mark: the last of each kind at a step."""
    latest = {(c.step, c.name): c for c in commands if spec_of(c.name).mark}
    return tuple(
        Mark(place(c.step, curves, axis), spec_of(c.name).mark, c.value)
        for c in latest.values()
    )


def place(step: int, curves: Curves, axis: Clock) -> float:
    """Where a step lies on the horizontal axis."""
    if axis == "step":
        return float(step)
    done = min(step, len(curves.seconds))
    return float(curves.seconds[done - 1]) if done else 0.0


def trace(drawn: Sequence[Mark], x_end: float, _: Translate) -> dict[str, Any]:
    """Triangles on the axis `y2`; words stand beside those that have room for them."""
    words = [_(m.words) % {"value": short(m.value or 0.0)} for m in drawn]
    shown: list[str] = []
    sides: list[str] = []
    taken = -math.inf
    for mark, word in zip(drawn, words, strict=True):
        width = LETTER * (width_of(word) + 3) * x_end
        right = mark.x + width <= x_end
        start = mark.x if right else mark.x - width
        fits = start >= taken
        shown.append(word if fits else "")
        sides.append("top right" if right else "top left")
        taken = max(taken, start + width if fits else mark.x)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": np.array([m.x for m in drawn], np.float32),
        "y": np.zeros(len(drawn), np.float32),
        "yaxis": "y2",
        "text": shown,
        "textposition": sides,
        "hovertext": words,
        "hoverinfo": "text",
        "cliponaxis": False,
        "marker": {"symbol": "triangle-up", "size": 10, "color": GREY},
        "textfont": {"size": SMALL_FONT_SIZE},
    }


def hidden_axis() -> dict[str, Any]:
    """The axis `y2` of the marks: 0 at the bottom, whatever the loss does."""
    return {"overlaying": "y", "range": [0, 1], "fixedrange": True, "visible": False}
