"""What did it hear, and when? The input, every symbol's probability, the alignment.

Above stands what the model is given; below, the probability of each label and, thin and
grey, of the blank. Bars along the top show the likeliest alignment of the true labels.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import Figure, Translate, axis, escape, finite, layout
from explorer.plots.stretches import stretches_of
from explorer.plots.theme import GATES, GREY, SIGNED, SMALL_FONT_SIZE
from explorer.plots.words import entry, percent
from explorer.runs.records import View

BLANK = 0
COLOURS = tuple(GATES.values())
DASHES = ("solid", "dash")
"""The second for labels beyond the colours."""
CHANCES, ALIGNED, INPUT = (0.0, 0.44), (0.49, 0.58), (0.62, 1.0)
"""Shares of the height."""
EDGE = 2.0
"""Input values beyond it have the colour of the scale's end."""

Edits = tuple[tuple[int | None, int | None], ...]


class TranscribedDrawn(NamedTuple):
    """Exactly what the picture shows."""

    input: NDArray[np.float32]  # (T, I)
    chances: NDArray[np.float32]  # (T, 1 + C), the blank first
    spans: tuple[tuple[int, int, int], ...]  # symbol, first step, steps; no blanks
    edits: Edits  # (said, true) label of each place; None where there is none
    labels: tuple[str, ...]  # C
    loss: float  # nats per label


def extract(view: View | None) -> TranscribedDrawn:
    """Read the view "prediction" of a transcription; None before there is one."""
    if view is None or "path" not in view.arrays:
        none = np.empty((0, 0), np.float32)
        return TranscribedDrawn(none, none, (), (), (), float("nan"))
    arrays, notes = view.arrays, view.notes
    return TranscribedDrawn(
        input=finite(arrays["input"]),
        chances=finite(arrays["symbols"]),
        spans=tuple(stretches_of(arrays["path"], BLANK)),
        edits=tuple((predicted, truth) for predicted, truth in notes["edits"]),
        labels=tuple(notes["labels"]),
        loss=float(arrays["loss"][0]),
    )


def colour(symbol: int) -> str:
    """The colour of a label; symbol 1 is the first."""
    return COLOURS[(symbol - 1) % len(COLOURS)]


def figure(drawn: TranscribedDrawn, _: Translate = str) -> Figure:
    """The input, the alignment and the probabilities on one time axis."""
    steps = len(drawn.chances)
    x = axis(_("time step"), showgrid=False, anchor="y")
    y = axis(_("probability (%)"), range=[0, 103], domain=list(CHANCES), nticks=3)
    aligned = {
        "range": [0, 1],
        "domain": list(ALIGNED),
        "tickvals": [0.15],
        "ticktext": [_("truth")],
        "showgrid": False,
    }
    bands = axis(_("band"), domain=list(INPUT), showgrid=False, nticks=4)
    if steps:
        x["range"] = [0.5, steps + 0.5]
        bands["range"] = [0.5, drawn.input.shape[1] + 0.5]
    heat = {
        "type": "heatmap",
        "z": np.ascontiguousarray(drawn.input.T),
        "x0": 1,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "yaxis": "y3",
        "coloraxis": SIGNED,
        "hovertemplate": "%{z:.2f}<extra></extra>",
    }
    colours = {
        "cmin": -EDGE,
        "cmax": EDGE,
        "autocolorscale": False,
        "colorbar": {"len": 0.42, "y": 0.8, "nticks": 3},
    }
    more: dict[str, Any] = {"yaxis2": aligned, "yaxis3": bands, SIGNED: colours}
    more["shapes"] = [_bar(*span) for span in drawn.spans]
    more["annotations"] = [_name(drawn, *span) for span in drawn.spans]
    return {"data": [heat, *_curves(drawn, _)], "layout": layout(x, y, **more)}


def _curves(drawn: TranscribedDrawn, _: Translate) -> list[dict[str, Any]]:
    """One line per symbol: the blank's first, so that it lies under the others."""
    names = [_("blank"), *drawn.labels]
    rounds = [0, *(k // len(COLOURS) for k in range(len(drawn.labels)))]
    chance = percent("%{y:.0f}", _)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x0": 1,
            "dx": 1,
            "y": 100 * drawn.chances[:, k],
            "name": names[k],
            "line": {"color": GREY, "width": 1}
            if k == BLANK
            else {
                "color": colour(k),
                "width": 2.4,
                "dash": DASHES[rounds[k] % len(DASHES)],
            },
            "hovertemplate": entry(escape(names[k]), chance, _) + "<extra></extra>",
        }
        for k in range(drawn.chances.shape[1])
    ]


def _bar(symbol: int, first: int, steps: int) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": first + 0.5,
        "x1": first + steps + 0.5,
        "yref": "y2",
        "y0": 0,
        "y1": 0.3,
        "fillcolor": colour(symbol),
        "line": {"width": 0},
    }


def _name(
    drawn: TranscribedDrawn, symbol: int, first: int, steps: int
) -> dict[str, Any]:
    return {
        "x": first + steps / 2 + 0.5,
        "yref": "y2",
        "y": 0.3,
        "yanchor": "bottom",
        "showarrow": False,
        "text": escape(drawn.labels[symbol - 1]),
        "font": {"size": SMALL_FONT_SIZE},
    }


def reading(drawn: TranscribedDrawn, _: Translate = str) -> str:
    """How many labels came out right, and how much of the time is silence to it."""
    if not len(drawn.chances):
        return _("There is no prediction to judge yet.")
    wrong = sum(predicted != truth for predicted, truth in drawn.edits)
    count = sum(truth is not None for _predicted, truth in drawn.edits)
    numbers = {
        "count": count,
        "wrong": wrong,
        "rate": 100 * wrong / count,
        "loss": drawn.loss,
        "blank": 100 * float(np.mean(drawn.chances.argmax(1) == BLANK)),
    }
    message = _(
        "All %(count)d labels are right and in order (CTC loss %(loss).2f nats per "
        "label); the blank is the likeliest answer at %(blank).0f %% of the steps."
    )
    if wrong:
        message = _(
            "%(wrong)d edits turn what it says into the truth of %(count)d labels, an "
            "error rate of %(rate).0f %% (CTC loss %(loss).2f nats per label); the "
            "blank is the likeliest answer at %(blank).0f %% of the steps."
        )
    return message % numbers


def alternative(drawn: TranscribedDrawn, _: Translate = str) -> str:
    """The picture in words, for those who do not see it."""
    if not len(drawn.chances):
        return _("Line chart of a transcription; nothing is drawn yet.")
    predicted, truth = sides(drawn)
    message = _(
        "Heat map of the input over %(steps)d time steps; below it the probability of "
        "the blank and of %(labels)d labels, and the likeliest alignment of the true "
        "ones. The model says %(said)s; true is %(truth)s."
    )
    return message % {
        "steps": len(drawn.chances),
        "labels": len(drawn.labels),
        "said": " ".join(predicted) or "∅",
        "truth": " ".join(truth),
    }


def sides(drawn: TranscribedDrawn) -> tuple[list[str], list[str]]:
    """The labels that were said, and the true ones."""
    predicted = [drawn.labels[k] for k, _truth in drawn.edits if k is not None]
    return predicted, [
        drawn.labels[k] for _predicted, k in drawn.edits if k is not None
    ]


def blocks(drawn: TranscribedDrawn, _: Translate = str) -> list[dict[str, Any]]:
    """Said beside true; a label that the other side does not have there is marked."""
    captions = (
        _("The model says (marked: wrong or too much)"),
        _("The truth (marked: missed or misheard)"),
    )
    found = []
    for side, caption in enumerate(captions):
        tokens = [
            [drawn.labels[label], "wrong" if edit[0] != edit[1] else "", 0]
            for edit in drawn.edits
            if (label := edit[side]) is not None
        ]
        found.append(
            {"caption": caption, "tokens": tokens or [["∅", "", 0]], "joiner": " "}
        )
    return found


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.view)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
        "text": {"blocks": blocks(drawn, _)},
    }


ANSWER = AnswerPanel(N_("What does it hear, and when?"), draw)
