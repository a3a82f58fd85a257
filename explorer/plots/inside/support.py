"""What tells the answer, framed in maps of attention, and the weight on it."""

from typing import Any

import numpy as np

from explorer.plots.inside.habits import Head
from explorer.plots.parts import Figure, Translate
from explorer.plots.stretches import stretches
from explorer.plots.theme import GREY
from explorer.runs.records import View

FRAME = {"type": "rect", "line": {"color": GREY, "width": 1}}


def framed(figure: Figure, view: View, maps: int) -> Figure:
    """The figure of so many maps, with what tells the answer framed in each."""
    if "support" not in view.arrays:
        return figure
    shapes: list[dict[str, Any]] = list(figure["layout"].get("shapes", ()))
    for number in ("", *range(2, maps + 1)):
        for first, last in stretches(view.arrays["support"]):
            across = {"xref": f"x{number}", "x0": first + 0.5, "x1": last + 1.5}
            upright = {"yref": f"y{number} domain", "y0": 0, "y1": 1}
            shapes.append(FRAME | across | upright)
    figure["layout"]["shapes"] = shapes
    return figure


def support_in_words(view: View, rows: list[list[Head]], _: Translate) -> str:
    """The weight on what tells the answer, of the head that looks there most; empty
    where nobody knows what that is."""
    if "support" not in view.arrays:
        return ""
    support, weight = view.arrays["support"], view.arrays["on_support"]
    most = max(
        (head for row in rows for head in row),
        key=lambda head: weight[head.layer, head.head],
    )
    if not np.isfinite(weight).all():
        return ""
    message = _(
        "Framed are the facts that tell the answer: layer %(layer)d, head %(head)d "
        "gives them %(weight).0f %% of its weight; evenly spread it were %(even).0f %%."
    )
    return message % {
        "layer": most.layer + 1,
        "head": most.head + 1,
        "weight": 100 * weight[most.layer, most.head],
        "even": 100 * support.mean(),
    }


def share_in_words(view: View, _: Translate) -> str:
    """The weight of one head's attention (T, T) on what tells the answer."""
    support = view.arrays["support"]
    message = _(
        "Framed are the facts that tell the answer: %(weight).0f %% of the weight lies "
        "on them; evenly spread it were %(even).0f %%."
    )
    weight = np.nan_to_num(view.arrays["values"])[:, support].sum(1).mean()
    return message % {"weight": 100 * weight, "even": 100 * support.mean()}
