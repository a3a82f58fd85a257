"""When does the discriminator notice? Its score along the time axis."""

from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene, mark_time
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    escape,
    key,
    layout,
    margin_for,
    rule,
)
from explorer.plots.theme import GREY, colour_of
from explorer.runs.records import View

GUESS = 0.5
BAND = 0.18
"""How strongly a band covers what lies below it."""

APART = 0.1
"""Less than this between the two means, and the discriminator hardly tells."""


def draw(scene: Scene, _: Translate) -> Content:
    """Two means with a band of four windows of five, and the line of a mere guess."""
    return {
        "figure": _figure(scene, _),
        "reading": reading(scene.view, _),
        "alternative": _alternative(scene.view, _),
        "proof": "",
    }


def _figure(scene: Scene, _: Translate) -> Figure:
    kinds = [
        ("real", "···", _("real"), GREY, "dot"),
        ("fake", "—", _("generated"), colour_of(scene.config.model), "solid"),
    ]
    data: list[dict[str, Any]] = []
    ends = []
    for name, glyph, word, colour, dash in kinds:
        low, mean, high = scene.view.arrays[name]
        data += [
            *_band(low, high, colour),
            {
                "type": "scatter",
                "mode": "lines",
                "x": np.arange(1, len(mean) + 1, dtype=np.int32),
                "y": mean,
                "name": word,
                "meta": {"time": "x"},
                "line": {"color": colour, "width": 2.4, "dash": dash},
                "hovertemplate": f"%{{x}}: %{{y:.0%}}<extra>{escape(word)}</extra>",
            },
        ]
        ends.append((key(glyph, colour, escape(word)), float(mean[-1])))
    figure = {
        "data": data,
        "layout": layout(
            axis(_("time step")),
            axis(_("taken for real (%)"), range=[0, 1], tickformat=".0%"),
            shapes=[rule(GUESS, dash="dash")],
            annotations=end_labels(ends, 0.0, 1.0),
            margin=margin_for([word for _n, _g, word, *_rest in kinds]),
        ),
    }
    return mark_time(figure, scene.mark)


def reading(view: View, _: Translate) -> str:
    """How far apart the means are at the end, and where they were furthest."""
    real, fake = view.arrays["real"][1], view.arrays["fake"][1]
    gap = real - fake
    step = int(np.abs(gap).argmax())
    numbers = {
        "real": 100 * float(real[-1]),
        "fake": 100 * float(fake[-1]),
        "step": step + 1,
        "gap": 100 * float(gap[step]),
    }
    if abs(float(gap[step])) < APART:
        message = _(
            "The discriminator can hardly tell them apart: at the last step it takes "
            "real windows for real with %(real).0f %%, generated ones with "
            "%(fake).0f %%."
        )
    elif gap[step] < 0:
        message = _(
            "The discriminator is fooled: at step %(step)d it holds generated windows "
            "for more real than real ones."
        )
    else:
        message = _(
            "The discriminator tells them apart best at step %(step)d, by %(gap).0f "
            "points; at the last step it takes real windows for real with "
            "%(real).0f %%, generated ones with %(fake).0f %%."
        )
    return message % numbers


def _alternative(view: View, _: Translate) -> str:
    message = _(
        "Line chart of the discriminator's score over %(steps)d time steps: real "
        "windows %(real).0f %% on average, generated ones %(fake).0f %%."
    )
    return message % {
        "steps": view.arrays["real"].shape[1],
        "real": 100 * float(view.arrays["real"][1].mean()),
        "fake": 100 * float(view.arrays["fake"][1].mean()),
    }


def _band(low: Any, high: Any, colour: str) -> list[dict[str, Any]]:
    edge = {
        "type": "scatter",
        "mode": "lines",
        "x0": 1,
        "dx": 1,
        "line": {"width": 0, "color": colour},
        "hoverinfo": "skip",
    }
    return [
        edge | {"y": low},
        edge | {"y": high, "fill": "tonexty", "fillcolor": _pale(colour)},
    ]


def _pale(colour: str) -> str:
    """A colour that what lies below shines through."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{BAND})"


PANEL = Panel(
    "verdicts",
    N_("When does the discriminator notice?"),
    draw,
    views=("verdicts",),
    about=N_(
        "At every time step the discriminator says how surely the window so far is "
        "real. The lines are means over the held-out windows and as many generated "
        "ones; four windows of five lie within the bands. Where both lines stand at "
        "the dashed 50 %, it can only guess."
    ),
    pages={"inside": 3},
)
