"""Which rows of an own series are left, and which of them become one."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data import content
from explorer.data.base import Floats
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.prepare import gathered
from explorer.data.stored_series import OwnSeries
from explorer.data.times import spans
from explorer.errors import N_, ExplorerError, Words


class Left(NamedTuple):
    """The n rows of a file that are left, and how they are gathered into g."""

    there: NDArray[np.bool_]  # (rows of the file,)
    times: NDArray[Any] | None  # (n,)
    groups: NDArray[np.int64]  # (n,) rising from 0
    by_mean: bool
    """Else the first row of each group is kept."""

    def gathered(self, values: Floats) -> Floats:
        """A column's values (n,) of the rows that are left, as (g,)."""
        return gathered(values, self.groups, self.by_mean)


def left(settings: OwnSeriesSettings, own: OwnSeries) -> Left:
    """The rows of a series that its settings leave.

    Raises:
        ExplorerError: for spans of time where there are no dates, or too many spans.
    """
    drop = settings.missing == "drop"
    there = np.isfinite(own.values) if drop else np.ones(len(own.values), bool)
    times = None if own.times is None else own.times[there]
    groups = _groups(settings, int(there.sum()), times)
    return Left(there, times, groups, settings.resample not in ("none", "nth"))


def _groups(
    settings: OwnSeriesSettings, n: int, times: NDArray[Any] | None
) -> NDArray[np.int64]:
    """(n,) which rows become one.

    Raises:
        ExplorerError: for spans of time where there are no dates, or too many spans.
    """
    rows = np.arange(n)
    if settings.resample == "none":
        return rows
    if settings.resample != "time":
        return rows // settings.every
    if times is None or times.dtype.kind != "M":
        raise ExplorerError(
            N_(
                "Resampling by time needs a column of dates, but this series has none. "
                "Take every n-th row or the mean of n, or give the file again and "
                "choose its time column."
            )
        )
    found = spans(times, settings.span)
    if n and found[-1] >= content.MAX_SERIES_VALUES:
        raise ExplorerError(
            N_(
                "A series may have %(most)s values, but from its first to its last "
                "date there are %(came)s spans of a %(span)s. Choose a longer span."
            ),
            most=f"{content.MAX_SERIES_VALUES:,}",
            came=f"{found[-1] + 1:,}",
            span=Words(settings.span),
        )
    return found


def evenly(at: NDArray[Any], groups: NDArray[np.int64], count: int) -> NDArray[Any]:
    """Places (count,) of all groups, those without a row between their neighbours."""
    between = np.interp(np.arange(count), np.unique(groups), at.astype(np.float64))
    return (
        between.astype(np.int64).astype(at.dtype) if at.dtype.kind == "M" else between
    )
