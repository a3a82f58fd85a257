"""How far back does a value tell of another? The correlation at every lag."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    band,
    corner_note,
    finite,
    layout,
)
from explorer.plots.theme import OTHER


class AutocorrelationDrawn(NamedTuple):
    """Exactly what the stems show."""

    lags: NDArray[np.int32]  # (k,) from 1 on, in steps
    values: NDArray[np.float32]  # (k,) -1..1
    band: float  # what white noise stays within


def extract(values: NDArray[np.float32], band: float) -> AutocorrelationDrawn:
    """Read correlations by lag, from lag 0, which says nothing, on."""
    lags = np.arange(1, len(values), dtype=np.int32)
    return AutocorrelationDrawn(lags, finite(values[1:]), band)


def figure(drawn: AutocorrelationDrawn, _: Translate = str) -> Figure:
    """A bar per lag, and the band of noise behind them in grey."""
    bar = {
        "type": "bar",
        "x": drawn.lags,
        "y": drawn.values,
        "marker": {"color": OTHER},
        "name": _("autocorrelation"),
    }
    words = corner_note(_("shaded: what pure noise stays within"))
    there = len(drawn.lags) > 0
    x = axis(_("Lag (steps)"), rangemode="tozero")
    y = axis(_("Autocorrelation (−1 to 1)"), range=[-1.05, 1.05])
    return {
        "data": [bar],
        "layout": layout(
            x,
            y,
            bargap=0.3,
            shapes=[band(-drawn.band, drawn.band, 0.25)] if there else [],
            annotations=[words] if there else [],
            margin={"t": 28},
        ),
    }


def reading(drawn: AutocorrelationDrawn, _: Translate = str) -> str:
    """How far back a model has something to look at."""
    inside = np.flatnonzero(np.abs(drawn.values) <= drawn.band)
    if not len(drawn.lags):
        return _("There is nothing to compare with itself.")
    if len(inside) and inside[0] == 0:
        return _(
            "The last value alone says nothing about the next one: in this respect "
            "the series is like noise."
        )
    far = np.flatnonzero(np.abs(drawn.values) > drawn.band)
    if len(inside) == 0:
        message = _(
            "Even values %(lag)d steps apart are correlated: a long window has "
            "something to look at."
        )
        return message % {"lag": int(drawn.lags[-1])}
    message = _(
        "Values up to %(lag)d steps apart are all correlated, and some up to %(far)d "
        "steps: a window should reach that far."
    )
    return message % {"lag": int(inside[0]), "far": int(drawn.lags[far[-1]])}


def alternative(drawn: AutocorrelationDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    if not len(drawn.lags):
        return _("Bar chart of autocorrelation by lag; nothing is drawn yet.")
    message = _(
        "Bar chart of autocorrelation at lags 1 to %(last)d: %(first)s at lag 1, "
        "%(end)s at the last. Noise stays within ±%(band)s."
    )
    return message % {
        "last": int(drawn.lags[-1]),
        "first": f"{drawn.values[0]:.2f}",
        "end": f"{drawn.values[-1]:.2f}",
        "band": f"{drawn.band:.2g}",
    }
