"""Does it learn, or learn by heart? The gap between training and validation.

Both losses at the moments of the measurements: training as the median of the steps
around each. Where validation was lowest, the best step is marked.
"""

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
    last,
    layout,
    margin_for,
    short,
    thin,
)
from explorer.plots.theme import GREY, colour_of, see_through
from explorer.plots.training import levels
from explorer.plots.training.clock import clock_axis, clock_place
from explorer.plots.training.levels import Floor, floors_of
from explorer.plots.training.loss_axis import levels_in_words
from explorer.plots.training.trend import latest, rise_by_heart
from explorer.plots.training.verdict import of_diverged
from explorer.plots.words import paragraph
from explorer.runs.records import Clock, Curves, Lines, Validation

AROUND = 0.02
"""Training losses within this share of the run on either side of a measurement."""

CLEAR = 0.02
"""A rise of validation by less than this share of its lowest value is luck."""


class GapDrawn(NamedTuple):
    """Exactly what the chart shows."""

    model: str
    axis: Clock
    x: NDArray[np.float32]  # (m,) steps or seconds
    training: NDArray[np.float32]  # (m,)
    validation: NDArray[np.float32]  # (m,)
    best: int | None  # the measurement with the lowest validation loss
    best_step: int
    floors: tuple[Floor, ...]
    unit: str
    x_end: float | None
    diverged: bool  # whether the run was ended because its loss ran away
    by_heart: bool  # whether validation rose, and training fell, by enough to say so


def extract(
    model: str,
    curves: Curves,
    validations: Sequence[Validation],
    lines: Lines,
    axis: Clock = "step",
    total_steps: int = 0,
    diverged: bool = False,
) -> GapDrawn:
    """Both losses at every measurement that has training steps around it."""
    n = len(curves.losses)
    reach = max(1, round(AROUND * n))
    measured = [v for v in validations if v.step <= n and n]
    around = [curves.losses[max(0, v.step - reach) : v.step + reach] for v in measured]
    losses = finite(np.array([v.loss for v in measured], np.float32))
    best = int(np.nanargmin(losses)) if np.isfinite(losses).any() else None
    steps, picked = np.array([v.step for v in measured]), thin(curves.losses)
    trained = finite(curves.losses[picked])
    rise = rise_by_heart(steps, losses, picked, trained, latest(curves.losses))
    return GapDrawn(
        model,
        axis,
        np.array(
            [v.step if axis == "step" else v.seconds for v in measured], np.float32
        ),
        finite(np.array([np.median(part) for part in around], np.float32)),
        losses,
        best,
        measured[best].step if best is not None else 0,
        floors_of(lines),
        lines.unit,
        float(max(total_steps, n, 1)) if axis == "step" else None,
        diverged,
        rise is not None,
    )


def figure(drawn: GapDrawn, _: Translate = str) -> Figure:
    """Two lines with the gap shaded between them, and the best step across."""
    x = clock_axis(drawn.axis, drawn.x_end, _)
    y = axis(_(drawn.unit) if drawn.unit else _("loss"), uirevision="gap")
    low, high = _span(drawn)
    y["range"] = [low, high]
    shapes = levels.rules(drawn.floors, (), y_log=False)
    words = end_labels(_ends(drawn, _), low, high)
    if drawn.best is not None:
        shapes.append(_best_rule(drawn))
        words.append(_best_words(drawn, _))
    names = [_("training"), _("validation"), *(_(f.name) for f in drawn.floors)]
    return {
        "data": _curves(drawn, _),
        "layout": layout(
            x, y, shapes=shapes, annotations=words, margin=margin_for(names, digits=7)
        ),
    }


def _curves(drawn: GapDrawn, _: Translate) -> list[dict[str, Any]]:
    """Training thin, validation strong, and what lies between them shaded."""
    colour = colour_of(drawn.model)
    place = clock_place(drawn.axis, _)
    between = {"fill": "tonexty", "fillcolor": see_through(colour, 0.2)}
    return [
        {
            "type": "scatter",
            "x": drawn.x,
            "mode": "lines+markers",
            **shading,
            "y": values,
            "name": name,
            "line": {"color": colour, "width": width},
            "marker": {"color": colour, "size": 6},
            "hovertemplate": f"{place}<br>%{{y:.4~g}}<extra>{name}</extra>",
        }
        for name, values, width, shading in (
            (_("training"), drawn.training, 1.4, {}),
            (_("validation"), drawn.validation, 2.6, between),
        )
    ]


def _ends(drawn: GapDrawn, _: Translate) -> list[tuple[str, float]]:
    """A name and a number for the right end of every line, and where it lies."""
    colour = colour_of(drawn.model)
    lines = (
        ("—", colour, _("training"), last(drawn.training)),
        ("●", colour, _("validation"), last(drawn.validation)),
        *levels.ends(drawn.floors, (), _),
    )
    return [
        (key(glyph, tint, f"{escape(name)} {short(value)}"), value)
        for glyph, tint, name, value in lines
        if value is not None
    ]


def reading(drawn: GapDrawn, _: Translate = str) -> str:
    """How wide the gap is, and whether going on still pays."""
    if drawn.best is None:
        return _("Nothing has been measured yet.")
    if drawn.diverged:
        return of_diverged(_)
    lowest = float(drawn.validation[drawn.best])
    now = float(drawn.validation[np.isfinite(drawn.validation)][-1])
    values = {
        "best": short(lowest),
        "step": f"{drawn.best_step:,}",
        "now": short(now),
        "gap": short(float(drawn.validation[-1] - drawn.training[-1])),
    }
    if now <= lowest * (1 + CLEAR) or now <= lowest:
        return (
            _(
                "Validation is at or near its lowest, %(best)s at step %(step)s; it "
                "stands %(gap)s above training: no overfitting to be seen."
            )
            % values
        )
    if not drawn.by_heart:
        return (
            _(
                "Validation was best at step %(step)s with %(best)s and stands at "
                "%(now)s now, %(gap)s above training: too small a rise, or one without "
                "a fall of training, to say that examples are learned by heart."
            )
            % values
        )
    return (
        _(
            "Validation was best at step %(step)s with %(best)s and has risen since; "
            "it stands %(gap)s above training now: from there on the model learned its "
            "examples by heart. Early stopping would have ended there."
        )
        % values
    )


def alternative(drawn: GapDrawn, _: Translate = str) -> str:
    """The chart in words."""
    chart = _("Line chart of training and validation loss with the gap between them.")
    floors = [(floor.name, floor.value) for floor in drawn.floors]
    return paragraph(chart, *levels_in_words(floors, _), reading(drawn, _))


def _span(drawn: GapDrawn) -> tuple[float, float]:
    """All that came after the best step; what came before may begin outside."""
    both = np.concatenate((drawn.training, drawn.validation))
    both = both[np.isfinite(both)]
    if not len(both):
        return 0.0, 1.0
    first = drawn.best or 0
    since = np.concatenate((drawn.training[first:], drawn.validation[first:]))
    high = max(float(np.quantile(both, 0.8)), float(np.nanmax(since)))
    low = min([float(both.min()), *(floor.value for floor in drawn.floors)])
    room = 0.08 * max(high - low, 1e-6)
    return low - room, high + room


def _best_rule(drawn: GapDrawn) -> dict[str, Any]:
    x = float(drawn.x[drawn.best or 0])
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "line": {"color": GREY, "width": 1.5, "dash": "dot"},
    }


def _best_words(drawn: GapDrawn, _: Translate) -> dict[str, Any]:
    x = float(drawn.x[drawn.best or 0])
    late = drawn.x_end is not None and x > drawn.x_end / 2
    return {
        "x": x,
        "xref": "x",
        "y": 1,
        "yref": "paper",
        "xanchor": "right" if late else "left",
        "yanchor": "top",
        "showarrow": False,
        "text": escape(_("best step: %(step)s") % {"step": f"{drawn.best_step:,}"}),
    }
