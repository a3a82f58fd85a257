"""What would it say next? The likeliest next tokens, and how each one surprised."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.bars import bars
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import Figure, Translate, visible
from explorer.plots.theme import colour_of
from explorer.plots.words import in_percent, listed
from explorer.runs.records import View

LIKELIEST = 12
"""How many bars are drawn."""

FULL_SURPRISE = 5.0
"""Loss in nats that is shaded fully: the token had less than 1 chance in 148."""


class TextDrawn(NamedTuple):
    """Exactly what the bars show, the likeliest first."""

    model: str
    probabilities: NDArray[np.float32]  # (k,) 0..1, falling
    tokens: tuple[str, ...]  # k


def extract(model: str, view: View | None) -> TextDrawn:
    """Read the view "prediction" of text; None before there is one."""
    if view is None or "probabilities" not in view.arrays:
        return TextDrawn(model, np.empty(0, np.float32), ())
    chances = np.nan_to_num(view.arrays["probabilities"].astype(np.float32))
    order = np.argsort(-chances, kind="stable")[:LIKELIEST]
    tokens = view.notes["tokens"]
    return TextDrawn(model, chances[order], tuple(tokens[k] for k in order))


def figure(drawn: TextDrawn, _: Translate = str) -> Figure:
    """Bars on a fixed axis from 0 to 100 %."""
    return bars(
        drawn.probabilities,
        drawn.tokens,
        colour=colour_of(drawn.model),
        rows=LIKELIEST,
        reach=1.0,
        titles=(_("probability (%)"), _("next token")),
        _=_,
    )


def reading(drawn: TextDrawn, _: Translate = str) -> str:
    """How sure the model is of what comes next."""
    if not drawn.tokens:
        return _("There is no prediction to judge yet.")
    first = min(3, len(drawn.tokens))
    message = _(
        "The likeliest next token is “%(token)s” with %(percent).0f %%; "
        "the first %(count)d together have %(together).0f %%."
    )
    return message % {
        "token": visible(drawn.tokens[0]),
        "percent": 100 * float(drawn.probabilities[0]),
        "count": first,
        "together": 100 * float(drawn.probabilities[:first].sum()),
    }


def alternative(drawn: TextDrawn, _: Translate = str) -> str:
    """The bars in words, for those who do not see them."""
    if not drawn.tokens:
        return _("Bar chart of the likeliest next tokens; nothing is drawn yet.")
    pairs = zip(drawn.tokens, drawn.probabilities, strict=True)
    each = listed(
        [f"{visible(token)} {in_percent(share, _)}" for token, share in pairs],
        _,
    )
    return _("Bar chart of the likeliest next tokens: %(each)s.") % {"each": each}


def shade(losses: Iterable[float]) -> list[float]:
    """How strongly to shade each token of a passage, 0..1, from its loss in nats.

    >>> shade([0.0, 2.5, 9.0])
    [0.0, 0.5, 1.0]
    """
    floats = (float(loss) for loss in losses)
    return [
        min(1.0, max(0.0, loss / FULL_SURPRISE)) if math.isfinite(loss) else 1.0
        for loss in floats
    ]


def told_apart(tokens: list[list[Any]]) -> list[list[Any]]:
    """Byte pairs in two colours by turns, so that one sees where each begins.

    >>> told_apart([["th", "prompt", 0], ["e", "", 0]])
    [['th', 'prompt even', 0], ['e', 'odd', 0]]
    """
    return [
        [word, f"{kind} {('even', 'odd')[k % 2]}".strip(), shade]
        for k, (word, kind, shade) in enumerate(tokens)
    ]


def blocks(view: View, _: Translate) -> list[dict[str, Any]]:
    """A sample after its prompt, and a held-out passage coloured by its loss."""
    notes, joiner = view.notes, view.notes["joiner"]
    sample = [[word, "prompt", 0] for word in notes["prompt"]]
    sample += [[word, "", 0] for word in notes["sample"]]
    caption = _("The model writes (after the bold beginning)")
    if notes["pairs"]:
        sample = told_apart(sample)
        caption = _("The model writes, token by token (after the bold beginning)")
    if notes["left_out"]:
        unknown = " ".join(notes["left_out"][:12])
        caption = _("Not in the vocabulary, left out: %(unknown)s") % {
            "unknown": unknown
        }
    shades = shade(view.arrays["losses"])
    passage = [
        [word, "begins" if notes["pairs"] else "", float(shade)]
        for word, shade in zip(notes["passage"], shades, strict=True)
    ]
    return [
        {"caption": caption, "tokens": sample, "joiner": joiner},
        {
            "caption": _("Held-out text: the redder, the more it surprised the model"),
            "tokens": passage,
            "joiner": joiner,
        },
    ]


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.config.model, scene.view)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
        "text": {"blocks": blocks(scene.view, _)},
    }


ANSWER = AnswerPanel(
    N_("What would it write?"), draw, ("temperature", "top_k", "prompt")
)
