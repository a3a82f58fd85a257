"""Are the values and the rhythm right? Histograms and autocorrelation, side by side."""

from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, escape, key, layout, short
from explorer.plots.theme import GREY, colour_of
from explorer.runs.records import View

LEFT, RIGHT = (0.0, 0.41), (0.6, 1.0)


def draw(scene: Scene, _: Translate) -> Content:
    """On the left how often each value occurs, on the right the autocorrelation."""
    return {
        "figure": _figure(scene, _),
        "reading": reading(scene.view, _),
        "alternative": _alternative(scene.view, _),
        "proof": "",
    }


def _figure(scene: Scene, _: Translate) -> Figure:
    arrays = scene.view.arrays
    middles = (arrays["edges"][1:] + arrays["edges"][:-1]) / 2
    lags = np.arange(arrays["autocorrelation"].shape[1], dtype=np.int32)
    kinds = [
        (0, _("real"), GREY, "dot"),
        (1, _("generated"), colour_of(scene.config.model), "solid"),
    ]
    data: list[dict[str, Any]] = []
    for row, name, colour, dash in kinds:
        line = {"color": colour, "width": 2, "dash": dash}
        hover = f"%{{x:.4~g}}: %{{y:.4~g}}<extra>{escape(name)}</extra>"
        common = {"type": "scatter", "mode": "lines", "name": name, "line": line}
        shares = {"x": middles, "y": arrays["shares"][row]}
        lagged = {"x": lags, "y": arrays["autocorrelation"][row]}
        data += [
            common | shares | {"hovertemplate": hover, "line": line | {"shape": "hvh"}},
            common | lagged | {"hovertemplate": hover, "xaxis": "x2", "yaxis": "y2"},
        ]
    x = axis(_("value (in the data's units)"), domain=LEFT)
    y = axis(_("share of the values"), rangemode="tozero", tickformat=".0%")
    return {
        "data": data,
        "layout": layout(
            x,
            y,
            xaxis2=axis(_("lag (steps)"), domain=RIGHT, anchor="y2"),
            yaxis2=axis(_("autocorrelation"), range=[-1.05, 1.05], anchor="x2"),
            annotations=[_names(kinds)],
            margin={"t": 28},
        ),
    }


def _names(kinds: list[tuple[int, str, str, str]]) -> dict[str, Any]:
    """What the lines are, over the left chart."""
    glyphs = ("···", "—")
    words = [
        key(glyph, colour, escape(name))
        for glyph, (_row, name, colour, _dash) in zip(glyphs, kinds, strict=True)
    ]
    return {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "text": " &nbsp; ".join(words),
    }


def reading(view: View, _: Translate) -> str:
    """Both distances, in words."""
    message = _(
        "Values: real and generated lie %(value)s standard deviations apart "
        "(Wasserstein distance). Rhythm: their autocorrelations differ by %(rhythm)s "
        "on average."
    )
    rhythm = view.notes["autocorrelation_distance"]
    if rhythm is None:
        message = _(
            "Values: real and generated lie %(value)s standard deviations apart "
            "(Wasserstein distance). Rhythm: – (undefined: the real or the generated "
            "windows do not move)."
        )
    return message % {
        "value": short(view.notes["value_distance"]),
        "rhythm": "" if rhythm is None else short(rhythm),
    }


def _alternative(view: View, _: Translate) -> str:
    message = _(
        "Two line charts: how often each value occurs, and the autocorrelation up to "
        "lag %(lags)d, of real windows (dotted grey) and of generated ones."
    )
    return message % {"lags": view.arrays["autocorrelation"].shape[1] - 1}


PANEL = Panel(
    "likeness",
    N_("Are the values and the rhythm right?"),
    draw,
    views=("likeness",),
    about=N_(
        "On the left, how often each value occurs; on the right, how strongly a value "
        "goes with the one so many steps later. Real windows are dotted and grey, "
        "generated ones coloured. Each pair of lines should coincide; a wave that is "
        "right in its values may still beat at the wrong pace."
    ),
    pages={"inside": 4},
)
