"""Whether a loss still falls, or rises while examples are learned by heart: the rules
by which more training is judged."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Points

RECENT = 1 / 3
"""Of the training so far: this last share of it is looked at."""

FEWEST = 4
"""Measurements without which nothing is said."""

WORTH = 0.1
"""Of what is left above the floor: a recent fall by less changes little."""

SEEN = 0.01
"""Of the loss itself: nor does a fall by less."""

SURE = 2.0
"""Standard errors by which a line must fall."""

RISEN = 0.1
"""A rise of validation by less than this share of its lowest value is luck."""

BEFORE = 20
"""Training losses, as drawn, that are looked at before validation was lowest."""

Trend = Literal["unknown", "falls", "level", "rises"]


def trend(when: Points, losses: Points, floor: float) -> Trend:
    """What a straight line through the latest measurements says.

    It falls where, over that stretch, it came down by `WORTH` of what is still above
    the floor and by `SEEN` of the loss; where that is within the scatter of the
    measurements, nobody knows. It rises where it went up by `SEEN` and more than they
    scatter.

    Args:
        when: (m,) steps of the measurements, or seconds, rising.
        losses: (m,) NaN where one was no number.
        floor: below which the loss is not expected to go.
    """
    known = np.isfinite(losses)
    x, y = when[known].astype(np.float64), losses[known].astype(np.float64)
    if len(x) < FEWEST:
        return "unknown"
    first = min(len(x) - FEWEST, int(np.searchsorted(x, x[-1] - RECENT * x[-1])))
    x, y = x[first:], y[first:]
    slope, error = _line(x, y)
    span = float(x[-1] - x[0])
    fall, scatter = -slope * span, error * span
    now = float(y[-1])
    if -fall > max(SEEN * now, SURE * scatter):
        return "rises"
    if fall <= 0 or fall < max(WORTH * (now - floor), SEEN * now):
        return "level"
    return "falls" if fall > SURE * scatter else "unknown"


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Least squares: the slope and its standard error."""
    away = x - x.mean()
    width = float(away @ away)
    slope = float(away @ y) / width
    left = y - y.mean() - slope * away
    return slope, float(np.sqrt(left @ left / (len(x) - 2) / width))


def rise_by_heart(
    when: Points, validation: Points, x: Points, training: Points, now: float | None
) -> float | None:
    """How far validation has risen from its lowest point, as a share, where training
    went on falling meanwhile; None where it did not.

    Args:
        when, validation: (m,) the measurements, of which one is a number.
        x, training: (n,) where training was, and its losses.
        now: the training loss by now.
    """
    known = np.isfinite(validation)
    seen, when = validation[known], when[known]
    best = int(seen.argmin())
    rise = float(seen[-1] / seen[best] - 1) if seen[best] > 0 else 0.0
    then = training[(x <= when[best]) & np.isfinite(training)][-BEFORE:]
    if rise < RISEN or not len(then) or now is None:
        return None
    return rise if now < np.median(then) else None
