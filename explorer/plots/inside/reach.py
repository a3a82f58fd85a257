"""How does the error travel back? The Playground's chart with a bound and with ghosts.

Over it: the bound sigma_max(U)^k of a plain RNN, the same curve at earlier moments of
the training, and another run on the same axes.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.inside import gradients
from explorer.plots.panel import Content, Panel, Scene, mark_time
from explorer.plots.parts import Translate, end_labels, escape, key, margin_for, short
from explorer.plots.theme import GREY, colour_of
from explorer.runs.records import View

BARELY = 1 + 1e-4
"""Room for rounding where the bound is compared."""


def draw(scene: Scene, _: Translate) -> Content:
    """One chart for all of it; the vertical range holds every curve."""
    view, model = scene.view, scene.config.model
    drawn = gradients.extract(model, view)
    figure = gradients.figure(drawn, _)
    top = drawn.norms[-1]
    bound = bound_of(view)
    more, names = _past(scene, _), []
    if bound is not None:
        name = _("bound")
        more.append(_line(bound, name, GREY, dash="dash", width=1.6))
        names.append((bound, name, GREY, "- -"))
    if scene.beside is not None:
        config, other = scene.beside
        norms = gradients.extract(config.model, other).norms[-1]
        name = _("beside: %(model)s") % {"model": config.model.upper()}
        more.append(_line(norms, name, colour_of(config.model), width=2.2, dash="dot"))
        names.append((norms, name, colour_of(config.model), "···"))
    _label(figure, names, more)
    figure["data"] = [*more, *figure["data"]]
    # The last time step stands at distance 0.
    steps = np.arange(len(top), 0, -1, dtype=np.int32)
    for line in figure["data"]:
        line |= {"customdata": steps, "meta": {"time": "customdata"}}
    if scene.mark is not None and scene.mark < len(top):
        figure = mark_time(figure, len(top) - 2 - scene.mark, "x")
    return {
        "figure": figure,
        "reading": gradients.reading(drawn, _),
        "alternative": gradients.alternative(drawn, _),
        "proof": _proof(top, bound, view, _),
    }


def bound_of(view: View) -> NDArray[np.float64] | None:
    """sigma^k times the norm at the loss, k = 0 .. T-1; None where there is none."""
    sigma = view.notes.get("sigma")
    if sigma is None:
        return None
    norms = view.arrays["norms"][-1]
    steps = np.arange(len(norms), dtype=np.float64)
    bound: NDArray[np.float64] = float(norms[-1]) * float(sigma) ** steps
    return bound


def _proof(
    top: NDArray[Any], bound: NDArray[np.float64] | None, view: View, _: Translate
) -> str:
    if bound is None:
        return ""
    finite = np.isfinite(top)
    share = float(np.max(top[finite] / bound[finite])) if finite.any() else 0.0
    verdict = _("holds") if share <= BARELY else _("is violated")
    message = _(
        "Check: the largest singular value of U is %(sigma)s; the norm reaches at most "
        "%(share).3g of the bound: it %(verdict)s."
    )
    return message % {
        "sigma": short(view.notes["sigma"]),
        "share": share,
        "verdict": verdict,
    }


def _past(scene: Scene, _: Translate) -> list[dict[str, Any]]:
    """The last layer at earlier moments, the older the fainter."""
    model, lines = scene.config.model, []
    for age, ghost in enumerate(scene.ghosts):
        past = gradients.extract(model, ghost).norms[-1]
        name = _("step %(step)s") % {"step": f"{ghost.step:,}"}
        opacity = 0.25 + 0.35 * age / max(1, len(scene.ghosts))
        lines.append(_line(past, name, colour_of(model), opacity=opacity, width=1.2))
    return lines


def _line(
    norms: NDArray[Any], name: str, colour: str, opacity: float = 1.0, **line: Any
) -> dict[str, Any]:
    shown = np.where(np.isfinite(norms) & (norms > 0), norms, np.nan)
    return {
        "type": "scatter",
        "mode": "lines",
        "y": shown.astype(np.float32),
        "x0": 0,
        "dx": 1,
        "name": name,
        "opacity": opacity,
        "line": {"color": colour, **line},
        "hovertemplate": f"{escape(name)}: %{{y:.4~g}}<extra></extra>",
    }


def _label(
    figure: dict[str, Any],
    names: list[tuple[NDArray[Any], str, str, str]],
    more: list[dict[str, Any]],
) -> None:
    """Widen the range to hold all curves and name them at their ends."""
    layout = figure["layout"]
    low, high = layout["yaxis"]["range"]
    # A bound may run far off; the range follows what was measured.
    measured = [t["y"] for t in more if t["line"].get("dash") != "dash"]
    finite = [y[np.isfinite(y)] for y in measured]
    values = np.concatenate([*finite, np.ones(1)])
    low = max(-20, min(low, math.floor(math.log10(values.min()))))
    high = min(12, max(high, math.ceil(math.log10(values.max()))))
    layout["yaxis"] |= {"range": [low, high], "dtick": 1 if high - low <= 5 else 3}
    ends = [(a["text"], a["y"]) for a in layout["annotations"]]
    for norms, name, colour, glyph in names:
        seen = norms[np.isfinite(norms) & (norms > 0)]
        if len(seen):
            place = min(max(math.log10(seen[-1]), low), high)
            ends.append((key(glyph, colour, escape(name)), place))
    layout["annotations"] = end_labels(ends, low, high)
    layout["margin"] = _widest(layout["margin"], [n for _y, n, _c, _g in names])


def _widest(margin: dict[str, int], names: list[str]) -> dict[str, int]:
    """Room for these names too."""
    return {"r": max(margin["r"], margin_for(names, 2)["r"])}


PANEL = Panel(
    "gradients",
    N_("How does the error travel back?"),
    draw,
    views=("gradients",),
    about=N_(
        "The loss at the last time step is differentiated by every earlier hidden "
        "state; the curve is the length of that gradient against the distance from the "
        "loss, on a logarithmic axis. Pale curves are the same at earlier moments of "
        "the training, a dashed grey line is the most that the recurrent matrix of a "
        "plain RNN can let through, and an LSTM also shows the path along its memory. "
        "A curve that falls steadily is a vanishing gradient, one that rises an "
        "exploding one."
    ),
    pages={"inside": 50},
    ghosts=4,
    beside=True,
)
