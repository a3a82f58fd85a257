"""Which rows of an own series become one, as its settings say."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.data import content
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.times import spans
from explorer.errors import N_, ExplorerError, Words


def groups_of(
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
