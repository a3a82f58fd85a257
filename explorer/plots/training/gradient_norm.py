"""How long are the gradients? Their norm at every step, and where it is cut."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    rule,
    short,
    thin,
)
from explorer.plots.theme import GREY, colour_of
from explorer.plots.training.clock import clock_axis
from explorer.plots.training.commands import Mark, hidden_axis, marks, trace
from explorer.runs.records import Clock, Command, Curves

DECADES = (-3, 1)
"""The least vertical range in powers of ten; it grows by whole decades."""

FARTHEST_DECADES = (-12, 12)


class NormDrawn(NamedTuple):
    """Exactly what the chart shows."""

    model: str
    axis: Clock
    x: NDArray[np.float32]  # (n,) steps or seconds
    norms: NDArray[np.float32]  # (n,) before clipping, NaN where not finite or zero
    clip: float | None  # longer gradients are shortened to this
    clipped: float  # share of the steps that were clipped, 0..1
    marks: tuple[Mark, ...]
    x_end: float | None  # right end of the axis; None: as far as the data
    decades: tuple[int, int]  # the vertical range, in powers of ten
    moved: bool  # distances that the parameters moved, where nothing is descended


def extract(
    model: str,
    curves: Curves,
    commands: Sequence[Command] = (),
    clip: float = 0.0,
    axis: Clock = "step",
    total_steps: int = 0,
    moved: bool = False,
) -> NormDrawn:
    """Thin the norms of a run; `clip` is its threshold, 0 where there is none; `moved`
    where they are no gradients, but how far a step moved the parameters."""
    norms = curves.gradient_norms
    n = len(norms)
    times = np.arange(n) if axis == "step" else curves.seconds
    picked = thin(norms)
    shown = finite(norms[picked])
    shown[shown <= 0] = np.nan
    return NormDrawn(
        model=model,
        axis=axis,
        x=times[picked].astype(np.float32),
        norms=shown,
        clip=clip if clip > 0 else None,
        clipped=float(np.mean(norms > clip)) if n and clip > 0 else 0.0,
        marks=marks(commands, curves, axis),
        x_end=float(max(total_steps, n, 1)) if axis == "step" else None,
        decades=_decades(shown, clip),
        moved=moved,
    )


def figure(drawn: NormDrawn, _: Translate = str) -> Figure:
    """The norm on a logarithmic axis, and the threshold across it."""
    x = clock_axis(drawn.axis, drawn.x_end, _)
    y = axis(
        _("distance that the parameters moved (norm)")
        if drawn.moved
        else _("gradient norm (before clipping)"),
        type="log",
        range=list(drawn.decades),
        tickformat="~g",
        dtick=1,
    )
    words, shapes = [], []
    if drawn.clip is not None:
        shapes.append(rule(drawn.clip))
        text = key(
            "—", GREY, escape(_("cut at %(clip)s") % {"clip": short(drawn.clip)})
        )
        words = end_labels([(text, math.log10(drawn.clip))], *drawn.decades)
    last_x = float(drawn.x[-1]) if len(drawn.x) else 1.0
    return {
        "data": [_line(drawn, _), trace(drawn.marks, drawn.x_end or last_x, _)],
        "layout": layout(
            x,
            y,
            yaxis2=hidden_axis(),
            shapes=shapes,
            annotations=words,
            margin=margin_for([_("cut at %(clip)s") % {"clip": "0.125"}]),
        ),
    }


def _line(drawn: NormDrawn, _: Translate) -> dict[str, Any]:
    colour = colour_of(drawn.model)
    return {
        "type": "scatter",
        "mode": "lines" if len(drawn.x) > 1 else "markers",
        "x": drawn.x,
        "y": drawn.norms,
        "name": _("distance moved") if drawn.moved else _("gradient norm"),
        "line": {"color": colour, "width": 1.4},
        "marker": {"color": colour, "size": 5},
        "hovertemplate": "%{x:.4~g}<br>%{y:.4~g}<extra></extra>",
    }


def reading(drawn: NormDrawn, _: Translate = str) -> str:
    """How often a gradient was clipped."""
    norms = drawn.norms[np.isfinite(drawn.norms)]
    if not len(norms):
        return _("There is no gradient to judge yet.")
    if drawn.moved:
        message = _(
            "The last step moved the parameters by %(now)s; the largest by %(most)s."
        )
        most = short(float(norms.max()))
        return message % {"now": short(float(norms[-1])), "most": most}
    if drawn.clip is None:
        message = _("Nothing is clipped; the largest gradient had a norm of %(norm)s.")
        return message % {"norm": short(float(norms.max()))}
    message = _("%(percent).0f %% of the steps were cut to a norm of %(clip)s.")
    return message % {"percent": 100 * drawn.clipped, "clip": short(drawn.clip)}


def alternative(drawn: NormDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    norms = drawn.norms[np.isfinite(drawn.norms)]
    if not len(norms):
        return _("Line chart of the gradient norm over training; nothing is drawn yet.")
    message = _(
        "Line chart of the gradient norm over training, between %(low)s and %(high)s, "
        "on a logarithmic axis. %(reading)s"
    )
    return message % {
        "low": short(float(norms.min())),
        "high": short(float(norms.max())),
        "reading": reading(drawn, _),
    }


def _decades(norms: NDArray[np.float32], clip: float) -> tuple[int, int]:
    """Whole decades that hold every norm and the threshold."""
    shown = norms[np.isfinite(norms)]
    values = [*([clip] if clip > 0 else [])]
    if len(shown):
        values += [float(shown.min()), float(shown.max())]
    low = min([DECADES[0], *(math.floor(math.log10(v)) for v in values)])
    high = max([DECADES[1], *(math.ceil(math.log10(v)) for v in values)])
    return max(low, FARTHEST_DECADES[0]), min(high, FARTHEST_DECADES[1])
