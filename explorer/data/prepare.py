"""From a raw column to what a model is given, in steps that hide nothing.

missing values -> outliers -> resampling -> changes -> scaling, each a pure function of
numbers. Whatever is fitted (bounds of outliers, scale) is fitted on the training part,
and whatever looks ahead (lines through gaps) stops at its end: held-out values change
nothing before them.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.base import Floats, Scaler
from explorer.errors import N_, ExplorerError

Missing = Literal["forward", "drop", "linear", "mask"]
Outliers = Literal["none", "iqr", "zscore"]
Resample = Literal["none", "nth", "mean", "time"]
Span = Literal["minute", "hour", "day", "week", "month"]
Change = Literal["none", "difference", "log_return"]
Scaling = Literal["standard", "minmax", "none"]
Beside = Literal["given", "foretold", "left_out"]


class Bounds(NamedTuple):
    """Where outliers begin."""

    low: float
    high: float


def fill(values: Floats, split: int, missing: Missing) -> Floats:
    """Values (n,) without gaps; with "mask", and where nothing was seen yet, gaps stay.

    A line through a gap needs the value after it: the training part, before `split`,
    looks no further than its own end.
    """
    if missing in ("mask", "drop"):
        return values
    if missing == "forward":
        return forward(values)
    known = np.flatnonzero(np.isfinite(values))
    early = known[known < split]
    filled = np.array(values, np.float64)
    for part, seen in ((slice(0, split), early), (slice(split, None), known)):
        places = np.arange(len(values))[part]
        if len(seen):
            filled[part] = np.interp(places, seen, values[seen])
    if len(known):
        filled[: known[0]] = np.nan
    return filled


def forward(values: Floats) -> Floats:
    """(n,) each gap filled with the last value before it; NaN before the first."""
    there = np.isfinite(values)
    newest = np.maximum.accumulate(np.where(there, np.arange(len(values)), 0))
    return np.asarray(values[newest])


def outlier_bounds(training_part: Floats, rule: Outliers, reach: float) -> Bounds:
    """What is beyond is an outlier; infinite where there is no rule.

    "iqr": `reach` interquartile ranges beyond the quartiles (Tukey, 1977, with 1.5);
    "zscore": `reach` standard deviations from the mean.
    """
    finite = training_part[np.isfinite(training_part)]
    if rule == "none" or not len(finite):
        return Bounds(-np.inf, np.inf)
    if rule == "iqr":
        low, high = np.quantile(finite, (0.25, 0.75))
        room = reach * (high - low)
    else:
        low = high = np.mean(finite)
        room = reach * np.std(finite)
    return Bounds(float(low - room), float(high + room))


def gathered(values: Floats, groups: NDArray[np.integer], by_mean: bool) -> Floats:
    """One value per group (g,): the mean of what is known, or the first row's.

    Args:
        values: (n,) with NaN for gaps.
        groups: (n,) the group of each row, rising from 0; a group may have no rows.
        by_mean: else the first row of each group is kept.
    """
    count = int(groups[-1]) + 1
    found = np.full(count, np.nan)
    if not by_mean:
        first = np.flatnonzero(np.diff(groups, prepend=-1))
        found[groups[first]] = values[first]
        return found
    known = np.isfinite(values)
    n = np.bincount(groups[known], minlength=count)
    total = np.bincount(groups[known], values[known], minlength=count)
    found[n > 0] = total[n > 0] / n[n > 0]
    return found


def changes(levels: Floats, before: Floats, change: Change) -> Floats:
    """(n,) what is asked for at each place, given the level one place before it.

    Raises:
        ExplorerError: for log returns of values that are not above zero.
    """
    if change == "none":
        return levels
    if change == "difference":
        return np.asarray(levels - before)
    finite = levels[np.isfinite(levels)]
    if (finite <= 0).any() or (before <= 0).any():
        raise ExplorerError(
            N_(
                "Log returns need values above zero, but the least here is "
                "%(least)s. Choose differences instead."
            ),
            least=f"{finite.min():g}",
        )
    return np.asarray(np.log(levels / before))


def fitted(training_part: Floats, scaling: Scaling) -> Scaler:
    """The scaler of a training part, which has no gaps: mean 0 and deviation 1, from 0
    to 1, or as it is."""
    if scaling == "standard":
        return Scaler.fit(training_part)
    if scaling == "none":
        return Scaler()
    low, high = float(np.min(training_part)), float(np.max(training_part))
    return Scaler(low, high - low if high > low else 1.0)


def difference_after(scaled: Floats, shown: Floats, scaler: Scaler) -> Floats:
    """The last value and a predicted difference make a value."""
    return np.asarray(shown + scaler.undo(scaled))


def log_return_after(scaled: Floats, shown: Floats, scaler: Scaler) -> Floats:
    """The last value and a predicted log return make a value."""
    return np.asarray(shown * np.exp(scaler.undo(scaled)))
