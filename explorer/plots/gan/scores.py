"""How good are the windows? Two scores, each beside what real windows reach."""

from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, layout, short
from explorer.plots.theme import GREY, SMALL_FONT_SIZE, colour_of
from explorer.runs.records import View

GOOD = 0.15
"""A discriminative score up to here: few windows give themselves away."""

REACHES = 0.5, 1.0
"""Where each axis ends: what a perfect judge scores, and a standard deviation."""

LEFT, RIGHT = (0.0, 0.42), (0.58, 1.0)


def draw(scene: Scene, _: Translate) -> Content:
    """Two bars per score; lower is better for both."""
    return {
        "figure": _figure(scene, _),
        "reading": reading(scene.view, _),
        "alternative": _alternative(scene.view, _),
        "proof": "",
    }


def _figure(scene: Scene, _: Translate) -> Figure:
    scores = scene.view.arrays["scores"]
    names = [_("generated"), _("real")]
    titles = [_("discriminative score"), _("predictive score (MAE)")]
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": names,
            "y": scores[row],
            "xaxis": f"x{suffix}",
            "yaxis": f"y{suffix}",
            "marker": {"color": [colour_of(scene.config.model), GREY]},
            "text": [f"{value:.3f}" for value in scores[row]],
            "textposition": "outside",
            "textfont": {"size": SMALL_FONT_SIZE},
            "cliponaxis": False,
            "hoverinfo": "skip",
        }
        for row, suffix in enumerate(("", "2"))
    ]
    reach = max(REACHES[1], 1.15 * float(np.nanmax(scores[1])))
    return {
        "data": data,
        "layout": layout(
            axis(_("windows"), domain=LEFT),
            axis(titles[0], range=[0, 1.1 * REACHES[0]]),
            xaxis2=axis(_("windows"), domain=RIGHT, anchor="y2"),
            yaxis2=axis(titles[1], range=[0, reach], anchor="x2"),
            bargap=0.35,
        ),
    }


def reading(view: View, _: Translate) -> str:
    """Both scores against their floors."""
    (apart, apart_floor), (missed, missed_floor) = view.arrays["scores"].tolist()
    numbers = {
        "accuracy": 100 * (0.5 + apart),
        "floor": 100 * (0.5 + apart_floor),
        "missed": short(missed),
        "missed_floor": short(missed_floor),
    }
    if apart <= GOOD:
        message = _(
            "A network trained to tell them apart is right on only %(accuracy).0f %% "
            "of the windows (real against real: %(floor).0f %%). One that learned from "
            "generated windows misses real ones by %(missed)s, from real ones by "
            "%(missed_floor)s."
        )
    else:
        message = _(
            "A network trained to tell them apart is right on %(accuracy).0f %% of the "
            "windows (real against real: %(floor).0f %%): generated windows still give "
            "themselves away. One that learned from them misses real ones by "
            "%(missed)s, from real ones by %(missed_floor)s."
        )
    return message % numbers


def _alternative(view: View, _: Translate) -> str:
    (apart, apart_floor), (missed, missed_floor) = view.arrays["scores"].tolist()
    message = _(
        "Bar chart: discriminative score %(told)s, with real windows %(told_floor)s; "
        "predictive score %(missed)s, with real windows %(missed_floor)s."
    )
    return message % {
        "told": short(apart),
        "told_floor": short(apart_floor),
        "missed": short(missed),
        "missed_floor": short(missed_floor),
    }


PANEL = Panel(
    "scores",
    N_("How good are the windows, judged by others?"),
    draw,
    views=("scores",),
    about=N_(
        "Two small networks are trained afresh at this moment: one to tell generated "
        "windows from real ones, where 0 means that it cannot and 0.5 that it always "
        "can, one to foresee. The second learns from generated windows and is tested "
        "on real ones. The grey bars are what real windows reach in their place, so "
        "nothing can be expected to go lower."
    ),
    pages={"inside": 5},
)
