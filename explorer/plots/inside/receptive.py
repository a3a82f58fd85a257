"""What can an answer see? The receptive field of dilated convolutions, as a tree."""

from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene, mark_time, residual
from explorer.plots.parts import Figure, Translate, axis, layout, token_ticks
from explorer.plots.theme import GREY, colour_of
from explorer.plots.words import paragraph
from explorer.runs.records import View

FAINT = 0.25
"""How much is seen of a step that cannot reach the answer."""


def draw(scene: Scene, _: Translate) -> Content:
    """Every level's time steps, with lines where the answer can look."""
    view = scene.view
    sentence = reading(view, _)
    message = _("Tree of %(layers)d layers over %(steps)d time steps. %(reading)s")
    levels, steps = view.arrays["read"].shape
    values = {"layers": levels - 1, "steps": steps, "reading": sentence}
    return {
        "figure": mark_time(
            figure(view, colour_of(scene.config.model), _), scene.mark, "x"
        ),
        "reading": sentence,
        "alternative": message % values,
        "proof": residual(
            N_("influence from outside the field"), view.notes["residual"], 0.0, _
        ),
    }


def figure(view: View, colour: str, _: Translate = str) -> Figure:
    """Dots for time steps, the larger the stronger the answer listens there."""
    read = view.arrays["read"]  # (L + 1, T)
    steps, labels = read.shape[1], view.notes["labels"]
    names = {} if labels is None else token_ticks(labels)
    x = axis(_("time step"), showgrid=False, range=[0.5, steps + 0.5], **names)
    words = [
        _("input"),
        *(_("layer %(number)d") % {"number": k + 1} for k in range(len(read) - 1)),
    ]
    y = axis(
        _("Layer"),
        showgrid=False,
        range=[-0.5, len(read) - 0.5],
        tickmode="array",
        tickvals=list(range(len(read))),
        ticktext=words,
    )
    return {
        "data": [_ways(view, colour), *_dots(view, colour, words, _)],
        "layout": layout(x, y, showlegend=False),
    }


def _ways(view: View, colour: str) -> dict[str, Any]:
    """From every step that can reach the answer to those that it reads."""
    read = view.arrays["read"]
    x: list[float] = []
    y: list[float] = []
    for k, taps in enumerate(view.notes["taps"]):
        for t in np.flatnonzero(read[k + 1]):
            for back in taps:
                if back <= t:
                    x += [float(t - back + 1), float(t + 1), np.nan]
                    y += [float(k), float(k + 1), np.nan]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.array(x, np.float32),
        "y": np.array(y, np.float32),
        "line": {"color": colour, "width": 0.8},
        "opacity": 0.5,
        "hoverinfo": "skip",
    }


def _dots(
    view: View, colour: str, words: list[str], _: Translate
) -> list[dict[str, Any]]:
    read, strength = view.arrays["read"], view.arrays["strength"]
    places = np.arange(1, read.shape[1] + 1)
    hover = _("%(level)s, time step %(step)s<br>%(value)s of the strongest there")
    dots = []
    for k, level in enumerate(read):
        share = np.zeros(len(level)) if k == 0 else strength[k - 1].astype(np.float64)
        most = np.nanmax(share, initial=0.0)
        share = np.where(level, share / most if most else 0.0, 0.0)
        marker = {
            "size": np.where(level, 5 + 7 * np.sqrt(share), 3).astype(np.float32),
            "color": [colour if each else GREY for each in level],
            "opacity": [1.0 if each else FAINT for each in level],
        }
        value = "%{customdata:.0%}"
        shown = hover % {"level": words[k], "step": "%{x}", "value": value}
        if k == 0:
            shown = _("%(level)s, time step %(step)s") % {
                "level": words[0],
                "step": "%{x}",
            }
        dots.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": places,
                "y": np.full(len(level), float(k), np.float32),
                "marker": marker,
                "customdata": share.astype(np.float32),
                "hovertemplate": shown + "<extra></extra>",
            }
        )
    return dots


def reading(view: View, _: Translate = str) -> str:
    """How much of the window the answer can see, and how far back it listens."""
    read, strength = view.arrays["read"], view.arrays["strength"]
    mark, steps = int(view.notes["mark"]), read.shape[1]
    numbers = {
        "field": view.notes["field"],
        "mark": mark + 1,
        "seen": int(read[0].sum()),
        "before": mark + 1,
        "steps": steps,
    }
    sentence = _(
        "An answer sees at most %(field)d time steps. The one at step %(mark)d sees "
        "%(seen)d of the %(before)d up to there."
    )
    first = strength[0].astype(np.float64)
    if not np.isfinite(first).all() or not first.sum():
        return sentence % numbers
    back = np.cumsum(first[mark::-1])
    numbers["half"] = int(np.searchsorted(back, back[-1] / 2))
    half = _("Half of its pull on layer 1 lies at most %(half)d steps back.")
    return paragraph(sentence % numbers, half % numbers)


PANEL = Panel(
    "receptive",
    N_("What can an answer see?"),
    draw,
    views=("receptive",),
    about=N_(
        "Lines lead from an answer down to all that it can see: every layer reads a "
        "few steps, twice as far apart as the layer below. A large dot is a step that "
        "moves the answer much. Grey dots it cannot see, however long it learns."
    ),
    pages={"playground": 36, "inside": 34},
)
