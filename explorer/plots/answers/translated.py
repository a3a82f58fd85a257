"""What does it write, and where does it look? A translation beside the truth."""

from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.inside.gates import quantise
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    escape,
    finite,
    layout,
    share_colours,
    token_ticks,
    visible,
)
from explorer.plots.theme import ATTENTION, colour_of
from explorer.plots.words import entry, percent
from explorer.runs.records import View

MOST_TICKS = 40


class TranslatedDrawn(NamedTuple):
    """Exactly what the picture shows."""

    model: str
    source: tuple[str, ...]  # k
    written: tuple[str, ...]  # n, the end among them
    truth: tuple[str, ...] | None  # with its end; None of what a person typed
    chances: NDArray[np.float32]  # (n,) 0..1, of what is written
    percent: NDArray[Any] | None  # (n, k) 0..100; None for a model that cannot look
    joiner: str
    left_out: tuple[str, ...]
    layer: int  # whose map it is, from 0
    heads: int  # that the map is the mean of


def extract(model: str, view: View | None) -> TranslatedDrawn:
    """Read the view "prediction" of a translation; None before there is one."""
    if view is None or "written" not in view.arrays:
        none = np.empty(0, np.float32)
        return TranslatedDrawn(model, (), (), None, none, None, "", (), 0, 1)
    arrays, notes = view.arrays, view.notes
    cross, truth = arrays.get("cross"), notes["truth"]
    return TranslatedDrawn(
        model=model,
        source=tuple(notes["source"]),
        written=tuple(notes["written"]),
        truth=None if truth is None else tuple(truth),
        chances=finite(arrays["written"]),
        percent=None if cross is None else quantise(cross, 0.0, 1.0, centred=False),
        joiner=notes["joiner"],
        left_out=tuple(notes["left_out"]),
        layer=notes.get("layer", 0),
        heads=notes.get("heads", 1),
    )


def figure(drawn: TranslatedDrawn, _: Translate = str) -> Figure:
    """Where each written token looked; or how sure the model was of each."""
    return _bars(drawn, _) if drawn.percent is None else _map(drawn, drawn.percent, _)


def _map(drawn: TranslatedDrawn, percent: NDArray[Any], _: Translate) -> Figure:
    """Rows are written tokens, columns source tokens, on a range from 0 to 100 %."""
    rows, columns = percent.shape
    hover = _("written token %(row)s, source token %(column)s: %(z)s %%")
    heat = {
        "type": "heatmap",
        "z": percent,
        "x0": 1,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "coloraxis": ATTENTION,
        "hovertemplate": hover % {"row": "%{y}", "column": "%{x}", "z": "%{z}"}
        + "<extra></extra>",
    }
    x = axis(
        _("token of the source"),
        showgrid=False,
        range=[0.5, columns + 0.5],
        **token_ticks(drawn.source, at_most=MOST_TICKS),
    )
    y = axis(
        _("written token"),
        showgrid=False,
        range=[rows + 0.5, 0.5],
        **token_ticks(drawn.written, at_most=MOST_TICKS),
    )
    colours = share_colours(_, _("0 % ignored"), _("100 % alone"))
    return {"data": [heat], "layout": layout(x, y, **{ATTENTION: colours})}


def _bars(drawn: TranslatedDrawn, _: Translate) -> Figure:
    """One bar per written token, on a range from 0 to 100 %."""
    count = len(drawn.written)
    bars = {
        "type": "bar",
        "x": np.arange(1, count + 1, dtype=np.int32),
        "y": 100 * drawn.chances,
        "marker": {"color": colour_of(drawn.model)},
        "text": [escape(visible(token)) for token in drawn.written],
        "textposition": "none",
        "hovertemplate": entry("%{text}", percent("%{y:.1f}", _), _)
        + "<extra></extra>",
    }
    x = axis(
        _("written token"),
        showgrid=False,
        range=[0.5, max(1, count) + 0.5],
        **token_ticks(drawn.written, at_most=MOST_TICKS),
    )
    y = axis(_("probability (%)"), range=[0, 100])
    return {"data": [bars], "layout": layout(x, y)}


def wrong(drawn: TranslatedDrawn) -> list[bool]:
    """Whether each place differs from the truth (n or more,); none where none is known.

    >>> drawn = extract("gru", None)._replace(written=tuple("ab"), truth=tuple("adc"))
    >>> wrong(drawn)
    [False, True, True]
    """
    if drawn.truth is None:
        return []
    return [a != b for a, b in zip_longest(drawn.written, drawn.truth)]


def reading(drawn: TranslatedDrawn, _: Translate = str) -> str:
    """How much is right, and of what the model was least sure."""
    if not drawn.written:
        return _("There is no prediction to judge yet.")
    k = int(np.nan_to_num(drawn.chances).argmin())
    numbers = {
        "count": len(drawn.truth or drawn.written),
        "wrong": sum(wrong(drawn)),
        "token": visible(drawn.written[k]),
        "percent": 100 * float(np.nan_to_num(drawn.chances[k])),
    }
    message = _(
        "%(wrong)d of %(count)d places differ from the truth; the model was least sure "
        "of “%(token)s” (%(percent).0f %%)."
    )
    if drawn.truth is None:
        message = _(
            "The model writes %(count)d tokens; it was least sure of “%(token)s” "
            "(%(percent).0f %%)."
        )
    elif not any(wrong(drawn)):
        message = _(
            "All %(count)d tokens are right; the model was least sure of “%(token)s” "
            "(%(percent).0f %%)."
        )
    return message % numbers


def alternative(drawn: TranslatedDrawn, _: Translate = str) -> str:
    """The picture in words, for those who do not see it."""
    if not drawn.written:
        return _("Heat map of a translation; nothing is drawn yet.")
    message = _(
        "Bar chart of the probability of every written token. The source is "
        "%(source)s; the model writes %(written)s. %(reading)s"
    )
    if drawn.percent is not None:
        message = _(
            "Heat map of attention in layer %(layer)d, the mean of its heads "
            "(%(heads)d): where in the source %(source)s each token of %(written)s "
            "looked. %(reading)s"
        )
    return message % {
        "source": drawn.joiner.join(drawn.source),
        "written": drawn.joiner.join(drawn.written),
        "layer": drawn.layer + 1,
        "heads": drawn.heads,
        "reading": reading(drawn, _),
    }


def blocks(drawn: TranslatedDrawn, _: Translate = str) -> list[dict[str, Any]]:
    """The source, what is written with its errors marked, and the truth."""
    caption = _("The source")
    if drawn.left_out:
        unknown = " ".join(drawn.left_out[:12])
        caption = _("Not in the vocabulary, left out: %(unknown)s") % {
            "unknown": unknown
        }
    bad = wrong(drawn) or [False] * len(drawn.written)
    written = [
        [token, "wrong" if off else "", float(off)]
        for token, off in zip(drawn.written, bad, strict=False)
    ]
    found: list[tuple[str, list[list[Any]]]] = [
        (caption, [[token, "prompt", 0] for token in drawn.source])
    ]
    if drawn.truth is None:
        found.append((_("The model writes"), written))
    else:
        found.append((_("The model writes (marked: unlike the truth)"), written))
        found.append((_("The truth"), [[token, "", 0] for token in drawn.truth]))
    return [
        {"caption": caption, "tokens": tokens, "joiner": drawn.joiner}
        for caption, tokens in found
    ]


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.config.model, scene.view)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
        "text": {"blocks": blocks(drawn, _)},
    }


ANSWER = AnswerPanel(N_("What does it write?"), draw, ("prompt",))
