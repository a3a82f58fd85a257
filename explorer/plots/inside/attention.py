"""Where does it look? One attention head: each row says where one position looks."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.inside.gates import quantise
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    layout,
    share_colours,
    token_ticks,
)
from explorer.plots.theme import ATTENTION
from explorer.runs.records import View

MOSTLY = 0.5
"""A habit is named when at least this share of the positions has it."""

MOST_TICKS, MOST_WRITTEN = 12, 24
"""So many tokens are named along a side: of a text that looks at itself, and of a
source and what is written of it, where each counts."""


Habit = Literal["before", "first", "self", "none", "along", "against", "across"]

SENTENCES: Mapping[Habit, str] = {
    "before": N_(
        "Most positions look at the one just before them; the strongest link holds "
        "%(strongest).0f %% on average."
    ),
    "first": N_(
        "Most positions look at the very first one; the strongest link holds "
        "%(strongest).0f %% on average."
    ),
    "self": N_(
        "Most positions look at themselves; the strongest link holds "
        "%(strongest).0f %% on average."
    ),
    "along": N_(
        "Most positions look one place further on than the one before them; the "
        "strongest link holds %(strongest).0f %% on average."
    ),
    "against": N_(
        "Most positions look one place further back than the one before them; the "
        "strongest link holds %(strongest).0f %% on average."
    ),
    "across": N_("The strongest link holds %(strongest).0f %% on average."),
    "none": N_(
        "A position looks %(back).1f steps away on average; its strongest link holds "
        "%(strongest).0f %%."
    ),
}


class AttentionDrawn(NamedTuple):
    """Exactly what the map shows, and the unrounded numbers that it is read by."""

    title: str
    head: int
    percent: NDArray[Any]  # (T, S) uint8 0..100: row looks, column is looked at
    tokens: tuple[str, ...] | None  # T of them, which look
    step: int  # of the run
    habit: Habit = "none"  # what most positions look at
    back: float = 0.0  # mean distance of a look, in steps
    strongest: float = 0.0  # mean over positions of the strongest link, 0..1
    columns: tuple[str, ...] | None = None  # S, where others than those that look


def extract(view: View | None) -> AttentionDrawn:
    """Read the view "inside" of one head's attention (T, S); None before it exists."""
    if view is None or "values" not in view.arrays:
        return AttentionDrawn("", 0, np.empty((0, 0), np.uint8), None, 0)
    weights = view.arrays["values"]  # (T, T)
    labels, columns = view.notes.get("labels"), view.notes.get("columns")
    away = np.abs(np.subtract.outer(*map(np.arange, weights.shape)))  # (T, T)
    return AttentionDrawn(
        title=view.notes["title"],
        head=int(view.notes.get("head") or 0),
        percent=quantise(weights, 0.0, 1.0, centred=False),
        tokens=None if labels is None else tuple(labels),
        step=view.step,
        habit=_habit(weights.argmax(1), across=columns is not None),
        back=float((weights * away).sum(1).mean()),
        strongest=float(weights.max(1).mean()),
        columns=None if columns is None else tuple(columns),
    )


def figure(drawn: AttentionDrawn, _: Translate = str) -> Figure:
    """A square map on a fixed range from 0 to 100 %."""
    rows, columns = drawn.percent.shape
    hover = _("from position %(row)s to position %(column)s: %(z)s %%")
    heat = {
        "type": "heatmap",
        "z": drawn.percent,
        "x0": 1,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "coloraxis": ATTENTION,
        "hovertemplate": hover % {"row": "%{y}", "column": "%{x}", "z": "%{z}"}
        + "<extra></extra>",
    }
    square = {"showgrid": False, "constrain": "domain"}
    most = MOST_TICKS if drawn.columns is None else MOST_WRITTEN
    ticks = {} if drawn.tokens is None else token_ticks(drawn.tokens, at_most=most)
    below = ticks if drawn.columns is None else token_ticks(drawn.columns, at_most=most)
    x = axis(_("looked-at position (key)"), **square, **below)
    y = axis(_("looking position (query)"), **square, **ticks, scaleanchor="x")
    if rows:
        x["range"] = [0.5, columns + 0.5]
        y["range"] = [rows + 0.5, 0.5]
    colours = share_colours(_, _("0 % ignored"), _("100 % alone"))
    return {"data": [heat], "layout": layout(x, y, **{ATTENTION: colours})}


def reading(drawn: AttentionDrawn, _: Translate = str) -> str:
    """What most positions look at, and how far back."""
    if not drawn.percent.size:
        return _("There is no attention to see yet.")
    numbers = {"back": drawn.back, "strongest": 100 * drawn.strongest}
    return _(SENTENCES[drawn.habit]) % numbers


def alternative(drawn: AttentionDrawn, _: Translate = str) -> str:
    """The map in words, for those who do not see it."""
    if not drawn.percent.size:
        return _("Heat map of attention; nothing is drawn yet.")
    message = _(
        "Heat map of %(title)s, head %(head)d, after %(step)s training steps: "
        "%(rows)d positions that look, %(columns)d that are looked at. %(reading)s"
    )
    return message % {
        "title": _(drawn.title),
        "head": drawn.head + 1,
        "step": f"{drawn.step:,}",
        "rows": drawn.percent.shape[0],
        "columns": drawn.percent.shape[1],
        "reading": reading(drawn, _),
    }


def _habit(strongest: NDArray[np.intp], across: bool) -> Habit:
    """What most positions look at, from the strongest link of each (T,).

    Args:
        across: whether what is looked at are other positions than those that look.
    """
    if across:
        moves = np.diff(strongest)
        if len(moves) and np.mean(moves == 1) >= MOSTLY:
            return "along"
        return "against" if len(moves) and np.mean(moves == -1) >= MOSTLY else "across"
    places = np.arange(len(strongest))
    if len(places) > 1 and np.mean(strongest[1:] == places[1:] - 1) >= MOSTLY:
        return "before"
    if len(places) > 1 and np.mean(strongest[1:] == 0) >= MOSTLY:
        return "first"
    return "self" if np.mean(strongest == places) >= MOSTLY else "none"
