"""What does a model get, and what is it asked for? One window and its targets."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Figure, Translate, axis, escape, finite, layout
from explorer.plots.theme import GREY, OTHER


class WindowDrawn(NamedTuple):
    """Exactly what the picture shows, in the units that models see."""

    given: NDArray[np.float32]  # (T,) the series' part of the inputs
    asked: NDArray[np.float32]  # (T,) NaN where nothing is asked, of this series
    ahead: int  # how many steps an answer lies after its step
    beside: tuple[tuple[str, NDArray[np.float32]], ...] = ()  # what else goes in, (T,)
    together: int = 1  # series whose next values are asked for


def extract(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    counted_from: int,
    shifted_time: bool = True,
    names: Sequence[str] = (),
    number: int = 0,
) -> WindowDrawn:
    """One window x (T, I) and its targets y (T, O), of which the first do not count; of
    what is asked for only one series is drawn, that of this number. `names` are of the
    inputs; without them no other is drawn."""
    asked = finite(y[:, number])
    asked[:counted_from] = np.nan
    beside = [(name, finite(x[:, k])) for k, name in enumerate(names) if k != number]
    given = finite(x[:, number])
    return WindowDrawn(given, asked, int(shifted_time), tuple(beside), y.shape[1])


def figure(drawn: WindowDrawn, _: Translate = str) -> Figure:
    """The inputs a grey line, the answers dots one step later."""
    steps = np.arange(1, len(drawn.given) + 1, dtype=np.int32)
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": steps,
            "y": drawn.given,
            "name": _("given"),
            "line": {"color": GREY, "width": 2},
        },
        *_beside(drawn, steps, _),
        {
            "type": "scatter",
            "mode": "markers",
            "x": steps + drawn.ahead,
            "y": drawn.asked,
            "name": _("asked for"),
            "marker": {"color": OTHER, "size": 7},
        },
    ]
    x = axis(_("Step of the window"))
    y = axis(_("Scaled value (no unit)"))
    legend = {
        "orientation": "h",
        "x": 1,
        "xanchor": "right",
        "y": 1,
        "yanchor": "bottom",
    }
    return {
        "data": traces,
        "layout": layout(x, y, margin={"t": 32})
        | {"showlegend": True, "legend": legend},
    }


DASHES = ("dot", "dash", "dashdot", "longdash")
"""Of what goes in beside the series, in its order."""


def _beside(
    drawn: WindowDrawn, steps: NDArray[np.int32], _: Translate
) -> list[dict[str, Any]]:
    """Thin lines of what else goes in."""
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": steps,
            "y": values,
            "name": escape(_(name)),
            "line": {"color": GREY, "width": 1.2, "dash": DASHES[k % len(DASHES)]},
        }
        for k, (name, values) in enumerate(drawn.beside)
    ]


def reading(drawn: WindowDrawn, _: Translate = str) -> str:
    """How many numbers go in and how many answers count."""
    count = int(np.isfinite(drawn.asked).sum())
    message = _(
        "The model reads %(steps)d values, one after the other. At %(count)d of these "
        "steps its answer counts: the next value."
    )
    if drawn.together > 1:
        message = _(
            "The model reads %(steps)d times the values of %(together)d series. At "
            "%(count)d of these steps its answer counts: the next value of each, of "
            "which one series is drawn."
        )
    return message % {
        "steps": len(drawn.given),
        "count": count,
        "together": drawn.together,
    }


def alternative(drawn: WindowDrawn, _: Translate = str) -> str:
    """The picture in words, for those who do not see it."""
    if not len(drawn.given):
        return _("Line chart of a window; nothing is drawn yet.")
    message = _(
        "Line chart of one window of %(steps)d scaled values, with dots for the values "
        "that are asked for, one step later."
    )
    return message % {"steps": len(drawn.given)}
