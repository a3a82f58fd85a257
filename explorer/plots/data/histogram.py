"""Which values come how often? A histogram, with the mean."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Figure, Translate, axis, escape, layout
from explorer.plots.theme import GREY

BINS = 40


class HistogramDrawn(NamedTuple):
    """Exactly what the bars show."""

    middles: NDArray[np.float64]  # (k,) in the values' units
    counts: NDArray[np.int32]  # (k,)
    width: float
    mean: float | None
    label: str


def extract(values: NDArray[Any], label: str) -> HistogramDrawn:
    """Count the values (n,) that are finite in equal bins from least to greatest."""
    finite = np.asarray(values, np.float64)
    finite = finite[np.isfinite(finite)]
    if not len(finite):
        return HistogramDrawn(np.empty(0), np.empty(0, np.int32), 1.0, None, label)
    low, high = float(finite.min()), float(finite.max())
    if not high - low > 1e-12 * max(abs(low), abs(high)):
        room = max(1.0, abs(high)) / 2
        low, high = low - room, high + room
    counts, edges = np.histogram(finite, BINS, (low, high))
    middles = (edges[:-1] + edges[1:]) / 2
    width = float(edges[1] - edges[0])
    mean = float(finite.mean())
    return HistogramDrawn(middles, counts.astype(np.int32), width, mean, label)


def figure(drawn: HistogramDrawn, _: Translate = str) -> Figure:
    """Bars in grey, the mean a dotted line."""
    bar = {
        "type": "bar",
        "x": drawn.middles,
        "y": drawn.counts,
        "width": drawn.width,
        "marker": {"color": GREY},
        "name": _("count"),
    }
    shapes, words = [], []
    if drawn.mean is not None:
        shapes.append(_upright(drawn.mean))
        words.append(
            {
                "x": drawn.mean,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "showarrow": False,
                "text": escape(_("mean")),
            }
        )
    x = axis(escape(_(drawn.label) if drawn.label else _("value")))
    y = axis(_("Count (values)"), rangemode="tozero")
    return {
        "data": [bar],
        "layout": layout(
            x, y, bargap=0, shapes=shapes, annotations=words, margin={"t": 28}
        ),
    }


def _upright(x: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": GREY, "width": 2, "dash": "dot"},
    }


def alternative(drawn: HistogramDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    if drawn.mean is None:
        return _("Histogram of values; nothing is drawn yet.")
    top = int(drawn.counts.argmax())
    message = _(
        "Histogram of %(label)s: %(count)s values from %(low)s to %(high)s with mean "
        "%(mean)s, most often near %(top)s."
    )
    return message % {
        "label": _(drawn.label),
        "count": f"{int(drawn.counts.sum()):,}",
        "low": f"{drawn.middles[0] - drawn.width / 2:.3g}",
        "high": f"{drawn.middles[-1] + drawn.width / 2:.3g}",
        "mean": f"{drawn.mean:.3g}",
        "top": f"{drawn.middles[top]:.3g}",
    }
