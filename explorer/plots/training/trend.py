"""Whether a loss still falls, or rises while examples are learned by heart: the rules
by which more training is judged."""

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Points

RECENT = 1 / 3
"""Of the training so far: this last share of it is looked at."""

FEWEST = 4
"""Measurements without which nothing is said."""

WORTH = 0.3
"""Of what is left above the floor: what as many steps again must promise."""

SEEN = 0.01
"""Of the loss itself: a recent fall, or rise, by less is none."""

SURE = 2.0
"""Standard deviations by which more pairs of measurements must fall than by chance."""

RISEN = 0.1
"""A rise of validation by less than this share of its lowest value is luck."""

WON_BACK = 0.05
"""A rise by less than this share of its fall before is too little to matter, however
often it holds the lowest value: who is right 98 times in 100 has learned the rule."""

LATEST = 0.05
"""Where training stands by now is the median of this last share of the curve."""

BEFORE = 20
"""Training losses, as drawn, that are looked at before validation was lowest."""

Floats = NDArray[np.float64]

Trend = Literal["unknown", "falls", "level", "rises"]


def trend(when: Points, losses: Points, floor: float) -> Trend:
    """Where the latest measurements go, and whether more training is worth it.

    Two robust statistics: the median slope of all pairs, which one outlier does not
    move (Theil, 1950; Sen, 1968), and how many more pairs fall than rise, against
    chance (Mann, 1945; Kendall, 1975). A loss falls where it came down by `SEEN` of
    itself and where, at the slope of the latest half, as many steps again would win
    `WORTH` of what is left above the floor: what fell at first and lies flat since is
    level. Where pairs fall no more often than by chance, nobody knows.

    Args:
        when: (m,) steps of the measurements, or seconds, rising.
        losses: (m,) NaN where one was no number.
        floor: below which the loss is not expected to go.
    """
    finite = np.isfinite(losses)
    x, y = when[finite].astype(np.float64), losses[finite].astype(np.float64)
    if len(x) < FEWEST:
        return "unknown"
    x, y = _latest(x, y, RECENT * x[-1])
    later = _slope(*_latest(x, y, (x[-1] - x[0]) / 2))
    span, now = float(x[-1] - x[0]), float(y[-1])
    fall, sure = -_slope(x, y) * span, _sureness(y)
    if -fall > SEEN * now and sure < -SURE:
        return "rises"
    promised = -later * float(x[-1])
    if fall < SEEN * now or promised <= 0 or promised < WORTH * (now - floor):
        return "level"
    return "falls" if sure > SURE else "unknown"


def _latest(x: Floats, y: Floats, span: float) -> tuple[Floats, Floats]:
    """The points of the last stretch of that length, but `FEWEST` at least."""
    first = min(len(x) - FEWEST, int(np.searchsorted(x, x[-1] - span)))
    return x[first:], y[first:]


@lru_cache(maxsize=32)
def _pairs(n: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(n (n - 1) / 2,) the earlier and the later one of every pair of n points."""
    return np.triu_indices(n, 1)


def _slope(x: Floats, y: Floats) -> float:
    """The median slope of all pairs of points."""
    i, j = _pairs(len(x))
    return float(np.median((y[j] - y[i]) / (x[j] - x[i])))


def _sureness(y: Floats) -> float:
    """How many more pairs fall than rise, in standard deviations of what chance does:
    n (n - 1) (2 n + 5) / 18."""
    n = len(y)
    i, j = _pairs(n)
    return float(np.sign(y[i] - y[j]).sum() / np.sqrt(n * (n - 1) * (2 * n + 5) / 18))


def latest(losses: Points) -> float | None:
    """Where training stands by now: the median of its latest (n,) losses; None before
    there is one."""
    recent = losses[len(losses) - max(1, round(len(losses) * LATEST)) :]
    recent = np.sort(recent[np.isfinite(recent)])
    n = len(recent)
    # As np.median, which takes ten times as long to look at so few.
    return float(recent[(n - 1) // 2 : n // 2 + 1].mean()) if n else None


def rise_by_heart(
    when: Points, validation: Points, x: Points, training: Points, now: float | None
) -> float | None:
    """How far validation has risen from its lowest point, as a share, where training
    went on falling meanwhile; None where it did not, or where the rise is small beside
    the lowest loss, or beside the fall that came before.

    Args:
        when, validation: (m,) the measurements.
        x, training: (n,) where training was, and its losses.
        now: the training loss by now.
    """
    finite = np.isfinite(validation)
    seen, when = validation[finite], when[finite]
    if not len(seen) or now is None:
        return None
    best = int(seen.argmin())
    lowest, rise = float(seen[best]), float(seen[-1] - seen[best])
    fall = float(seen[: best + 1].max()) - lowest
    then = training[(x <= when[best]) & np.isfinite(training)][-BEFORE:]
    if lowest <= 0 or rise < max(RISEN * lowest, WON_BACK * fall) or not len(then):
        return None
    return rise / lowest if now < np.median(then) else None
