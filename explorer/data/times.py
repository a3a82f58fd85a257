"""Times in order: what an axis shows of them, and the spans that gather them."""

import re
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


FIRST_DAY = np.datetime64("1899-12-30", "ms")
SPREADSHEET_DAYS = (20_000, 60_000)
"""From which day spreadsheets count, and counts of days in 1954 and in 2064."""

DATE = re.compile("date|datum|fecha|日期", re.IGNORECASE)

HOUR, DAY = UNITS["hour"], UNITS["day"]
NONE = np.timedelta64(0)

AUTUMN = (3, 4, 9, 10, 11)
"""Months in which a country puts its clocks back, north or south."""


def put_back(moments: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Times (n,) of which the hour that comes twice in autumn is counted on, and how
    often that was; either end may be the newest.

    There one step is an hour less than the usual one, which is an hour at most.
    """
    back = len(moments) > 1 and moments[0] > moments[-1]
    ahead = moments[::-1] if back else moments
    steps = np.diff(ahead)
    usual = np.median(steps) if len(steps) else DAY
    again = (steps == usual - HOUR) & (steps <= NONE)
    days = ahead[1:][again].astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    at_night = np.isin(months, AUTUMN) & (ahead[1:][again] - days <= 4 * HOUR)
    if not again.any() or not at_night.all() or (steps[~again] <= NONE).any():
        return moments, 0
    if (np.diff(days) < 300 * DAY).any():
        return moments, 0
    later = ahead + np.append(0, np.cumsum(again)) * HOUR
    return (later[::-1] if back else later), int(again.sum())


def in_order_of_years(times: NDArray[Any]) -> NDArray[Any]:
    """Times (n,) whose years had two digits, in the centuries that keep them in order.

    POSIX takes 55 for 2055: where 1955 to 2005 are meant, the years leap at 69. The
    newest time is what POSIX takes it for.
    """
    years = times.astype("datetime64[Y]").astype(np.int64)
    leaps = np.diff(years)
    after = np.append(0, np.cumsum((leaps < -50).astype(int) - (leaps > 50)))
    if not after.any():
        return times
    after -= after[(years + 100 * after).argmax()]
    months = times.astype("datetime64[M]")
    moved = (months + 1200 * after) + (times - months)
    return moved if in_order(moved) else times


def of_spreadsheet(days: NDArray[np.float64], called: str) -> NDArray[Any] | None:
    """Times of days (n,) counted as spreadsheets do, to the second, in a column that is
    called a date; else None.

    >>> of_spreadsheet(np.array([44562, 44563.5]), "Date").astype(str).tolist()
    ['2022-01-01T00:00:00.000', '2022-01-02T12:00:00.000']
    >>> of_spreadsheet(np.array([44562, 44563]), "step")
    """
    low, high = SPREADSHEET_DAYS
    usual = bool(((low <= days) & (days <= high)).all())
    if not usual or not DATE.search(called) or not in_order(days):
        return None
    seconds = (days * 86_400).round().astype(np.int64)
    return np.asarray(FIRST_DAY + seconds * np.timedelta64(1000, "ms"))


def in_order(times: NDArray[Any]) -> bool:
    """Whether times only rise or only fall."""
    steps = np.diff(times)
    none = np.zeros(1, steps.dtype)
    return bool((steps >= none).all() or (steps <= none).all())


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
