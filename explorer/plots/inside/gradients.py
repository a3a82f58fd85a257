r"""How far back does the error reach? \|dL/dh_t\| against the distance from the loss.

L is the loss at the window's last step; on a logarithmic axis a straight falling line
is a gradient that vanishes by the same factor every step, as rho^k does.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
from explorer.plots.theme import colour_of
from explorer.runs.records import View

DECADES = (-8, 1)
"""The vertical range in powers of ten; it only grows, by whole decades."""

FARTHEST_DECADES = (-20, 12)
"""Beyond these nothing more is to be told."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
GLYPHS = ("—", "- -", "···", "-·-", "— —")

REACHED = 0.01
"""The error counts as gone below this share of its strength at the loss."""


class GradientsDrawn(NamedTuple):
    """Exactly what the chart shows."""

    model: str
    norms: NDArray[np.float32]  # (L, T), column k is k steps back; NaN where zero
    decades: tuple[int, int]  # the vertical range, in powers of ten
    titles: tuple[tuple[str, int], ...] = ()  # title and layer of L states, where a
    # layer has several


def extract(model: str, view: View | None) -> GradientsDrawn:
    """Read the view "gradients": norms (L, T) in the order of time; None before it."""
    if view is None or "norms" not in view.arrays or not view.arrays["norms"].size:
        return GradientsDrawn(model, np.empty((0, 0), np.float32), DECADES)
    back = view.arrays["norms"][:, ::-1]  # (L, T), the loss at column 0
    shown = np.where(np.isfinite(back) & (back > 0), back, np.nan).astype(np.float32)
    titles = view.notes.get("titles", {})
    named = tuple(tuple(titles[n]) for n in view.notes["layers"] if n in titles)
    return GradientsDrawn(model, shown, _decades(shown), named)


def figure(drawn: GradientsDrawn, _: Translate = str) -> Figure:
    """One line per layer, told apart by its dashes and its label."""
    colour = colour_of(drawn.model)
    names, steps = _names(drawn, _), drawn.norms.shape[1]
    lines = [
        {
            "type": "scatter",
            "mode": "lines" if steps > 1 else "markers",
            "y": np.ascontiguousarray(norms),
            "x0": 0,
            "dx": 1,
            "name": name,
            "line": {"color": colour, "width": 2.2, "dash": DASHES[k % len(DASHES)]},
            "marker": {"color": colour},
        }
        for k, (name, norms) in enumerate(zip(names, drawn.norms, strict=True))
    ]
    low, high = drawn.decades
    x = axis(_("steps back from the loss"))
    if steps:
        x["range"] = [0, max(1, steps - 1)]
    y = axis(
        _("gradient norm (loss units per hidden unit)"),
        type="log",
        range=[low, high],
        exponentformat="power",
        dtick=1 if high - low <= 5 else 3,
    )
    return {
        "data": lines,
        "layout": layout(
            x,
            y,
            annotations=end_labels(_ends(drawn, names), low, high),
            margin=margin_for(names, digits=2),
        ),
    }


def _names(drawn: GradientsDrawn, _: Translate) -> list[str]:
    if drawn.titles:
        message = _("%(title)s, layer %(number)d")
        return [message % {"title": _(t), "number": k + 1} for t, k in drawn.titles]
    layers = range(1, len(drawn.norms) + 1)
    return [_("layer %(number)d") % {"number": number} for number in layers]


def _ends(drawn: GradientsDrawn, names: Sequence[str]) -> list[tuple[str, float]]:
    """The names of the lines that have an end, and where on the axis that is."""
    ends = []
    for k, (name, norms) in enumerate(zip(names, drawn.norms, strict=True)):
        known = norms[np.isfinite(norms)]
        if len(known):
            text = key(GLYPHS[k % len(GLYPHS)], colour_of(drawn.model), escape(name))
            ends.append((text, math.log10(known[-1])))
    return ends


def reading(drawn: GradientsDrawn, _: Translate = str) -> str:
    """Whether the gradient vanishes, explodes or holds, over all layers together."""
    strength = np.sqrt(np.nansum(np.square(drawn.norms, dtype=np.float64), axis=0))
    if not strength.any():
        return _("There is no gradient to judge yet.")
    if strength[0] == 0:
        message = _(
            "The error reaches back into the source; it is strongest %(steps)d steps "
            "before the end."
        )
        return message % {"steps": int(strength.argmax())}
    share = strength / strength[0]  # (T,)
    steps = len(share) - 1
    gone = np.flatnonzero(share < REACHED)
    if len(gone):
        message = _(
            "The error reaches %(steps)d steps back before it falls below 1 %% "
            "(vanishing)."
        )
        return message % {"steps": int(gone[0]) - 1}
    if share[-1] > 10:
        message = _(
            "The error grows %(times)s-fold over %(steps)d steps back (exploding)."
        )
        return message % {"times": f"{share[-1]:.3g}", "steps": steps}
    message = _(
        "%(steps)d steps back, the error still has %(percent).0f %% of its force."
    )
    return message % {"steps": steps, "percent": 100 * float(share[-1])}


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
