"""The vertical axis of a chart of losses: its range and its ticks."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from explorer.plots.parts import Translate, axis, short

DENSE_DECADES, SPARSE_DECADES = 0.7, 3.0
"""Up to the first, every tick has its label; from the second on, only decades."""

Span = tuple[float, float]
"""The lower and the upper end, on a logarithmic axis as powers of ten."""


def loss_span(
    curves: Iterable[ArrayLike],
    steady: Iterable[float],
    floor: float | None,
    y_log: bool,
) -> Span | None:
    """The range in tenths of a decade, so that it moves seldom.

    A floor or a loss that lies far off is left outside rather than squeezing the rest:
    three decades above the start and the steady lines, one decade below all else.
    None where there is nothing to see.

    Args:
        curves: losses as they came, each (n,); NaN where not finite.
        steady: the baselines.
        floor: the lowest loss that is possible.
        y_log: whether equal distances are equal ratios.
    """
    given = [np.asarray(curve, np.float64) for curve in (*curves, list(steady))]
    *losses, level = [values[np.isfinite(values)] for values in given]
    shown = np.concatenate([*losses, level, [] if floor is None else [floor]])
    positive = shown[shown > 0]
    if not len(positive):
        return None if y_log or not len(shown) else (float(shown.min()) - 1.0, 1.0)
    begun = [curve[0] for curve in losses if len(curve)]
    start = max([*begun, *level, floor or 0.0, positive.min()])
    high = math.ceil(10 * math.log10(min(positive.max(), 1e3 * start)) + 0.5) / 10
    if not y_log:
        return min(0.0, 1.1 * float(shown.min())), 10.0**high
    above = positive if floor is None else positive[positive != floor]
    low = float((above if len(above) else positive).min())
    if floor is not None and low / 10 < floor:
        low = min(low, floor)
    return max(math.floor(10 * math.log10(low) - 0.5) / 10, high - 8), high


def loss_axis(title: str, span: Span | None, y_log: bool) -> dict[str, Any]:
    """The axis over `span`; as far as the data where that is None."""
    y = axis(title, uirevision=str(y_log))
    y |= {"type": "log", "tickformat": "~g"} if y_log else {"type": "linear"}
    if span is not None:
        y["range"] = list(span)
        if y_log and span[1] - span[0] > DENSE_DECADES:
            # Labels at 1, 2 and 5 of a decade; more would lie on each other.
            y["dtick"] = "D2" if span[1] - span[0] < SPARSE_DECADES else 1
    return y


def levels_in_words(levels: Iterable[tuple[str, float]], _: Translate) -> list[str]:
    """What the steady lines of a chart stand at, each as in "floor: 0.0194."."""
    return [
        _("%(name)s: %(value)s.") % {"name": _(name), "value": short(value)}
        for name, value in levels
    ]
