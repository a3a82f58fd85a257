"""What if one thing were different? The original beside the changed model."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.answers import pairs
from explorer.plots.inside.felt import in_the_example, in_the_run
from explorer.plots.panel import Button, Content, Panel, Scene, mark_time
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
    short,
    token_ticks,
)
from explorer.plots.ratio import in_ratio, percentage
from explorer.plots.theme import GATES, GREY, colour_of
from explorer.plots.words import paragraph
from explorer.runs import commands
from explorer.runs.records import View

CHANGED = GATES["memory"]
"""Unlike any architecture's colour."""

HARDLY = 0.005
"""Of the loss: a change by less hardly matters."""

MOST_LABELS = 12
"""So many labels are named beside their odds."""

ROOM = 0.15
"""Above and below the truth, as a share of its range."""


def draw(scene: Scene, _: Translate) -> Content:
    """A series: both forecasts beside the truth. Numbers: both against the
    truth. A label: its odds. Else both losses, and of text both texts."""
    view, model = scene.view, scene.config.model
    if "free" in view.arrays:
        figure = _forecast(view, model, _)
    elif "said" in view.arrays:
        figure = _pairs(view, model, _)
    elif "chances" in view.arrays:
        figure = _odds(view, model, _)
    elif view.arrays["each"].shape[1] == 1:
        figure = _totals(view, model, _)
    else:
        figure = mark_time(_losses(view, model, _), scene.mark, "x")
    before, after = (float(value) for value in view.arrays["loss"])
    where = in_the_example(view, _), in_the_run(scene, _)
    words = paragraph(reading(before, after, _), *filter(None, where))
    content: Content = {
        "figure": figure,
        "reading": words,
        "alternative": words,
        "proof": "",
    }
    notes = view.notes
    if "written" in notes:
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


def reading(before: float, after: float, _: Translate) -> str:
    """What the change does to the held-out loss, in one sentence."""
    if not np.isfinite(after):
        return _("With the change the held-out loss is no longer a number.")
    numbers = {"before": short(before), "after": short(after)}
    if before <= 0 < after:
        message = _(
            "The held-out loss rises from %(before)s to %(after)s: the model needs "
            "what was changed."
        )
        return message % numbers
    ratio = after / before if before > 0 else 1.0
    if abs(ratio - 1) < HARDLY:
        message = _(
            "The change hardly matters: the held-out loss goes from %(before)s to "
            "%(after)s."
        )
        return message % numbers
    if ratio > 1:
        return in_ratio(
            ratio,
            _(
                "The held-out loss rises by %(percent)s %%, from %(before)s to "
                "%(after)s: the model needs what was changed."
            ),
            _(
                "The held-out loss becomes %(times)s times as high, from %(before)s to "
                "%(after)s: the model needs what was changed."
            ),
            **numbers,
        )
    message = _(
        "The held-out loss falls by %(percent)s %%, from %(before)s to %(after)s: "
        "the model does better with the change."
    )
    return message % (numbers | {"percent": percentage(1 - ratio)})


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


HOLD = Button(
    "hold",
    commands.HOLD.name,
    commands.HOLD.label,
    commands.HOLD.help,
)
RELEASE = Button(
    "hold",
    commands.RELEASE.name,
    commands.RELEASE.label,
    commands.RELEASE.help,
)

PANEL = Panel(
    "change",
    N_("What if one thing were different?"),
    draw,
    views=("change",),
    about=N_(
        "Here you change one thing inside the model: clamp a gate of chosen units to a "
        "value, freeze units, mute an attention head, or zero the input over chosen "
        "time steps. The held-out loss before and after says how much the model needs "
        "it, and the forecast or text is drawn anew beside the original. While a run "
        "trains, the change can also be held, so that it learns under it; that is "
        "recorded with the run."
    ),
    pages={"inside": 100},
    buttons=(HOLD, RELEASE),
)
