"""What is its output a sum of? The attention that a layer comes to, as one map."""

import math
from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene, mark_time, residual
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    colour_axis,
    layout,
    short,
    token_ticks,
)
from explorer.plots.theme import ATTENTION, SIGNED
from explorer.plots.words import paragraph
from explorer.runs.records import View

LIMIT = 1e-5
"""The sums count as exact up to this difference."""

LEAST = 0.01
"""Percent; of less only that it is less is said."""

MOST_TICKS = 12
"""So many tokens can be named along a side of the square."""


def draw(scene: Scene, _: Translate) -> Content:
    """The map, how far back half of it lies, and whether its sums are the output."""
    view = scene.view
    sentence = paragraph(reading(view, _), _exact(view, _))
    message = _("Heat map of %(of)s, %(steps)d by %(steps)d time steps. %(reading)s")
    values = {"of": _whose(view, _), "steps": len(view.arrays["weights"])}
    return {
        "figure": mark_time(figure(view, _), scene.mark, "x", "y"),
        "reading": sentence,
        "alternative": message % (values | {"reading": sentence}),
        "proof": residual(
            N_("max |weights · values − output| / max(1, |output|)"),
            view.notes["residual"],
            LIMIT,
            _,
        ),
    }


def figure(view: View, _: Translate = str) -> Figure:
    """A square map; signed about zero where it is of one part."""
    weights, labels = view.arrays["weights"], view.notes["labels"]
    whole = view.notes["part"] == "all"
    end = _ceiling(weights)
    hover = _("from time step %(row)s, time step %(column)s counts %(z)s")
    heat: dict[str, Any] = {
        "type": "heatmap",
        "z": weights,
        "x0": 1,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "coloraxis": ATTENTION if whole else SIGNED,
        "hovertemplate": hover % {"row": "%{y}", "column": "%{x}", "z": "%{z:.4~g}"}
        + "<extra></extra>",
    }
    steps = len(weights)
    square = {"showgrid": False, "constrain": "domain"}
    names = {} if labels is None else token_ticks(labels, at_most=MOST_TICKS)
    x = axis(_("time step that is read"), **square, **names, range=[0.5, steps + 0.5])
    y = axis(
        _("time step that reads"),
        **square,
        **names,
        range=[steps + 0.5, 0.5],
        scaleanchor="x",
    )
    title = _("mean size of the weights") if whole else _("weight")
    bar = {"title": {"text": title, "side": "right"}}
    colours = colour_axis(0 if whole else -end, end, **bar)
    return {
        "data": [heat],
        "layout": layout(x, y, **{ATTENTION if whole else SIGNED: colours}),
    }


def _ceiling(weights: Any) -> float:
    """The next power of two, so that colours hold still while a run learns."""
    largest = float(np.abs(weights[np.isfinite(weights)]).max(initial=0.0))
    return 2.0 ** math.ceil(math.log2(largest)) if largest > 1e-6 else 1e-6


def reading(view: View, _: Translate = str) -> str:
    """How far back half of the weight lies."""
    sizes = np.nan_to_num(view.arrays["by_distance"].astype(np.float64))
    if not sizes.sum():
        return _("There is no weight on any time step.")
    half = int(np.searchsorted(np.cumsum(sizes), sizes.sum() / 2))
    share = 100 * float(sizes[-1] / sizes.max())
    farthest = _("less than 0.01") if 0 < share < LEAST else short(share)
    if half == 0:
        message = _(
            "Half of all weight lies on the time step itself; on the farthest, "
            "%(end)d steps back, lies %(share)s %% of the most."
        )
    else:
        message = _(
            "Half of all weight lies at most %(half)d steps back; on the farthest, "
            "%(end)d steps back, lies %(share)s %% of the most."
        )
    return message % {"half": half, "end": len(sizes) - 1, "share": farthest}


def _exact(view: View, _: Translate) -> str:
    """What the map is exact for, and what it leaves out."""
    message = _(
        "These weights of the input, the effective attention, make up the output "
        "exactly (%(of)s)."
    )
    if view.notes["seen"]:
        message = _(
            "These weights, the effective attention, make up the output exactly "
            "(%(of)s). What they weigh, or the gates that they are made of, have seen "
            "the past themselves."
        )
    title = view.notes["of"]
    return message % {"of": _(title)}


def _whose(view: View, _: Translate) -> str:
    numbers = {"layer": view.notes["layer"] + 1, "part": view.notes["part"]}
    if view.notes["part"] == "all":
        return _("the effective attention of layer %(layer)d") % numbers
    return _("the effective attention of layer %(layer)d, part %(part)s") % numbers


PANEL = Panel(
    "effective",
    N_("What is its output a sum of?"),
    draw,
    views=("effective",),
    about=N_(
        "Attention and recurrences that carry on linearly do the same: what comes out "
        "of a layer is a sum over the time steps so far. Row by row the map, the "
        "effective attention matrix, has the weights of that sum; for gates they are "
        "products of what each step keeps. "
        "Choose one head or unit to see signs; a wave is shown by its real part."
    ),
    pages={"inside": 36},
)
