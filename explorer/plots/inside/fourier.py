"""What waves round the clock does it know the numbers by? Shares of the embedding."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, finite, layout
from explorer.plots.theme import GATES, GREY
from explorer.plots.words import entry, listed, percent

STRONGEST = 3
"""Waves that the sentence adds up."""

Shares = NDArray[np.floating[Any]]


def draw(scene: Scene, _: Translate) -> Content:
    """A bar for every wave, and a line where all would be alike."""
    shares = finite(scene.view.arrays["shares"])
    sentence = reading(shares, _)
    message = _("Bars of %(count)d waves after %(step)s steps. %(reading)s")
    values = {"count": len(shares), "step": f"{scene.view.step:,}", "reading": sentence}
    return {
        "figure": figure(shares, _),
        "reading": sentence,
        "alternative": message % values,
    }


def figure(shares: Shares, _: Translate = str) -> Figure:
    """The shares in percent by the number of turns."""
    even = 100 / max(1, len(shares))
    turns = np.arange(1, len(shares) + 1, dtype=np.int32)
    place = _("%(turns)s turns round the clock") % {"turns": "%{x}"}
    share = percent("%{y:.1f}", _)
    top = 100 * float(np.nan_to_num(shares).max(initial=0.0))
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": even, "y1": even}
    return {
        "data": [
            {
                "type": "bar",
                "x": turns,
                "y": (100 * shares).astype(np.float32),
                "marker": {"color": GATES["hidden"]},
                "hovertemplate": entry(place, share, _) + "<extra></extra>",
            }
        ],
        "layout": layout(
            axis(_("turns round the clock"), dtick=1 if len(shares) <= 16 else 5),
            axis(
                _("share of the embedding's variance (%)"),
                range=[0, 10 * np.ceil(max(top, 2 * even) / 10 + 0.5)],
            ),
            shapes=[line | {"line": {"color": GREY, "width": 1.5, "dash": "dash"}}],
        ),
    }


def reading(shares: Shares, _: Translate = str) -> str:
    """How much a few waves hold, beside what they would if all were alike."""
    if not len(shares) or not np.isfinite(shares).all():
        return _("The numbers are all embedded alike, or not numbers any more.")
    few = min(STRONGEST, len(shares))
    best = np.argsort(-shares, kind="stable")[:few]
    message = _(
        "The %(few)d strongest waves (%(which)s turns) hold %(held).0f %% of the "
        "embedding; if all were alike, they would hold %(even).0f %%."
    )
    return message % {
        "few": few,
        "which": listed((str(k + 1) for k in sorted(best)), _),
        "held": 100 * float(shares[best].sum()),
        "even": 100 * few / len(shares),
    }


PANEL = Panel(
    "fourier",
    N_("By which waves does it know the numbers?"),
    draw,
    views=("fourier",),
    about=N_(
        "The embedding gives every number of the clock a vector. Round the clock these "
        "are a sum of waves, each with so many turns. At the start all waves are about "
        "as strong, as on the dashed line; a model that has found the rule keeps a few."
    ),
    pages={"playground": 36, "inside": 34},
)
