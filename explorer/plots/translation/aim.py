"""What if it looked elsewhere? The same model with one row of attention set by hand."""

from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, escape, layout, visible
from explorer.plots.theme import GATES, SMALL_FONT_SIZE, colour_of
from explorer.plots.words import listed, paragraph, shares
from explorer.runs.records import View

CHANGED = GATES["memory"]
"""As on the panel of other changes."""


def draw(scene: Scene, _: Translate) -> Content:
    """Both translations, and the chances at the changed position."""
    view = scene.view
    reading = _reading(view, _)
    notes = view.notes
    captions = (_("The model writes"), _("With the change it writes"))
    return {
        "figure": _figure(view, colour_of(scene.config.model), _),
        "reading": reading,
        "alternative": _("Bar chart of two times the next token's chances. %(reading)s")
        % {"reading": reading},
        "proof": "",
        "text": {
            "blocks": [
                {
                    "caption": caption,
                    "tokens": _tokens(notes, side),
                    "joiner": notes["joiner"],
                }
                for side, caption in enumerate(captions)
            ]
        },
    }


def _tokens(notes: Any, side: int) -> list[list[Any]]:
    """One translation: what differs is bold, and the changed token framed."""
    mine, other = notes["written"][side], notes["written"][1 - side]
    found = []
    for k, word in enumerate(mine):
        differs = k >= len(other) or other[k] != word
        kind = "next" if k == notes["t"] else "prompt" if differs else ""
        found.append([visible(word), kind, 0])
    return found


def _figure(view: View, colour: str, _: Translate) -> Figure:
    chances, tokens = view.arrays["chances"], view.notes["tokens"]
    sides = ((_("original"), colour), (_("changed"), CHANGED))
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "x": row,
            "y": np.arange(len(tokens), dtype=np.int32),
            "name": name,
            "marker": {"color": fill},
            "text": shares(row, _),
            "textposition": "outside",
            "constraintext": "none",
            "textfont": {"size": SMALL_FONT_SIZE},
            "cliponaxis": False,
            "hoverinfo": "skip",
        }
        for row, (name, fill) in zip(chances, sides, strict=True)
    ]
    return {
        "data": traces,
        "layout": layout(
            axis(_("probability (%)"), range=[0, 1], tickformat=".0%"),
            axis(
                _("token at the changed position"),
                range=[len(tokens) - 0.5, -0.5],
                tickmode="array",
                tickvals=list(range(len(tokens))),
                ticktext=[escape(visible(token)) for token in tokens],
                showgrid=False,
            ),
            barmode="group",
            bargap=0.25,
            margin={"r": 40},
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        ),
    }


def _reading(view: View, _: Translate) -> str:
    notes, rows = view.notes, view.arrays["row"]
    before, after = notes["said"]
    most = int(np.argmax(rows[0]))
    numbers = {
        "number": notes["t"] + 1,
        "was": visible(notes["source"][most]),
        "percent": 100 * float(rows[0][most]),
        "at": listed([f"“{visible(notes['source'][k])}”" for k in notes["at"]], _),
        "before": before,
        "after": after,
    }
    sentence = _(
        "Written token %(number)d looked most at “%(was)s” (%(percent).0f %%) and is "
        "made to look at %(at)s."
    )
    if before == after:
        result = _("The model writes “%(after)s” all the same.")
    else:
        result = _("The model then writes “%(after)s” instead of “%(before)s”.")
    return paragraph(sentence % numbers, result % numbers)


PANEL = Panel(
    "aim",
    N_("What if it looked elsewhere?"),
    draw,
    views=("aim",),
    about=N_(
        "Here you turn one row of the attention by hand: choose a written token and "
        "the tokens of the source that it looks at instead, or click a cell of the map "
        "above. What stands before it stays, and from there on the model writes anew. "
        "Where the written token follows your hand, attention is what brings it there; "
        "where it does not, the model knows it from elsewhere."
    ),
    pages={"translate": 40},
)
