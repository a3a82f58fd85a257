"""Which units do the same? A gate of every unit over the example, sorted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.inside import gates
from explorer.plots.inside.gates import GatesDrawn
from explorer.plots.panel import (
    EXACT_CELLS,
    Content,
    Panel,
    Scene,
    mark_time,
    residual,
)
from explorer.plots.parts import Figure, Translate, axis
from explorer.plots.theme import HIGH_END, LOW_END
from explorer.plots.words import entry, paragraph, percent
from explorer.runs.records import View

MARGIN = (0.83, 1.0)
MAP = (0.0, 0.8)
LIMIT = 1e-5
MOST_TICKS = 10


def draw(scene: Scene, _: Translate) -> Content:
    """The heat map of the Playground with its rows sorted, and a margin beside it."""
    view = scene.view
    order = view.arrays["order"]
    values = view.arrays["values"][:, order]
    arrays = {**view.arrays, "values": values}
    drawn = gates.extract(View(view.name, view.step, arrays, view.notes))
    low, high = (100 * float(view.arrays[k].mean()) for k in ("low", "high"))
    message = _(
        "%(low).0f %% of the values lie at the low end, %(high).0f %% at the high."
    )
    proof = ""
    if view.notes["residual"] is not None:
        proof = residual("max |o·tanh(c) − h|", view.notes["residual"], LIMIT, _)
    return {
        "figure": mark_time(_figure(view, drawn, values, _), scene.mark, "x"),
        "reading": paragraph(
            gates.reading(drawn, _), message % {"low": low, "high": high}
        ),
        "alternative": gates.alternative(drawn, _),
        "proof": proof,
    }


def _figure(
    view: View, drawn: GatesDrawn, values: NDArray[np.float32], _: Translate
) -> Figure:
    """The heat map of the sorted values (T, H), and the margin."""
    figure, order = gates.figure(drawn, _), view.arrays["order"]
    heat, units = figure["data"][0], [str(unit + 1) for unit in order]
    # Rows are named by their units, so that an order never renames them.
    del heat["y0"], heat["dy"]
    heat["y"], heat["meta"] = units, {"time": "x"}
    figure["layout"]["yaxis"] |= {
        "type": "category",
        "range": [len(units) - 0.5, -0.5],
        "nticks": MOST_TICKS,
    }
    if values.size <= EXACT_CELLS:
        heat["z"] = _exact(drawn, values)
        heat["hovertemplate"] = heat["hovertemplate"].replace("%{z}", "%{z:.4~g}")
    figure["layout"]["xaxis"]["domain"] = list(MAP)
    bar = figure["layout"][heat["coloraxis"]]["colorbar"]
    bar |= {"orientation": "h", "y": -0.24, "yanchor": "top", "len": 0.7, "x": 0.4}
    figure["data"] += _margin(view, units, _)
    figure["layout"] |= {
        "barmode": "stack",
        "bargap": 0,
        "xaxis3": axis(
            _("saturated (%)"),
            domain=list(MARGIN),
            range=[0, 100],
            nticks=3,
            anchor="y",
        ),
    }
    figure["layout"]["yaxis"]["title"]["text"] = _("hidden unit")
    return figure


def _exact(drawn: gates.GatesDrawn, values: NDArray[Any]) -> NDArray[np.float32]:
    """Unrounded percents of the range (H, T), as the colours have them."""
    reach = max(abs(drawn.low), abs(drawn.high))
    share = values / reach if drawn.centred else (values - drawn.low) / reach
    return np.ascontiguousarray(100 * share.T, np.float32)


def _margin(view: View, units: list[str], _: Translate) -> list[dict[str, Any]]:
    """Two bars per unit: how often it lies at either end of its range."""
    order = view.arrays["order"]
    bars = []
    ends = (("low", _("low end"), LOW_END), ("high", _("high end"), HIGH_END))
    for key, name, colour in ends:
        bars.append(
            {
                "type": "bar",
                "orientation": "h",
                "x": 100 * view.arrays[key][order],
                "y": units,
                "xaxis": "x3",
                "name": name,
                "marker": {"color": colour},
                "hovertemplate": entry(name, percent("%{x:.0f}", _), _)
                + "<extra></extra>",
            }
        )
    return bars


PANEL = Panel(
    "raster",
    N_("Which units do the same?"),
    draw,
    views=("raster",),
    about=N_(
        "Every row is one hidden unit and every column one time step of the example "
        "above it; the colour is the value of the chosen gate or state. Sorting puts "
        "units that behave alike beside each other. The bars at the right say how "
        "often a unit is saturated (a gate below 0.1 or above 0.9, a signed value "
        "beyond 90 % of its range): there it reacts weakly, for little of its greatest "
        "slope is left (logistic function: at most 36 %; tanh: at most 19 %)."
    ),
    pages={"inside": 10},
)
