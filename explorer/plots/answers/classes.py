"""What is it? An example, the odds of every label, and who is taken for whom."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.bars import bars
from explorer.plots.data.examples import MOST_ROWS
from explorer.plots.images import COLOURS, Sheet, heat, of_windows, square
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import Figure, Translate, axis, escape, token_ticks, visible
from explorer.plots.theme import ATTENTION, GREY, INK, colour_of
from explorer.plots.words import in_percent, listed, paragraph
from explorer.runs.records import View

LEFT, RIGHT = [0.0, 0.46], [0.56, 1.0]
"""Where the example with its odds stands, and where the confusion matrix."""

MOST_ODDS, MOST_ODDS_BELOW = 12, 6
"""Labels whose odds have room: all of the height, and below a series."""

MOST_COUNTS, FEW_NAMES = 12, 6
"""A confusion matrix of more labels has no room for counts in its cells, and names so
many of its rows and columns; a cell under the pointer says all."""

REACH = 1.5
"""Where the axis of odds ends: beside a bar of 100 % its number has room."""

LOWER, UPPER = [0.0, 0.42], [0.68, 1.0]
"""Where the odds stand below a series that is drawn."""


class ClassesDrawn(NamedTuple):
    """Exactly what the three pictures show; C labels."""

    model: str
    labels: tuple[str, ...]  # C
    probabilities: NDArray[np.float32]  # (C,) 0..1
    confusion: NDArray[np.int64]  # (C, C) row the truth, column the answer
    truth: int | None  # label of the example, where it is known
    series: NDArray[np.float32] | None  # (T, I) the example in real units
    sheet: Sheet | None = None  # the example as an image, where it is one


def extract(model: str, view: View | None) -> ClassesDrawn:
    """Read the view "prediction" of labels; None before there is one."""
    if view is None or "confusion" not in view.arrays:
        nothing = np.empty((0, 0), np.int64)
        return ClassesDrawn(model, (), np.empty(0, np.float32), nothing, None, None)
    return ClassesDrawn(
        model,
        tuple(view.notes["labels"]),
        np.nan_to_num(view.arrays["probabilities"].astype(np.float32)),
        view.arrays["confusion"],
        view.notes["truth"],
        view.arrays.get("input"),
        sheet_of(view),
    )


def sheet_of(view: View) -> Sheet | None:
    """The example as an image; one of many channels is drawn as one, too, its time from
    top to bottom."""
    if "image" in view.arrays:
        image = view.arrays["image"]
        return Sheet(image[None, None], view.notes["paper"], view.notes["ink"])
    series = view.arrays.get("input")
    if series is None or series.shape[1] <= MOST_ROWS:
        return None
    return of_windows(series[None])


def precision(drawn: ClassesDrawn) -> NDArray[np.float64]:
    """(C,) of the answers k, the share that is right; 0 where there are none."""
    right, answers = drawn.confusion.diagonal(), drawn.confusion.sum(0)
    return np.asarray(right / np.maximum(answers, 1))


def recall(drawn: ClassesDrawn) -> NDArray[np.float64]:
    """(C,) of the examples of label k, the share that is found; 0 without any."""
    right, truths = drawn.confusion.diagonal(), drawn.confusion.sum(1)
    return np.asarray(right / np.maximum(truths, 1))


def likeliest(drawn: ClassesDrawn) -> list[int]:
    """The labels whose odds have room, in their own order: the likeliest ones, and the
    true one."""
    room = MOST_ODDS_BELOW if drawn.series is not None else MOST_ODDS
    ranked = np.argsort(-drawn.probabilities, kind="stable").tolist()
    first, rest = ranked[:room], ranked[room:]
    if drawn.truth in rest:
        first[-1] = drawn.truth
    return sorted(first)


def figure(drawn: ClassesDrawn, _: Translate = str) -> Figure:
    """Left the odds, below the series if there is one; right the confusion matrix."""
    names = [_(label) for label in drawn.labels]
    shown = likeliest(drawn)
    marked = [f"✓ {names[k]}" if k == drawn.truth else names[k] for k in shown]
    odds = bars(
        drawn.probabilities[shown],
        [names[k] for k in shown],
        colour=colour_of(drawn.model),
        rows=len(shown),
        reach=REACH,
        titles=(_("probability (%)"), _("label (✓ is true)")),
        _=_,
    )
    odds["layout"]["yaxis"]["ticktext"] = [escape(name) for name in marked]
    odds["layout"]["xaxis"] |= {"domain": LEFT, "tickvals": [0, 0.5, 1]}
    traces, parts = odds["data"], odds["layout"]
    if len(names):
        traces.append(_heat(drawn, names, _))
    some = len(names) if len(names) <= MOST_COUNTS else FEW_NAMES
    ticks = {**token_ticks(names, 0, max(1, some)), "showgrid": False}
    parts["xaxis2"] = axis(_("answer"), domain=RIGHT, anchor="y2", **ticks)
    parts["yaxis2"] = axis(
        _("truth"), anchor="x2", side="right", autorange="reversed", **ticks
    )
    parts[ATTENTION] = {"cmin": 0, "cmax": 1, "showscale": False}
    if drawn.series is not None:
        parts["yaxis"]["domain"] = LOWER
        example, x, y = _example(drawn, drawn.series, _)
        parts["xaxis3"] = x | {"domain": LEFT, "anchor": "y3"}
        parts["yaxis3"] = y | {"domain": UPPER, "anchor": "x3"}
        parts[INK] = COLOURS
        traces += example
    return {"data": traces, "layout": parts}


def _example(
    drawn: ClassesDrawn, series: NDArray[np.float32], _: Translate
) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """What is classified, as traces, and its two axes."""
    if drawn.sheet is None:
        x, y = axis(_("time step"), nticks=5), axis(_("value"), nticks=4)
        return _lines(series), x, y
    across, down = map(_, drawn.sheet.counted)
    x = axis(across, nticks=5, constrain="domain", showgrid=False)
    y = axis(down, nticks=4, **square("x3"))
    return [heat(drawn.sheet, xaxis="x3", yaxis="y3")], x, y


def _heat(drawn: ClassesDrawn, names: list[str], _: Translate) -> dict[str, Any]:
    """Counts; a cell is the darker, the larger its share of its row."""
    counts = drawn.confusion
    found = recall(drawn)
    right = precision(drawn)
    words = _(
        "truth %(truth)s, answer %(answer)s: %(count)s<br>precision of %(answer)s "
        "%(precision).0f %%<br>recall of %(truth)s %(recall).0f %%"
    )
    hover = [
        [
            words
            % {
                "truth": escape(names[i]),
                "answer": escape(names[j]),
                "count": f"{counts[i, j]:,}",
                "precision": 100 * right[j],
                "recall": 100 * found[i],
            }
            for j in range(len(names))
        ]
        for i in range(len(names))
    ]
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    return {
        "type": "heatmap",
        "z": shares.astype(np.float32),
        **(_counts(counts) if len(names) <= MOST_COUNTS else {}),
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "coloraxis": ATTENTION,
        "xgap": 2,
        "ygap": 2,
        "xaxis": "x2",
        "yaxis": "y2",
    }


def _counts(counts: NDArray[np.int64]) -> dict[str, Any]:
    words = [[str(count) for count in row] for row in counts]
    return {"text": words, "texttemplate": "%{text}"}


def _lines(series: NDArray[np.float32]) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x0": 1,
            "dx": 1,
            "y": np.ascontiguousarray(channel),
            "xaxis": "x3",
            "yaxis": "y3",
            "line": {"color": GREY, "width": 2},
            "hoverinfo": "skip",
        }
        for channel in series.T
    ]


def reading(drawn: ClassesDrawn, _: Translate = str) -> str:
    """What the example is taken for, and what is confused most often."""
    if not drawn.labels:
        return _("There is no prediction to judge yet.")
    names = [_(label) for label in drawn.labels]
    first = int(drawn.probabilities.argmax())
    message = _("The example is taken for “%(said)s” with %(percent).0f %%.")
    if drawn.truth is not None:
        message = _(
            "The example is “%(truth)s”, and taken for “%(said)s” with %(percent).0f "
            "%%."
        )
    sentence = message % {
        "truth": "" if drawn.truth is None else names[drawn.truth],
        "said": names[first],
        "percent": 100 * float(drawn.probabilities[first]),
    }
    counts = drawn.confusion
    wrong = counts - np.diag(counts.diagonal())
    i, j = np.unravel_index(int(wrong.argmax()), wrong.shape)
    whole = _("All %(total)s held-out examples are told right.")
    if wrong[i, j]:
        whole = _(
            "Of %(total)s held-out examples %(right)s are told right; most often "
            "“%(truth)s” is taken for “%(said)s”."
        )
    numbers = {
        "total": f"{int(counts.sum()):,}",
        "right": f"{int(counts.trace()):,}",
        "truth": names[int(i)],
        "said": names[int(j)],
    }
    return paragraph(sentence, whole % numbers)


def alternative(drawn: ClassesDrawn, _: Translate = str) -> str:
    """The pictures in words, for those who do not see them."""
    if not drawn.labels:
        return _("Odds of labels and a confusion matrix; nothing is drawn yet.")
    names = [_(label) for label in drawn.labels]
    shares = zip(names, drawn.probabilities, strict=True)
    odds = listed([f"{name} {in_percent(share, _)}" for name, share in shares], _)
    counts = [
        {"name": name, "value": listed(map(str, row), _)}
        for name, row in zip(names, drawn.confusion, strict=True)
    ]
    rows = paragraph(*(_("%(name)s: %(value)s.") % each for each in counts))
    message = _(
        "Bar chart of the labels' odds: %(odds)s. Confusion matrix, a row for each "
        "true label: %(rows)s"
    )
    return message % {"odds": odds, "rows": rows}


def blocks(view: View, _: Translate) -> list[dict[str, Any]]:
    """The tokens that are classified."""
    notes = view.notes
    support = notes.get("support")
    caption = _("What the model reads")
    if support:
        caption = _("What the model reads (bold: the facts that tell the answer)")
    if notes["left_out"]:
        unknown = " ".join(map(visible, notes["left_out"][:12]))
        caption = _("Not in the vocabulary, left out: %(unknown)s") % {
            "unknown": unknown
        }
    marks = support or [False] * len(notes["tokens"])
    tokens = [
        [word, "support" if marked else "", 0]
        for word, marked in zip(notes["tokens"], marks, strict=True)
    ]
    return [{"caption": caption, "tokens": tokens, "joiner": notes["joiner"]}]


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.config.model, scene.view)
    content: Content = {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
    }
    if scene.view.notes["tokens"] is not None:
        content["text"] = {"blocks": blocks(scene.view, _)}
    return content


ANSWER = AnswerPanel(N_("What does it take it for?"), draw, ("prompt",))
