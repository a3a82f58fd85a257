"""What every head looks at from one time step."""

import numpy as np

from explorer.plots.panel import Scene
from explorer.plots.parts import Figure, Translate, axis, layout
from explorer.plots.theme import GREY, colour_of
from explorer.plots.words import entry, listed, percent
from explorer.runs.records import View

LARGEST = 18.0
"""Pixels of the dot of a place that a head looks at alone."""


def figure(scene: Scene, t: int, _: Translate) -> Figure:
    """A row of dots per head: the larger, the more of its attention a step has."""
    looks = scene.view.arrays["looks"][:, t]  # (N, T)
    heads, steps = np.nonzero(looks)
    shares = looks[heads, steps]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": steps + 1,
        "y": heads + 1,
        "marker": {
            "size": (LARGEST * np.sqrt(shares / 100)).astype(np.float32),
            "color": colour_of(scene.config.model),
        },
        "customdata": shares,
        "hovertemplate": entry("%{x}", percent("%{customdata}", _), _)
        + "<extra></extra>",
        "meta": {"time": "x"},
    }
    count = looks.shape[0]
    here = {"type": "line", "x0": t + 1, "x1": t + 1, "y0": 0, "y1": 1, "yref": "paper"}
    return {
        "data": [dots],
        "layout": layout(
            axis(_("time step"), range=[0.5, looks.shape[1] + 0.5]),
            axis(_("head"), range=[count + 0.6, 0.4], dtick=1),
            shapes=[here | {"line": {"color": GREY, "width": 2, "dash": "dot"}}],
        ),
    }


def reading(view: View, t: int, _: Translate) -> str:
    """Where each head looks most."""
    looks = view.arrays["looks"][:, t]
    each = [
        _("head %(head)d at step %(step)d (%(share)s)")
        % {
            "head": k + 1,
            "step": int(row.argmax()) + 1,
            "share": percent(str(int(row.max())), _),
        }
        for k, row in enumerate(looks)
    ]
    return _("most looked at: %(each)s.") % {"each": listed(each, _)}
