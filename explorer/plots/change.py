"""What if one thing were different? The original beside the changed model."""

from typing import Any

import numpy as np

from explorer.config import N_
from explorer.plots.panel import Content, InsidePanel, Scene, mark_time
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    dated,
    end_labels,
    escape,
    finite,
    key,
    last,
    layout,
    margin_for,
    short,
    token_ticks,
)
from explorer.plots.theme import GATES, GREY, colour_of
from explorer.runs.records import View

CHANGED = GATES["memory"]
"""Unlike any architecture's colour."""

ROOM = 0.15
"""Above and below the truth, as a share of its range."""


def draw(scene: Scene, _: Translate) -> Content:
    """A series: both forecasts beside the truth. Text: both losses, and both texts."""
    view, model = scene.view, scene.config.model
    series = view.notes["task"] == "forecast"
    figure = _forecast(view, model, _) if series else _losses(view, model, _)
    if not series:
        figure = mark_time(figure, scene.mark, "x")
    before, after = (float(value) for value in view.arrays["loss"])
    reading = _reading(before, after, _)
    content: Content = {
        "figure": figure,
        "reading": reading,
        "alternative": reading,
        "proof": "",
    }
    if not series:
        notes = view.notes
        prompt = [[word, "prompt", 0] for word in notes["prompt"]]
        content["text"] = {
            "blocks": [
                {
                    "caption": caption,
                    "tokens": [*prompt, *([word, "", 0] for word in words)],
                    "joiner": notes["joiner"],
                }
                for caption, words in zip(
                    (_("The model writes"), _("With the change it writes")),
                    notes["written"],
                    strict=True,
                )
            ]
        }
    return content


def _reading(before: float, after: float, _: Translate) -> str:
    if not np.isfinite(after):
        return _("With the change the held-out loss is no longer a number.")
    numbers = {"before": short(before), "after": short(after)}
    rise = after / before - 1 if before > 0 else 0.0
    if abs(rise) < 0.005:
        message = _(
            "The change hardly matters: the held-out loss goes from %(before)s to "
            "%(after)s."
        )
        return message % numbers
    numbers["percent"] = f"{abs(100 * rise):.0f}"
    if rise > 0:
        message = _(
            "The held-out loss rises by %(percent)s %%, from %(before)s to %(after)s: "
            "the model needs what was changed."
        )
    else:
        message = _(
            "The held-out loss falls by %(percent)s %%, from %(before)s to %(after)s: "
            "the model does better with the change."
        )
    return message % numbers


def _forecast(view: View, model: str, _: Translate) -> Figure:
    arrays, notes = view.arrays, view.notes
    positions = arrays["positions"]
    if notes["dates"]:
        positions = positions.astype("datetime64[D]")
    truth = finite(arrays["truth"])
    lines = [
        ("—", _("truth"), truth, GREY, "solid"),
        ("—", _("original"), finite(arrays["free"][0]), colour_of(model), "solid"),
        ("┄", _("changed"), finite(arrays["free"][1]), CHANGED, "dash"),
    ]
    low, high = float(np.nanmin(truth)), float(np.nanmax(truth))
    room = ROOM * (high - low or 1.0)
    span = (low - room, high + room)
    ends = [
        (key(glyph, colour, escape(name)), end)
        for glyph, name, values, colour, _dash in lines
        if (end := last(values)) is not None
    ]
    where, what = notes["axis"], notes["label"]
    x = dated(axis(_(where)), positions)
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "x": positions,
                "y": values,
                "name": name,
                "line": {"color": colour, "width": 2.2, "dash": dash},
                "hovertemplate": f"%{{x}}: %{{y:.4~g}}<extra>{escape(name)}</extra>",
            }
            for _glyph, name, values, colour, dash in lines
        ],
        "layout": layout(
            x,
            axis(_(what), range=list(span)),
            annotations=end_labels(ends, *span),
            margin=margin_for([name for _g, name, *_rest in lines]),
        ),
    }


def _losses(view: View, model: str, _: Translate) -> Figure:
    each = view.arrays["each"]
    lines = [
        ("—", _("original"), each[0], colour_of(model), "solid"),
        ("┄", _("changed"), each[1], CHANGED, "dash"),
    ]
    start = 1 + view.notes.get("first", 0)
    ticks: dict[str, Any] = token_ticks(view.notes["labels"], start)
    top = max(1.0, float(np.nanmax(each)) * 1.1)
    ends = [
        (key(glyph, colour, escape(name)), float(values[-1]))
        for glyph, name, values, colour, _dash in lines
        if np.isfinite(values[-1])
    ]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "x0": start,
                "dx": 1,
                "y": finite(values),
                "meta": {"time": "x"},
                "name": name,
                "line": {"color": colour, "width": 2.2, "dash": dash},
                "hovertemplate": f"%{{x}}: %{{y:.4~g}}<extra>{escape(name)}</extra>",
            }
            for _glyph, name, values, colour, dash in lines
        ],
        "layout": layout(
            axis(_("time step"), **ticks),
            axis(_("loss (nats)"), range=[0, top]),
            annotations=end_labels(ends, 0, top),
            margin=margin_for([name for _g, name, *_rest in lines]),
        ),
    }


PANEL = InsidePanel(
    "change",
    N_("What if one thing were different?"),
    N_(
        "Here you change one thing inside the model: clamp a gate of chosen units to a "
        "value, freeze units, mute an attention head, or zero the input over chosen "
        "time steps. The held-out loss before and after says how much the model needs "
        "it, and the forecast or text is drawn anew beside the original. While a run "
        "trains, the change can also be held, so that it learns under it; that is "
        "recorded with the run."
    ),
    draw,
    order=100,
)
