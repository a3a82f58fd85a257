"""What does the series look like? All of it, its validation part shaded."""

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
from explorer.plots.theme import GREY

KEPT_POINTS = 400
"""A drawer is narrow."""


class PreviewDrawn(NamedTuple):
    """Exactly what the preview shows, in the series' real units."""

    positions: NDArray[Any]  # (k,) numbers or datetime64[D]
    values: NDArray[np.float32]  # (k,)
    begins: Any  # position of the first validation value; None without a series
    length: int  # values before thinning
    held_out: int  # of which validation
    axis: str
    label: str


def extract(
    positions: NDArray[Any], values: NDArray[Any], split: int, axis: str, label: str
) -> PreviewDrawn:
    """Thin a series (n,) whose validation part begins at index `split`."""
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
    return {
        "data": [line],
        "layout": layout(
            x, y, shapes=shapes, annotations=words, margin={"t": 24, "r": 12}
        ),
    }


def reading(drawn: PreviewDrawn, _: Translate = str) -> str:
    """How long the series is, and how much of it is held out."""
    if not drawn.length:
        return _("The series is empty.")
    message = _(
        "%(length)d values; the last %(held)d are held out to validate the model."
    )
    return message % {"length": drawn.length, "held": drawn.held_out}


def alternative(drawn: PreviewDrawn, _: Translate = str) -> str:
    """The preview in words, for those who do not see it."""
    known = drawn.values[np.isfinite(drawn.values)]
    if not len(known):
        return _("Line chart of a series; nothing is drawn yet.")
    message = _(
        "Line chart of %(label)s over %(axis)s, between %(low)s and %(high)s; the "
        "last %(held)d of %(length)d values are shaded as validation."
    )
    return message % {
        "label": _(drawn.label),
        "axis": _(drawn.axis),
        "low": f"{known.min():.3g}",
        "high": f"{known.max():.3g}",
        "held": drawn.held_out,
        "length": drawn.length,
    }


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
