"""What would each layer say? The model's way out applied to every layer's state."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.inside.gates import quantise
from explorer.plots.inside.gradients import DASHES, GLYPHS
from explorer.plots.panel import Content, Panel, Scene, mark_time, residual
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    colour_axis,
    end_labels,
    escape,
    finite,
    key,
    last,
    layout,
    margin_for,
    short,
    ticks,
    token_ticks,
    visible,
)
from explorer.plots.theme import ATTENTION, GREY, colour_of
from explorer.plots.words import listed
from explorer.runs.records import View

LIMIT = 1e-5
NEAR = 1.1
"""A layer says nearly what the last one says up to this many times its loss."""

MOST_WORDS = 48
"""Positions up to which a cell has room for its token."""

PADDING = 0.25
"""Empty share above and below the truth."""


def draw(scene: Scene, _: Translate) -> Content:
    """A map of the truth's probability for tokens, a line per layer for a series."""
    view = scene.view
    tokens = "top" in view.arrays
    drawn = heat(view, _) if tokens else lines(view, colour_of(scene.config.model), _)
    rest = view.notes["residual"]
    return {
        "figure": mark_time(drawn, scene.mark, "x"),
        "reading": reading(view, _),
        "alternative": alternative(view, _),
        "proof": residual(N_("max |last layer − model|"), rest, LIMIT, _),
    }


class LensWords(NamedTuple):
    """How the map speaks of the truth."""

    bar: str
    cell: str
    alternative: str


OF_TOKENS = LensWords(
    N_("true next token (%)"),
    N_(
        "true next “%(truth)s”: %(chance).2f %%, rank %(rank)d<br>"
        "likeliest “%(top)s”: %(best).2f %%"
    ),
    N_(
        "Heat map of what each layer alone would predict after %(step)s training "
        "steps, coloured by the probability of the true next token, over %(steps)d "
        "positions; mean losses by layer: %(means)s. %(reading)s"
    ),
)
OF_LABELS = LensWords(
    N_("true label (%)"),
    N_(
        "true label “%(truth)s”: %(chance).2f %%, rank %(rank)d<br>"
        "likeliest “%(top)s”: %(best).2f %%"
    ),
    N_(
        "Heat map of what each layer alone would say after %(step)s training steps, "
        "coloured by the probability of the true label, over %(steps)d positions; "
        "mean losses by layer: %(means)s. %(reading)s"
    ),
)


def _words(view: View) -> LensWords:
    return OF_LABELS if view.notes["labelled"] else OF_TOKENS


def _in_words(view: View, word: str, _: Translate) -> str:
    """A token as it is, a label in the reader's language."""
    return escape(_(word) if view.notes["labelled"] and word else visible(word))


def heat(view: View, _: Translate) -> Figure:
    """Layers over positions, coloured by the probability of the true next token."""
    arrays, notes = view.arrays, view.notes
    layers, steps = arrays["losses"].shape
    chance = np.exp(-arrays["losses"].astype(np.float64))  # (L, T) of the truth
    hover = _("layer %(layer)s, position %(step)s")
    cells: dict[str, Any] = {
        "type": "heatmap",
        "z": quantise(chance, 0.0, 1.0, centred=False),
        "x0": 1,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "coloraxis": ATTENTION,
        "meta": {"time": "x"},
        "hoverongaps": False,
        "hovertext": _cells(view, chance, _),
        "hovertemplate": f"{hover % {'layer': '%{y}', 'step': '%{x}'}}"
        "<br>%{hovertext}<extra></extra>",
    }
    if steps <= MOST_WORDS:
        words = [[_in_words(view, word, _) for word in row] for row in notes["top"]]
        cells |= {"text": words, "texttemplate": "%{text}"}
    title = {"text": _(_words(view).bar), "side": "right"}
    legend = ticks({0: "0", 50: "50", 100: "100"})
    colours = colour_axis(0, 100, title=title, **legend)
    tokens = notes["labels"]
    x = axis(
        _("position (the token read there)") if tokens else _("time step"),
        range=[0.5, steps + 0.5],
        showgrid=False,
        **(token_ticks(tokens) if tokens else {}),
    )
    y = axis(
        _("layer"),
        range=[0.5, layers + 0.5],
        showgrid=False,
        tickvals=list(range(1, layers + 1)),
    )
    return {"data": [cells], "layout": layout(x, y, **{ATTENTION: colours})}


def _cells(view: View, chance: NDArray[Any], _: Translate) -> list[list[str]]:
    """What each cell says when it is pointed at."""
    arrays, notes = view.arrays, view.notes
    message = _(_words(view).cell)
    truths = [_in_words(view, token, _) for token in notes["truth"]]
    return [
        [
            message
            % {
                "truth": truth,
                "chance": 100 * chance[k, t],
                "rank": arrays["rank"][k, t],
                "top": _in_words(view, row[t], _),
                "best": 100 * arrays["chance"][k, t],
            }
            for t, truth in enumerate(truths)
        ]
        for k, row in enumerate(notes["top"])
    ]


def lines(view: View, colour: str, _: Translate) -> Figure:
    """One line per layer and the truth; the range comes from the truth alone."""
    predicted, truth = view.arrays["said"], view.arrays["truth"]
    label = view.notes["label"]
    names = [_("layer %(number)d") % {"number": k + 1} for k in range(len(predicted))]
    numbers = truth[np.isfinite(truth)]
    low, high = (
        (float(numbers.min()), float(numbers.max())) if len(numbers) else (0.0, 1.0)
    )
    pad = PADDING * ((high - low) or 1.0)
    low, high = low - pad, high + pad
    # the last layers keep the plainest dashes
    looks = [k % len(DASHES) for k in range(len(predicted))][::-1]
    data = [_line(truth, _("truth"), {"color": GREY, "width": 2}, _)]
    ends = [(key("—", GREY, escape(_("truth"))), last(truth))]
    for k, name, values in zip(looks, names, predicted, strict=True):
        look = {"color": colour, "width": 2.2, "dash": DASHES[k]}
        data.append(_line(finite(values), name, look, _))
        ends.append((key(GLYPHS[k], colour, escape(name)), last(values)))
    x = axis(
        _("time step at which the next value is said"),
        range=[0.5, len(truth) + 0.5],
    )
    y = axis(
        _(label) if label else _("next value (standardised)"),
        range=[low, high],
    )
    return {
        "data": data,
        "layout": layout(
            x,
            y,
            annotations=end_labels(
                [(text, end) for text, end in ends if end is not None], low, high
            ),
            margin=margin_for([_("truth"), *names]),
        ),
    }


def _line(
    values: NDArray[Any], name: str, look: dict[str, Any], _: Translate
) -> dict[str, Any]:
    hover = _("%(name)s, time step %(step)s: %(value)s")
    return {
        "type": "scatter",
        "mode": "lines",
        "x0": 1,
        "dx": 1,
        "y": values,
        "name": name,
        "meta": {"time": "x"},
        "line": look,
        "hovertemplate": hover % {"name": name, "step": "%{x}", "value": "%{y:.4~g}"}
        + "<extra></extra>",
    }


def reading(view: View, _: Translate) -> str:
    """Which layer first says nearly as well what the last one says."""
    mean = view.arrays["mean"].astype(np.float64)
    if not np.isfinite(mean).all():
        return _("There is no prediction to judge yet.")
    final = mean[-1]
    near = int(np.argmax(mean <= NEAR * final))
    message = _(
        "Layer %(layer)d of %(layers)d is the first within 10 %% of the last layer's "
        "loss: %(loss).3g against %(final).3g, in %(unit)s."
    )
    if near == len(mean) - 1:
        near = int(np.argmin(mean[:-1]))
        message = _(
            "No layer before the last comes within 10 %% of its loss; the best of "
            "them, layer %(layer)d of %(layers)d, has %(loss).3g against %(final).3g, "
            "in %(unit)s."
        )
    unit = view.notes["unit"]
    return message % {
        "layer": near + 1,
        "layers": len(mean),
        "loss": mean[near],
        "final": final,
        "unit": _(unit),
    }


def alternative(view: View, _: Translate) -> str:
    """The picture in words, for those who do not see it."""
    message = _(
        "Line chart of what each layer alone would predict after %(step)s training "
        "steps, and of the truth, over %(steps)d time steps; mean losses by layer: "
        "%(means)s. %(reading)s"
    )
    if "top" in view.arrays:
        message = _(_words(view).alternative)
    return message % {
        "step": f"{view.step:,}",
        "steps": view.arrays["losses"].shape[1],
        "means": listed([short(float(loss)) for loss in view.arrays["mean"]], _),
        "reading": reading(view, _),
    }


PANEL = Panel(
    "lens",
    N_("What would each layer say?"),
    draw,
    views=("lens",),
    about=N_(
        "The model reads its prediction off its last layer; here the same way out is "
        "put on every layer, as if the layers above it were not there. For text a row "
        "is a layer, a cell shows its likeliest next token, and the colour is the "
        "probability of the true one; for a series each line is what one layer would "
        "say. Where a lower layer already says what the last one says, the answer was "
        "ready early, and the layers above only refine it."
    ),
    pages={"inside": 40},
)
