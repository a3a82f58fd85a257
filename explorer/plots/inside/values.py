"""What the values of a heat map come to: figures of the values as they are, however
far the colours reach, and the sentence about them."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from explorer.plots.parts import Translate, short

SHUT = 0.1
"""A gate below is nearly shut."""

EDGE = 0.95
"""Of the range of the colours: beyond it a value lies at their ends."""

STEPS = 10
"""Of so many steps one after the other it is told what a gate leaves."""


class Values(NamedTuple):
    """Figures of the values (T, H) of one capture."""

    least: float
    greatest: float
    mean: float
    shut: float  # share below `SHUT`
    at_ends: float  # share beyond `EDGE` of the colours' range
    beyond: float  # share that the colours do not reach
    left: float  # of what a gate is given: kept after `steps` steps, on average
    steps: int


def summed_up(
    values: NDArray[np.floating], low: float, high: float, centred: bool
) -> Values | None:
    """The figures of (T, H) where the colours run from `low` to `high`; None where no
    value is a number."""
    finite = values[np.isfinite(values)].astype(np.float64)
    if not len(finite):
        return None
    reach = max(abs(low), abs(high))
    edge = np.abs(finite) / reach if centred else (finite - low) / (high - low)
    steps = min(STEPS, len(values))
    return Values(
        float(finite.min()) + 0.0,  # no -0
        float(finite.max()) + 0.0,
        float(finite.mean()),
        float(np.mean(finite < SHUT)),
        float(np.mean(edge >= EDGE)),
        float(np.mean((edge > 1) | (edge < 0))),
        left_after(values, steps),
        steps,
    )


def left_after(gate: NDArray[np.floating], steps: int) -> float:
    """The mean over units and beginnings of a gate's product over so many steps.

    >>> round(left_after(np.full((12, 3), 0.74), 10), 4)
    0.0492
    """
    runs = sliding_window_view(gate.astype(np.float64), steps, axis=0)  # (., H, steps)
    products = runs.prod(-1)
    finite = products[np.isfinite(products)]
    return float(finite.mean()) if len(finite) else float("nan")


def in_words(
    values: Values | None,
    title: str,
    sentence: str,
    span: tuple[float, float, bool],
    _: Translate,
) -> str:
    """What the values have in common, in one sentence.

    Args:
        values: their figures; None where there is nothing yet.
        title: what they are, in English.
        sentence: of a gate, its own; a plain one where empty.
        span: low and high end of the colours, and whether they are centred.
    """
    if values is None:
        return _("There is nothing to see inside yet.")
    if sentence:
        return _(sentence) % {
            "mean": 100 * values.mean,
            "shut": 100 * values.shut,
            "left": short(100 * values.left),
            "steps": values.steps,
        }
    low, high, centred = span
    reach = max(abs(low), abs(high))
    return _plain(values, centred, _) % {
        "title": _(title),
        "low": short(values.least),
        "high": short(values.greatest),
        "mean": short(values.mean),
        "ends": 100 * values.at_ends,
        "beyond": short(100 * values.beyond),
        "edge": short(reach if values.beyond else EDGE * reach),
        "first": short(low),
        "last": short(high),
    }


def _plain(values: Values, centred: bool, _: Translate) -> str:
    """The sentence of values that have none of their own."""
    if centred and values.beyond:
        return _(
            "%(title)s: values run from %(low)s to %(high)s; %(beyond)s %% lie beyond "
            "±%(edge)s, where the colours end."
        )
    if centred:
        return _(
            "%(title)s: values run from %(low)s to %(high)s; %(ends).0f %% lie at the "
            "ends of the colours, beyond ±%(edge)s."
        )
    if values.beyond:
        return _(
            "%(title)s: values run from %(low)s to %(high)s, on average %(mean)s; "
            "%(beyond)s %% lie outside of %(first)s to %(last)s, where the colours end."
        )
    return _("%(title)s: values run from %(low)s to %(high)s, on average %(mean)s.")
