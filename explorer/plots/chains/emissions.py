"""What does each state say? Emissions over symbols, or a density over values."""

from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.chains.tables import table
from explorer.plots.chains.transitions import named
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, escape, layout, visible
from explorer.plots.theme import ARCHITECTURES
from explorer.plots.words import listed

LIKELIEST = 3


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
    contrast = np.ptp(values, axis=1)
    k = int(contrast.argmax())
    if notes["symbols"]:
        best = np.argsort(-values[k], kind="stable")[:LIKELIEST]
        symbols = listed([f"“{visible(notes['symbols'][int(v)])}”" for v in best], _)
        message = _("State %(name)s is the choosiest; it likes best %(said)s.")
        return message % {"name": names[k], "said": symbols}
    place = float(scene.view.arrays["places"][values[k].argmax()])
    message = _("State %(name)s is the choosiest; it likes values near %(place).3g.")
    return message % {"name": names[k], "place": place}


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
