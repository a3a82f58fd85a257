"""What does it write next? The source as it is looked at, and the next chances."""

from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.bars import bars
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Translate, visible
from explorer.plots.theme import colour_of
from explorer.plots.words import in_percent, listed, paragraph

ROWS = 10
"""How many bars are drawn."""


def draw(scene: Scene, _: Translate) -> Content:
    """The source, what is written so far, and bars for what comes next."""
    view = scene.view
    notes, chances = view.notes, np.nan_to_num(view.arrays["probabilities"])
    tokens = notes["tokens"]
    figure = bars(
        chances,
        tokens,
        colour=colour_of(scene.config.model),
        rows=ROWS,
        reach=1.0,
        titles=(_("probability (%)"), _("next token")),
        _=_,
    )
    reading = _reading(notes, chances, view.arrays.get("attention"), _)
    message = _("Bar chart of the likeliest next tokens: %(each)s. %(reading)s")
    each = listed(
        [
            f"{visible(token)} {in_percent(share, _)}"
            for token, share in zip(tokens, chances, strict=True)
        ],
        _,
    )
    return {
        "figure": figure,
        "reading": reading,
        "alternative": message % {"each": each, "reading": reading},
        "proof": "",
        "last": len(notes["written"]) - 1,
        "text": {"blocks": _blocks(view.arrays.get("attention"), notes, _)},
    }


def _blocks(attention: Any, notes: Any, _: Translate) -> list[dict[str, Any]]:
    shades = np.zeros(len(notes["source"])) if attention is None else attention
    caption = _("Source") if attention is None else _("Source, as it is looked at")
    t, joiner = notes["t"], notes["joiner"]
    done = [[word, "prompt", 0] for word in notes["written"][:t]]
    next_one = [visible(notes["written"][t]), "next", 0]
    source = [
        [visible(word), "", round(float(shade), 3)]
        for word, shade in zip(notes["source"], shades, strict=True)
    ]
    return [
        {"caption": caption, "tokens": source, "joiner": joiner},
        {
            "caption": _("Written so far, and the next token"),
            "tokens": [*done, next_one],
            "joiner": joiner,
        },
    ]


def _reading(notes: Any, chances: Any, attention: Any, _: Translate) -> str:
    t, written = notes["t"], notes["written"]
    numbers = {
        "number": t + 1,
        "count": len(written),
        "token": visible(written[t]),
        "percent": 100 * float(chances[0]),
    }
    sentence = _("Token %(number)d of %(count)d is “%(token)s”, with %(percent).0f %%.")
    parts = [sentence % numbers]
    if attention is not None:
        most = int(np.argmax(attention))
        numbers = {
            "token": visible(notes["source"][most]),
            "place": most + 1,
            "percent": 100 * float(attention[most]),
        }
        sentence = _(
            "It looks most at “%(token)s”, source token %(place)d, with "
            "%(percent).0f %%."
        )
        parts.append(sentence % numbers)
    if t == len(written) - 1:
        parts.append(_verdict(notes, _))
    return paragraph(*parts)


def _verdict(notes: Any, _: Translate) -> str:
    """What was written in all, and whether it is right."""
    names = {"said": notes["said"], "truth": notes["truth"]}
    if notes["truth"] is None:
        return _("In all it writes “%(said)s”.") % names
    if notes["said"] == notes["truth"]:
        return _("In all it writes “%(said)s”, which is right.") % names
    return _("In all it writes “%(said)s”; right is “%(truth)s”.") % names


PANEL = Panel(
    "writing",
    N_("What does it write next?"),
    draw,
    views=("writing",),
    about=N_(
        "The model reads the source and then writes its answer token by token, each "
        "time the likeliest. The darker a token of the source, the more the model "
        "looks at it for the token that it is about to write; the bars are the chances "
        "of that token. Move the slider, or press play, to watch it write."
    ),
    pages={"translate": 10},
)
