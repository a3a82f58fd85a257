"""The original beside the changed model: their forecasts, numbers, odds or losses."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.answers import pairs
from explorer.plots.panel import Scene, mark_time
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    corner_note,
    dated,
    end_labels,
    escape,
    finite,
    key,
    last,
    layout,
    margin_for,
    token_ticks,
)
from explorer.plots.theme import GATES, GREY, colour_of
from explorer.runs.records import View

CHANGED = GATES["memory"]
"""Unlike any architecture's colour."""

MOST_LABELS = 12
"""So many labels are named beside their odds."""

ROOM = 0.15
"""Above and below the truth, as a share of its range."""


def figure(scene: Scene, _: Translate) -> Figure:
    """A series: both forecasts beside the truth. Numbers: both against the truth. A
    label: its odds. Else both losses."""
    view, model = scene.view, scene.config.model
    if "free" in view.arrays:
        return _forecast(view, model, _)
    if "said" in view.arrays:
        return _pairs(view, model, _)
    if "chances" in view.arrays:
        return _odds(view, model, _)
    if view.arrays["each"].shape[1] == 1:
        return _totals(view, model, _)
    return mark_time(_losses(view, model, _), scene.mark, "x")


class _Line(NamedTuple):
    """One line of the chart, and how it is keyed at its end."""

    glyph: str
    name: str
    values: NDArray[np.float32]  # (n,) NaN where not finite
    colour: str
    dash: str

    @property
    def key(self) -> str:
        return key(self.glyph, self.colour, escape(self.name))


def _both(values: NDArray[np.float32], model: str, _: Translate) -> list[_Line]:
    """The original model's line and the changed one's, of (2, n)."""
    before, after = finite(values[0]), finite(values[1])
    return [
        _Line("—", _("original"), before, colour_of(model), "solid"),
        _Line("┄", _("changed"), after, CHANGED, "dash"),
    ]


def _trace(line: _Line, **where: Any) -> dict[str, Any]:
    """A line over its places: `x`, or `x0` and `dx`."""
    return {
        "type": "scatter",
        "mode": "lines",
        "y": line.values,
        "name": line.name,
        "line": {"color": line.colour, "width": 2.2, "dash": line.dash},
        "hovertemplate": f"%{{x}}: %{{y:.4~g}}<extra>{escape(line.name)}</extra>",
        **where,
    }


def _forecast(view: View, model: str, _: Translate) -> Figure:
    arrays, notes = view.arrays, view.notes
    positions = arrays["positions"]
    if notes["dates"]:
        positions = positions.astype("datetime64[D]")
    truth = finite(arrays["truth"])
    lines = [
        _Line("—", _("truth"), truth, GREY, "solid"),
        *_both(arrays["free"], model, _),
    ]
    low, high = float(np.nanmin(truth)), float(np.nanmax(truth))
    room = ROOM * (high - low or 1.0)
    span = (low - room, high + room)
    ends = [(line.key, end) for line in lines if (end := last(line.values)) is not None]
    where, what = notes["axis"], notes["label"]
    x = dated(axis(_(where)), positions)
    return {
        "data": [_trace(line, x=positions) for line in lines],
        "layout": layout(
            x,
            axis(_(what), range=list(span)),
            annotations=end_labels(ends, *span),
            margin=margin_for([line.name for line in lines]),
        ),
    }


def _tints(model: str, _: Translate) -> list[tuple[str, str]]:
    """Colour and name of the original and of the changed model."""
    return [(colour_of(model), _("original")), (CHANGED, _("changed"))]


def _which(model: str, _: Translate) -> dict[str, Any]:
    """A key above the plot, where no line has an end to be labelled."""
    named = (key("■", c, escape(name)) for c, name in _tints(model, _))
    return corner_note("   ".join(named))


def _pairs(view: View, model: str, _: Translate) -> Figure:
    """The answers of both against the truth; on the diagonal they are right."""
    truth = finite(view.arrays["truth"])
    before, after = (
        pairs.figure(pairs.PairsDrawn(model, truth, finite(answers)), _)
        for answers in view.arrays["said"]
    )
    after["data"][0]["marker"] |= {"color": CHANGED, "symbol": "diamond"}
    notes = [*before["layout"]["annotations"], _which(model, _)]
    more = {"annotations": notes, "margin": {"t": 28}}
    return {
        "data": [*before["data"], *after["data"]],
        "layout": before["layout"] | more,
    }


def _odds(view: View, model: str, _: Translate) -> Figure:
    """A pair of bars for every label: the original above the changed model."""
    names = [_(name) for name in view.notes["names"]]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": finite(chances),
                "y": np.arange(len(names), dtype=np.int32),
                "marker": {"color": tint},
                "name": name,
                "hovertemplate": f"%{{x:.1%}}<extra>{escape(name)}</extra>",
            }
            for chances, (tint, name) in zip(
                view.arrays["chances"], _tints(model, _), strict=True
            )
        ],
        "layout": layout(
            axis(_("probability (%)"), range=[0, 1], tickformat=".0%"),
            axis(
                _("label"),
                range=[len(names) - 0.5, -0.5],
                **token_ticks(names, 0, MOST_LABELS),
                showgrid=False,
            ),
            bargap=0.3,
            annotations=[_which(model, _)],
            margin={"t": 28},
        ),
    }


def _losses(view: View, model: str, _: Translate) -> Figure:
    each = view.arrays["each"]
    lines = _both(each, model, _)
    labels, start = view.notes["labels"], 1 + view.notes["first"]
    fits = labels is not None and len(labels) == each.shape[1]
    ticks: dict[str, Any] = token_ticks(labels, start) if fits else {}
    losses = each[np.isfinite(each)]
    top = max(1.0, float(losses.max(initial=0.0)) * 1.1)
    ends = [(line.key, end) for line in lines if (end := last(line.values)) is not None]
    return {
        "data": [_trace(line, x0=start, dx=1, meta={"time": "x"}) for line in lines],
        "layout": layout(
            axis(_("time step"), **ticks),
            axis(_(view.notes["unit"]), range=[0, top]),
            annotations=end_labels(ends, 0, top),
            margin=margin_for([line.name for line in lines]),
        ),
    }


def _totals(view: View, model: str, _: Translate) -> Figure:
    """Two bars: the whole example's loss before and after."""
    values = finite(view.arrays["each"][:, 0])
    names = [_("original"), _("changed")]
    bar = {
        "type": "bar",
        "x": names,
        "y": values,
        "marker": {"color": [colour_of(model), CHANGED]},
        "hovertemplate": "%{x}: %{y:.4~g}<extra></extra>",
    }
    top = max(1.0, float(np.nanmax(values, initial=0.0)) * 1.1)
    return {
        "data": [bar],
        "layout": layout(
            axis(_("model")), axis(_("loss (nats)"), range=[0, top]), bargap=0.5
        ),
    }
