"""What an attention head does, in words: its name, its clear habits, its scores."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.parts import Translate
from explorer.plots.words import listed
from explorer.runs.records import View

ENTROPY = 4
OF_TOKENS = (
    N_("previous token"),
    N_("same token"),
    N_("induction"),
    N_("first token"),
)
OF_STEPS = (N_("previous step"), "", "", N_("first step"))
"""What the scores are called, in the order in which they stand; a series has two."""

CLEAR, TIMES_CHANCE = 0.3, 2.0
"""A score counts when it is above the first, and this many times that by chance."""


class Head(NamedTuple):
    """One map and its scores."""

    layer: int
    head: int
    percent: NDArray[np.float32]  # (T, T)
    scores: NDArray[np.float32]  # (5,)


def kind_of(head: Head, chance: NDArray[np.float32]) -> int | None:
    """The index of the highest score that is clearly above chance; None if none is."""
    clear = [
        k
        for k in range(ENTROPY)
        if head.scores[k] > max(CLEAR, TIMES_CHANCE * chance[k])
    ]
    return max(clear, key=lambda k: head.scores[k], default=None)


def _words(view: View) -> tuple[str, ...]:
    return OF_STEPS if view.notes["labels"] is None else OF_TOKENS


def where(view: View, head: Head) -> dict[str, Any]:
    """Which part of the window looks at which; all at all where nothing is noted."""
    whole = 0, view.arrays["attention"].shape[-1]
    plain = {"title": "", "layer": head.layer, "rows": whole, "columns": whole}
    return dict(view.notes["maps"][head.layer]) if "maps" in view.notes else plain


def _numbers(view: View, head: Head) -> dict[str, int]:
    return {"layer": where(view, head)["layer"] + 1, "head": head.head + 1}


def _between(view: View, head: Head, _: Translate) -> str:
    """What a map lies between; nothing where there is one kind."""
    title = where(view, head)["title"]
    return _(title) if title else ""


def title(view: View, head: Head, wide: bool, _: Translate) -> str:
    """Which head it is, and below it what it does, where that is clear.

    In a wide grid there is room for one short word; the hover text has the rest.
    """
    between = _between(view, head, _)
    kind = kind_of(head, view.arrays["badges_by_chance"])
    word = "" if kind is None else _(_words(view)[kind])
    if wide:
        name = _("L%(layer)d H%(head)d") % _numbers(view, head)
        return f"{name}<br>{between or word.partition(' ')[0] or ' '}"
    name = _("layer %(layer)d, head %(head)d") % _numbers(view, head)
    name = f"{between} · {name}" if between else name
    return f"{name}<br>{' ' if kind is None else f'{word} {head.scores[kind]:.2f}'}"


def scores_in_words(view: View, head: Head, _: Translate) -> str:
    """All scores of one head beside what an even look would score."""
    chance = view.arrays["badges_by_chance"]
    each = _("%(kind)s %(score).2f (by chance %(chance).2f)")
    sentences = [
        each % {"kind": _(word), "score": head.scores[k], "chance": chance[k]}
        for k, word in enumerate(_words(view))
        if not math.isnan(head.scores[k])
    ]
    if not sentences and math.isnan(head.scores[ENTROPY]):
        return _nothing_in_words(view, _)
    message = _("Layer %(layer)d, head %(head)d: entropy %(entropy).2f.")
    if sentences:
        message = _(
            "Layer %(layer)d, head %(head)d: %(scores)s; entropy %(entropy).2f."
        )
    more = {"scores": listed(sentences, _), "entropy": head.scores[ENTROPY]}
    between = _between(view, head, _)
    sentence = message % (_numbers(view, head) | more)
    return f"{between} · {sentence}" if between else sentence


def kinds_in_words(view: View, rows: list[list[Head]], _: Translate) -> str:
    """How many heads are of which kind, and the highest score of each kind."""
    chance = view.arrays["badges_by_chance"]
    heads = [head for row in rows for head in row]
    found: dict[int, list[float]] = {}
    for head in heads:
        if (kind := kind_of(head, chance)) is not None:
            found.setdefault(kind, []).append(float(head.scores[kind]))
    if not found:
        return _none_in_words(view, heads, _)
    each = _("%(kind)s %(count)d (up to %(score).2f)")
    sentences = [
        each % {"kind": _(_words(view)[k]), "count": len(scores), "score": max(scores)}
        for k, scores in sorted(found.items())
    ]
    message = _(
        "Of %(count)d heads, counted by their clearest habit: %(kinds)s; no clear "
        "habit: %(rest)d."
    )
    rest = len(heads) - sum(map(len, found.values()))
    return message % {"count": len(heads), "kinds": listed(sentences, _), "rest": rest}


def _none_in_words(view: View, heads: list[Head], _: Translate) -> str:
    """The score that comes nearest to a habit."""
    chance = view.arrays["badges_by_chance"][:ENTROPY]
    ratios = np.stack([head.scores[:ENTROPY] for head in heads]) / chance
    if np.isnan(ratios).all():
        return _nothing_in_words(view, _)
    best, kind = divmod(int(np.nanargmax(ratios)), ENTROPY)
    message = _(
        "None of the %(count)d heads has a clear habit; farthest above chance is "
        "%(kind)s with %(score).2f in place of %(chance).2f."
    )
    return message % {
        "count": len(heads),
        "kind": _(_words(view)[kind]),
        "score": heads[best].scores[kind],
        "chance": chance[kind],
    }


def _nothing_in_words(view: View, _: Translate) -> str:
    """Why there is no score at all."""
    if view.arrays["attention"].shape[-1] == 1:
        return _("A single step has nothing before it to look at.")
    return _("The attention holds values that are not numbers.")
