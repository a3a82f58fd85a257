"""What does the series look like? All of it, its validation part shaded, and marks
where something is known of single places."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    corner_note,
    dated,
    escape,
    finite,
    layout,
    plain,
    thin,
)
from explorer.plots.theme import GREY, OTHER
from explorer.plots.words import listed, paragraph

KEPT_POINTS = 400
"""A drawer is narrow."""

FEW = 60
"""Marks of one name that may be large; more would hide the series."""

SYMBOLS = ("x", "diamond", "triangle-up", "circle-open")
"""Of marks of one name, in their order."""


class Marked(NamedTuple):
    """Places of a series of which the same is known."""

    name: str
    positions: NDArray[Any]  # (k,)
    values: NDArray[np.float32]  # (k,)


class PreviewDrawn(NamedTuple):
    """Exactly what the preview shows, in the series' real units."""

    positions: NDArray[Any]  # (k,) numbers or datetime64[D]
    values: NDArray[np.float32]  # (k,)
    begins: Any  # position of the first validation value; None without a series
    length: int  # values before thinning
    held_out: int  # of which validation
    axis: str
    label: str
    marks: tuple[Marked, ...] = ()
    beside: tuple[tuple[str, NDArray[np.float32]], ...] = ()
    """The series that are forecast together with this one, (k,) at the same places."""


def extract(
    positions: NDArray[Any],
    values: NDArray[Any],
    split: int,
    axis: str,
    label: str,
    marks: Sequence[tuple[str, NDArray[np.integer[Any]]]] = (),
    beside: Sequence[tuple[str, NDArray[Any]]] = (),
) -> PreviewDrawn:
    """Thin a series (n,) whose validation part begins at index `split`; marks are names
    and indices, and beside it stand the names and values (n,) of others."""
    kept = thin(values, KEPT_POINTS)
    dates = np.issubdtype(positions.dtype, np.datetime64)
    shown = positions.astype("datetime64[D]") if dates else positions
    inside = 0 <= split < len(shown)
    return PreviewDrawn(
        positions=shown[kept],
        values=finite(values[kept]),
        begins=plain(shown[split]) if inside else None,
        length=len(values),
        held_out=max(0, len(values) - split),
        axis=axis,
        label=label,
        marks=tuple(
            Marked(name, shown[places], finite(values[places]))
            for name, places in marks
            if len(places)
        ),
        beside=tuple((name, finite(other[kept])) for name, other in beside),
    )


def figure(drawn: PreviewDrawn, _: Translate = str) -> Figure:
    """A grey line, for data has no model's colour, and a shade behind its end."""
    line = {
        "type": "scatter",
        "mode": "lines" if len(drawn.values) > 1 else "markers",
        "x": drawn.positions,
        "y": drawn.values,
        "line": {"color": GREY, "width": 1.4},
        "marker": {"color": GREY},
        "name": escape(_(drawn.label)),
    }
    shapes, words = [], []
    if drawn.begins is not None:
        shapes.append(_shade(drawn.begins, plain(drawn.positions[-1])))
        words.append(corner_note(escape(_("shaded: validation"))))
    x = axis(_(drawn.axis) if drawn.axis else _("time"), nticks=4)
    y = axis(escape(_(drawn.label) if drawn.label else _("value")), nticks=4)
    x = dated(x, drawn.positions)
    made = layout(x, y, shapes=shapes, annotations=words, margin={"t": 24, "r": 12})
    if drawn.marks or drawn.beside:
        legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
        made |= {"showlegend": True, "legend": legend}
        made["margin"] |= {"t": 44}
    traces = [*_beside(drawn, _), line, *_marks(drawn, _)]
    return {"data": traces, "layout": made}


DASHES = ("dot", "dash", "dashdot", "longdash", "longdashdot")
"""Of the series beside the one that is shown, in their order."""


def _beside(drawn: PreviewDrawn, _: Translate) -> list[dict[str, Any]]:
    """Thin lines of the series that are forecast together with this one."""
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": drawn.positions,
            "y": values,
            "line": {"color": OTHER, "width": 1, "dash": DASHES[k % len(DASHES)]},
            "name": escape(_(name)),
        }
        for k, (name, values) in enumerate(drawn.beside)
    ]


def _marks(drawn: PreviewDrawn, _: Translate) -> list[dict[str, Any]]:
    """A sign of its own at each place that has a name."""
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": marked.positions,
            "y": marked.values,
            "name": escape(_(marked.name)),
            "marker": {
                "color": OTHER,
                "size": 8 if len(marked.values) <= FEW else 3,
                "symbol": SYMBOLS[k % len(SYMBOLS)],
            },
        }
        for k, marked in enumerate(drawn.marks)
    ]


def reading(drawn: PreviewDrawn, _: Translate = str) -> str:
    """How long the series is, and how much of it is held out."""
    if not drawn.length:
        return _("The series is empty.")
    message = _(
        "%(length)s values; the last %(held)s are held out to validate the model."
    )
    sentence = message % {"length": f"{drawn.length:,}", "held": f"{drawn.held_out:,}"}
    return paragraph(*filter(None, (sentence, _of_marks(drawn, _))))


def _of_marks(drawn: PreviewDrawn, _: Translate) -> str:
    """What is marked, and how often; empty where nothing is."""
    each = _("%(name)s (%(count)s)")
    names = [
        each % {"name": _(marked.name), "count": f"{len(marked.values):,}"}
        for marked in drawn.marks
    ]
    return _("Marked: %(each)s.") % {"each": listed(names, _)} if names else ""


def alternative(drawn: PreviewDrawn, _: Translate = str) -> str:
    """The preview in words, for those who do not see it."""
    numbers = drawn.values[np.isfinite(drawn.values)]
    if not len(numbers):
        return _("Line chart of a series; nothing is drawn yet.")
    message = _(
        "Line chart of %(label)s over %(axis)s, between %(low)s and %(high)s; the "
        "last %(held)s of %(length)s values are shaded as validation."
    )
    sentence = message % {
        "label": _(drawn.label),
        "axis": _(drawn.axis),
        "low": f"{numbers.min():.3g}",
        "high": f"{numbers.max():.3g}",
        "held": f"{drawn.held_out:,}",
        "length": f"{drawn.length:,}",
    }
    return paragraph(*filter(None, (sentence, _of_marks(drawn, _))))


def _shade(start: Any, end: Any) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": start,
        "x1": end,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": GREY,
        "opacity": 0.18,
    }
