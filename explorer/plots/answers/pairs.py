"""How near do the answers lie? Each held-out answer against its truth."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import Figure, Translate, axis, finite, layout, short
from explorer.plots.theme import GREY, colour_of
from explorer.runs.records import View

Floats = NDArray[np.float32]

PADDING = 0.08
"""Empty share around the truths."""


class PairsDrawn(NamedTuple):
    """Exactly what the chart shows, in real units."""

    model: str
    truth: Floats  # (n,)
    predicted: Floats  # (n,) NaN where it was no number


def extract(model: str, view: View | None) -> PairsDrawn:
    """Read the view "prediction" of pairs; None before there is one."""
    if view is None or "truth" not in view.arrays:
        return PairsDrawn(model, np.empty(0, np.float32), np.empty(0, np.float32))
    return PairsDrawn(model, finite(view.arrays["truth"]), finite(view.arrays["said"]))


def figure(drawn: PairsDrawn, _: Translate = str) -> Figure:
    """Points, and the diagonal on which a right answer lies; both axes are alike.

    The range comes from the truth alone, so that axes hold still while it trains.
    """
    low, high = _span(drawn.truth)
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": drawn.truth,
        "y": np.clip(drawn.predicted, low, high),
        "customdata": drawn.predicted,
        "marker": {"color": colour_of(drawn.model), "size": 8, "opacity": 0.75},
        "hovertemplate": _("truth %(truth)s, answer %(answer)s")
        % {"truth": "%{x:.4~g}", "answer": "%{customdata:.4~g}"}
        + "<extra></extra>",
    }
    x = axis(_("truth"), range=[low, high], nticks=6)
    y = axis(_("answer"), range=[low, high], nticks=6)
    return {
        "data": [points],
        "layout": layout(
            x, y, shapes=[_diagonal(low, high)], annotations=[_right(high, _)]
        ),
    }


def _diagonal(low: float, high: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": low,
        "x1": high,
        "y0": low,
        "y1": high,
        "layer": "below",
        "line": {"color": GREY, "width": 1.5, "dash": "dash"},
    }


def _right(high: float, _: Translate) -> dict[str, Any]:
    """What the diagonal means, at its upper end."""
    return {
        "x": high,
        "y": high,
        "xanchor": "right",
        "yanchor": "top",
        "xshift": -30,
        "showarrow": False,
        "text": _("right answers"),
    }


def reading(drawn: PairsDrawn, _: Translate = str) -> str:
    """How far the answers miss, and whether they are all the same."""
    numeric = np.isfinite(drawn.predicted)
    if not numeric.any():
        return _("There is no prediction to judge yet.")
    predicted, truth = drawn.predicted[numeric], drawn.truth[numeric]
    numbers = {"miss": short(float(np.abs(predicted - truth).mean()))}
    numbers["usual"] = short(float(np.abs(truth - truth.mean()).mean()))
    if float(predicted.std()) < 0.2 * float(truth.std()):
        message = _(
            "The answers are nearly all the same: they miss by %(miss)s on average, "
            "where always answering the mean misses by %(usual)s."
        )
    else:
        message = _(
            "The answers miss by %(miss)s on average; always answering the mean misses "
            "by %(usual)s."
        )
    return message % numbers


def alternative(drawn: PairsDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    if not len(drawn.truth):
        return _("Scatter plot of answers against truths; nothing is drawn yet.")
    message = _(
        "Scatter plot of %(count)s held-out answers against their truths, which lie "
        "between %(low)s and %(high)s. %(reading)s"
    )
    return message % {
        "count": f"{len(drawn.truth):,}",
        "low": short(float(drawn.truth.min())),
        "high": short(float(drawn.truth.max())),
        "reading": reading(drawn, _),
    }


def _span(truth: Floats) -> tuple[float, float]:
    if not len(truth):
        return 0.0, 1.0
    low, high = float(truth.min()), float(truth.max())
    room = PADDING * (high - low or 1.0)
    return low - room, high + room


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.config.model, scene.view)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
    }


ANSWER = AnswerPanel(N_("How near are its answers?"), draw)
