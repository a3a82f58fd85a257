"""Times in order: what an axis shows of them, and the spans that gather them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_

UNITS = {
    "minute": np.timedelta64(1, "m"),
    "hour": np.timedelta64(1, "h"),
    "day": np.timedelta64(1, "D"),
    "week": np.timedelta64(7, "D"),
}
"""Spans that times can be gathered by, all counted from a Monday."""


def places(times: NDArray[Any]) -> tuple[NDArray[Any], str]:
    """What a horizontal axis shows of times in order, and its title."""
    if times.dtype.kind == "f":
        return times, N_("Time")
    days = times.astype("datetime64[D]")
    if (days == times).all():
        return days, N_("Date")
    hours = (times - times[0]) / np.timedelta64(1, "h")
    return hours, N_("Time (hours since the beginning)")


def spans(times: NDArray[Any], unit: str) -> NDArray[np.int64]:
    """(n,) which minute, hour, day, week or month each time is in, counted from the
    first."""
    if unit == "month":
        counted = times.astype("datetime64[M]").astype(np.int64)
    else:
        monday = np.datetime64("1969-12-29", "ms")
        counted = ((times - monday) // UNITS[unit]).astype(np.int64)
    return np.asarray(counted - counted[0])
