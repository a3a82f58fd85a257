r"""How far back does the error reach? \|dL/dh_t\| against the distance from the loss,
and of an LSTM \|dL/dc_t\| beside it.

L is the loss at the window's last step; on a logarithmic axis a straight falling line
is a gradient that vanishes by the same factor every step, as rho^k does.
"""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.inside import error_reach
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    escape,
    key,
    layout,
    margin_for,
)
from explorer.plots.theme import GATES, colour_of
from explorer.runs.records import View

DECADES = (-8, 1)
"""The vertical range in powers of ten; it only grows, by whole decades."""

FARTHEST_DECADES = (-20, 12)
"""Beyond these nothing more is to be told."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
GLYPHS = ("—", "- -", "···", "-·-", "— —")

NONE = np.empty((0, 0), np.float32)

Line = tuple[int, str, str, NDArray[np.float32]]
"""Its layer, its name, its colour, and (T,) norms by distance."""


class GradientsDrawn(NamedTuple):
    """Exactly what the chart shows."""

    model: str
    norms: NDArray[np.float32]  # (L, T), column k is k steps back; NaN where zero
    memory: NDArray[np.float32]  # (M, T) alike, of an LSTM's memory
    attention: bool  # whether steps read each other directly
    decades: tuple[int, int]  # the vertical range, in powers of ten
    titles: tuple[tuple[str, int], ...] = ()  # title and layer of L states, where a
    # layer has several
    memories: tuple[tuple[str, int], ...] = ()  # title and layer of the M memories


def extract(model: str, view: View | None) -> GradientsDrawn:
    """Read the view "gradients": norms (L, T) in the order of time; None before it."""
    if view is None or "norms" not in view.arrays or not view.arrays["norms"].size:
        return GradientsDrawn(model, NONE, NONE, False, DECADES)
    norms = _backwards(view.arrays["norms"])
    memory = _backwards(view.arrays.get("memory", norms[:0]))
    titles = view.notes.get("titles", {})
    named = tuple(tuple(titles[n]) for n in view.notes["layers"] if n in titles)
    decades = _decades(np.concatenate([norms, memory]))
    memories = tuple(tuple(each) for each in view.notes.get("memories", ()))
    attention = view.notes.get("attention", False)
    return GradientsDrawn(model, norms, memory, attention, decades, named, memories)


def _backwards(norms: NDArray[np.float32]) -> NDArray[np.float32]:
    """(L, T) with the loss at column 0, and NaN where there is no norm."""
    back = norms[:, ::-1]
    return np.where(np.isfinite(back) & (back > 0), back, np.nan).astype(np.float32)


def figure(drawn: GradientsDrawn, _: Translate = str) -> Figure:
    """One line per layer, told apart by its dashes and its label."""
    drawn_lines, steps = _lines(drawn, _), drawn.norms.shape[1]
    names = [name for _layer, name, _tint, _norms in drawn_lines]
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers" if _apart(norms) else "lines",
            "y": np.ascontiguousarray(norms),
            "x0": 0,
            "dx": 1,
            "name": name,
            "line": {"color": tint, "width": 2.2, "dash": DASHES[k % len(DASHES)]},
            "marker": {"color": tint},
        }
        for k, name, tint, norms in drawn_lines
    ]
    low, high = drawn.decades
    x = axis(_("steps back from the loss"))
    if steps:
        x["range"] = [0, max(1, steps - 1)]
    y = axis(
        _("gradient norm over all units (loss units)"),
        type="log",
        range=[low, high],
        tickformat="~g",
        dtick=1 if high - low <= 5 else 3,
    )
    return {
        "data": lines,
        "layout": layout(
            x,
            y,
            annotations=end_labels(_ends(drawn_lines), low, high),
            margin=margin_for(names, digits=2),
        ),
    }


def _apart(norms: NDArray[np.float32]) -> bool:
    """Whether a distance with a norm has none beside it, so that no line leads there:
    as where filters leave out steps, or where there is one step alone."""
    finite = np.pad(np.isfinite(norms), 1)
    return bool((finite[1:-1] & ~finite[:-2] & ~finite[2:]).any())


def _names(drawn: GradientsDrawn, _: Translate) -> list[str]:
    if drawn.titles:
        message = _("%(title)s, layer %(number)d")
        return [message % {"title": _(t), "number": k + 1} for t, k in drawn.titles]
    layers = range(1, len(drawn.norms) + 1)
    return [_("layer %(number)d") % {"number": number} for number in layers]


def _lines(drawn: GradientsDrawn, _: Translate) -> list[Line]:
    """The hidden state of every layer, then its memory where it has one."""
    tint = colour_of(drawn.model)
    hidden = zip(_names(drawn, _), drawn.norms, strict=True)
    lines = [(k, name, tint, norms) for k, (name, norms) in enumerate(hidden)]
    names = _memories(drawn, _)
    for k, (name, norms) in enumerate(zip(names, drawn.memory, strict=True)):
        lines.append((k, name, GATES["memory"], norms))
    return lines


def _memories(drawn: GradientsDrawn, _: Translate) -> list[str]:
    """By layer; where a layer has several, by their titles without the brackets."""
    several = len({title for title, _layer in drawn.memories}) > 1
    if not several:
        message = _("memory, layer %(number)d")
        return [message % {"number": k + 1} for k in range(len(drawn.memory))]
    message = _("%(title)s, layer %(number)d")
    shown = [(re.split(r" ?[(（]", _(t))[0], k + 1) for t, k in drawn.memories]
    return [message % {"title": title, "number": number} for title, number in shown]


def _ends(lines: Sequence[Line]) -> list[tuple[str, float]]:
    """The names of the lines that have an end, and where on the axis that is."""
    ends = []
    for k, name, tint, norms in lines:
        finite = norms[np.isfinite(norms)]
        if len(finite):
            text = key(GLYPHS[k % len(GLYPHS)], tint, escape(name))
            ends.append((text, math.log10(finite[-1])))
    return ends


def reading(drawn: GradientsDrawn, _: Translate = str) -> str:
    """Whether the gradient vanishes, explodes or holds, over all layers together."""
    curve = error_reach.strength(drawn.norms, drawn.memory)
    return error_reach.in_words(error_reach.judged(curve, drawn.attention), _)


def alternative(drawn: GradientsDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    if not drawn.norms.size:
        return _("Line chart of gradient norms; nothing is drawn yet.")
    message = _(
        "Line chart of the gradient norm of %(layers)d layers against steps back from "
        "the loss, 0 to %(steps)d, on a logarithmic axis. %(reading)s"
    )
    layers, steps = drawn.norms.shape
    return message % {
        "layers": layers,
        "steps": steps - 1,
        "reading": reading(drawn, _),
    }


def _decades(norms: NDArray[np.float32]) -> tuple[int, int]:
    """The usual range, extended in whole decades to hold every norm."""
    low, high = DECADES
    if np.isfinite(norms).any():
        low = min(low, math.floor(math.log10(np.nanmin(norms))))
        high = max(high, math.ceil(math.log10(np.nanmax(norms))))
    return max(low, FARTHEST_DECADES[0]), min(high, FARTHEST_DECADES[1])
