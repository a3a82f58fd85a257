"""Is every step called by its right name? What it says beside the truth, and how sure.

Two strips on one time axis show the true and the said label in the same colours, with a
cross between them wherever they differ; below, the probability of every label.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    escape,
    finite,
    key,
    layout,
    margin_for,
    token_ticks,
    visible,
)
from explorer.plots.stretches import stretches_of
from explorer.plots.theme import GATES, GREY
from explorer.plots.words import entry, percent
from explorer.runs.records import View
from explorer.tasks import IGNORED

COLOURS = tuple(GATES.values())
DASHES, GLYPHS = ("solid", "dash"), ("—", "- -")
"""The second for labels beyond the colours."""

CHANCES, STRIPS = (0.0, 0.6), (0.68, 1.0)
"""Shares of the height; with values above, both are lower."""
CHANCES_BELOW, STRIPS_BELOW, INPUT = (0.0, 0.46), (0.52, 0.74), (0.8, 1.0)

PREDICTED, TRUTH = (0.0, 0.8), (1.2, 2.0)
BETWEEN = 1.0
"""Where the strips lie, and the crosses."""

MOST_TICKS = 64
LEFT_OUT = 12


class TaggedDrawn(NamedTuple):
    """Exactly what the picture shows."""

    chances: NDArray[np.float32]  # (T, C)
    predicted: NDArray[np.int64]  # (T,)
    truth: NDArray[np.int64]  # (T,) IGNORED where it is not known
    labels: tuple[str, ...]  # C
    named: bool  # whether the labels are words, to be translated; else tokens
    tokens: tuple[str, ...] | None  # T; None for values
    input: NDArray[np.float32] | None  # (T,) None for tokens

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Where (T,) the truth is known and the label is judged."""
        return np.asarray(self.truth != IGNORED)

    @property
    def wrong(self) -> NDArray[np.int64]:
        """The steps at which another label is said."""
        return np.flatnonzero(self.judged & (self.predicted != self.truth))

    def name(self, label: int, _: Translate) -> str:
        """A label as it is read."""
        word = self.labels[label]
        return _(word) if self.named else visible(word)


def extract(view: View | None) -> TaggedDrawn:
    """Read the view "prediction" of labels; None before there is one."""
    if view is None or "said" not in view.arrays:
        none = np.empty(0, np.int64)
        chances = np.empty((0, 0), np.float32)
        return TaggedDrawn(chances, none, none, (), False, None, None)
    arrays, notes = view.arrays, view.notes
    tokens = notes["tokens"]
    return TaggedDrawn(
        chances=finite(arrays["chances"]),
        predicted=arrays["said"],
        truth=arrays["truth"],
        labels=tuple(notes["labels"]),
        named=notes["named"],
        tokens=None if tokens is None else tuple(tokens),
        input=finite(arrays["input"]) if "input" in arrays else None,
    )


def colour(label: int) -> str:
    """The colour of a label, counted from 0."""
    return COLOURS[label % len(COLOURS)]


def figure(drawn: TaggedDrawn, _: Translate = str) -> Figure:
    """The strips, the crosses and the probabilities on one time axis."""
    steps, below = len(drawn.predicted), drawn.input is not None
    x = axis(_("time step") if drawn.tokens is None else _("token"), showgrid=False)
    x["anchor"] = "y"
    if steps:
        x["range"] = [0.5, steps + 0.5]
    if drawn.tokens is not None:
        x |= token_ticks(drawn.tokens, at_most=MOST_TICKS) | {"tickangle": 0}
    chances = CHANCES_BELOW if below else CHANCES
    y = axis(_("probability (%)"), range=[0, 103], domain=list(chances), nticks=3)
    strips = axis(
        _("label"),
        range=[-0.1, 2.1],
        domain=list(STRIPS_BELOW if below else STRIPS),
        tickvals=[sum(PREDICTED) / 2, sum(TRUTH) / 2],
        ticktext=[_("said"), _("truth")],
        showgrid=False,
    )
    more: dict[str, Any] = {"yaxis2": strips}
    data = [*_curves(drawn, _), _crosses(drawn, _)]
    if drawn.input is not None:
        more["yaxis3"] = axis(_("input"), domain=list(INPUT), nticks=3)
        data.append(_line(drawn.input))
    names = [drawn.name(k, _) for k in range(len(drawn.labels))]
    more["margin"] = margin_for(names)
    more["annotations"] = _names(drawn, names)
    more["shapes"] = [
        _bar(*run, *place)
        for labels, place in ((drawn.predicted, PREDICTED), (drawn.truth, TRUTH))
        for run in stretches_of(labels, IGNORED)
    ]
    return {"data": data, "layout": layout(x, y, **more)}


def _curves(drawn: TaggedDrawn, _: Translate) -> list[dict[str, Any]]:
    """One line per label."""
    chance = percent("%{y:.1f}", _)
    return [
        {
            "type": "scatter",
            "mode": "lines+markers" if len(drawn.predicted) == 1 else "lines",
            "x0": 1,
            "dx": 1,
            "y": np.ascontiguousarray(100 * drawn.chances[:, k]),
            "name": drawn.name(k, _),
            "line": {"color": colour(k), "width": 2.2, "dash": DASHES[_round(k)]},
            "hovertemplate": entry(escape(drawn.name(k, _)), chance, _)
            + "<extra></extra>",
        }
        for k in range(len(drawn.labels))
    ]


def _round(label: int) -> int:
    """How often the colours were used up before this label."""
    return label // len(COLOURS) % len(DASHES)


def _crosses(drawn: TaggedDrawn, _: Translate) -> dict[str, Any]:
    """A cross between the strips at every wrong step."""
    wrong = drawn.wrong
    message = _("step %(step)d: said %(said)s, true is %(truth)s")
    return {
        "type": "scatter",
        "mode": "markers",
        "x": (wrong + 1).astype(np.int32),
        "y": np.full(len(wrong), BETWEEN, np.float32),
        "yaxis": "y2",
        "name": _("wrong"),
        "marker": {"symbol": "x-thin", "size": 8, "line": {"width": 2, "color": GREY}},
        "cliponaxis": False,
        "hovertext": [
            message
            % {
                "step": t + 1,
                "said": escape(drawn.name(drawn.predicted[t], _)),
                "truth": escape(drawn.name(drawn.truth[t], _)),
            }
            for t in wrong
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _line(values: NDArray[np.float32]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x0": 1,
        "dx": 1,
        "y": values,
        "yaxis": "y3",
        "line": {"color": GREY, "width": 1.5},
        "hovertemplate": "%{y:.4~g}<extra></extra>",
    }


def _names(drawn: TaggedDrawn, names: list[str]) -> list[dict[str, Any]]:
    """The labels' names at the ends of their lines."""
    ends = [
        (key(GLYPHS[_round(k)], colour(k), escape(name)), 100 * float(end))
        for k, name in enumerate(names)
        if len(drawn.predicted) and np.isfinite(end := drawn.chances[-1, k])
    ]
    return end_labels(ends, 0.0, 100.0)


def _bar(label: int, first: int, steps: int, low: float, high: float) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": first + 0.5,
        "x1": first + steps + 0.5,
        "yref": "y2",
        "y0": low,
        "y1": high,
        "fillcolor": colour(label),
        "line": {"width": 0},
    }


def reading(drawn: TaggedDrawn, _: Translate = str) -> str:
    """How many steps are called right, and which error is the surest."""
    if not len(drawn.predicted) or not np.isfinite(drawn.chances).all():
        return _("There is no prediction to judge yet.")
    sure = drawn.chances.max(1)
    count, wrong = int(drawn.judged.sum()), drawn.wrong
    if not count:
        message = _(
            "Nobody knows the truth here; the model gives its answers %(sure).0f %% on "
            "average."
        )
        return message % {"sure": 100 * float(sure.mean())}
    numbers: dict[str, Any] = {
        "right": count - len(wrong),
        "count": count,
        "percent": 100 * (count - len(wrong)) / count,
    }
    if not len(wrong):
        return _("All %(count)d steps are right.") % numbers
    t = int(wrong[np.argmax(sure[wrong])])
    message = _(
        "%(right)d of %(count)d steps are right (%(percent).0f %%); the surest error "
        "is at step %(step)d: %(said)s (%(sure).0f %%) where %(truth)s is true."
    )
    numbers |= {"step": t + 1, "sure": 100 * float(sure[t])}
    numbers |= {"said": drawn.name(drawn.predicted[t], _)}
    return message % (numbers | {"truth": drawn.name(drawn.truth[t], _)})


def alternative(drawn: TaggedDrawn, _: Translate = str) -> str:
    """The picture in words, for those who do not see it."""
    if not len(drawn.predicted):
        return _("Strips of labels; nothing is drawn yet.")
    message = _(
        "Two coloured strips over %(steps)d time steps, the true and the said label, "
        "and a line for the probability of each of %(labels)d labels. %(reading)s"
    )
    return message % {
        "steps": len(drawn.predicted),
        "labels": len(drawn.labels),
        "reading": reading(drawn, _),
    }


def blocks(drawn: TaggedDrawn, view: View, _: Translate) -> list[dict[str, Any]]:
    """What was typed and could not be read; nothing else, the strips say the rest."""
    if not (missing := view.notes["left_out"]):
        return []
    caption = _("Not in the vocabulary, left out: %(unknown)s")
    words = " ".join(visible(word) for word in missing[:LEFT_OUT])
    tokens = [[word, "", 0] for word in drawn.tokens or ()]
    note = caption % {"unknown": words}
    return [{"caption": note, "tokens": tokens, "joiner": view.notes["joiner"]}]


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.view)
    content = {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
    }
    if text := blocks(drawn, scene.view, _):
        content["text"] = {"blocks": text}
    return content


ANSWER = AnswerPanel(N_("Is every step called right?"), draw, ("prompt",))
