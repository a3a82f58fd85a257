"""What does each state say? Emissions over symbols, or a density over values."""

from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.chains.tables import table
from explorer.plots.chains.transitions import named
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    escape,
    layout,
    short,
    visible,
)
from explorer.plots.theme import ARCHITECTURES

READINGS = {
    (True, True): N_(
        "The state “%(name)s” is the most particular: at %(share).0f %% of its steps "
        "it shows “%(best)s”."
    ),
    (True, False): N_(
        "The state “%(name)s” is the most particular: “%(best)s” scores highest in it, "
        "%(score)s."
    ),
    (False, True): N_(
        "The state “%(name)s” is the most particular: the values that it shows lie "
        "most densely near %(best)s."
    ),
    (False, False): N_(
        "The state “%(name)s” is the most particular: values near %(best)s score "
        "highest in it, %(score)s."
    ),
}
"""What is said of the state with the largest contrast: by whether it shows symbols,
and whether by chances."""


def draw(scene: Scene, _: Translate) -> Content:
    """A heat map over symbols; over values a curve for each state."""
    view = scene.view
    names = named(view.notes, _)
    symbols = view.notes["symbols"]
    if symbols:
        titles = (_("symbol"), _("state"))
        values, chances = view.arrays["values"], view.notes["chances"]
        figure = table(values, names, [*map(visible, symbols)], titles, chances, _)
    else:
        figure = curves(scene, names, _)
    sentence = _reading(scene, names, _)
    message = _("Emissions of %(count)d states. %(reading)s")
    return {
        "figure": figure,
        "reading": sentence,
        "alternative": message % {"count": len(names), "reading": sentence},
    }


def curves(scene: Scene, names: list[str], _: Translate) -> Figure:
    """Densities, or scores, of each state over the values."""
    arrays, notes = scene.view.arrays, scene.view.notes
    palette = list(ARCHITECTURES.values())
    lines: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": arrays["places"],
            "y": values,
            "name": name,
            "line": {"color": palette[k % len(palette)], "width": 2},
            "hovertemplate": f"{escape(name)}: %{{y:.4~g}}<extra></extra>",
        }
        for k, (values, name) in enumerate(zip(arrays["values"], names, strict=True))
    ]
    x = axis(_(notes["label"]) if notes["label"] else _("value (standardised)"))
    y = axis(_("density") if notes["chances"] else _("score"), rangemode="tozero")
    return {"data": lines, "layout": layout(x, y)}


def _reading(scene: Scene, names: list[str], _: Translate) -> str:
    values, notes = scene.view.arrays["values"], scene.view.notes
    k = int(np.ptp(values, axis=1).argmax())
    best = int(values[k].argmax())
    symbols, chances = notes["symbols"], notes["chances"]
    return _(READINGS[bool(symbols), bool(chances)]) % {
        "name": names[k],
        "best": visible(symbols[best])
        if symbols
        else f"{scene.view.arrays['places'][best]:.3g}",
        "share": 100 * float(values[k, best]),
        "score": short(float(values[k, best])),
    }


PANEL = Panel(
    "emissions",
    N_("What does each state say?"),
    draw,
    views=("emissions",),
    about=N_(
        "How likely each state says each symbol, or over which values of a series it "
        "is spread. An HMM's rows add up to 1, and a density encloses an area of 1. A "
        "CRF's cells are the scores that one symbol alone gives each label."
    ),
    pages={"inside": 210},
)
