"""The forms in which times are written.

Dates with and without clocks, counts of seconds since 1970, digits run together, or
plain numbers.
"""

import re
from functools import lru_cache
from typing import Literal

from explorer.data.time_words import SHORT_MONTHS
from explorer.errors import N_

WEEK = "%G-W%V-%u"

DAYS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"),
    *("%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%m/%d/%y", "%d/%m/%y", "%y/%m/%d", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d"),
    *("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%d/%b/%Y"),
    *("%b %d %Y", "%B %d %Y", "%Y %b %d", "%Y-%b-%d"),
    WEEK,
    *("%Y-%m", "%Y/%m", "%Y年%m月", "%m/%Y", "%m.%Y", "%m-%Y"),
    *("%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%Y-%b", "%Y %b", *SHORT_MONTHS),
)
CLOCKS = (
    *("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S"),
    *(" %I:%M %p", " %I:%M:%S %p", " %I %p"),
)
RUN_TOGETHER = {6: "%Y%m", 8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M"}
RUN_TOGETHER |= {14: "%Y%m%d%H%M%S"}
"""Forms of digits alone, by how many there are."""

ISO, NUMBER, SPREADSHEET = "ISO8601", "number", "spreadsheet"
EPOCHS = {
    N_("seconds"): 1.0,
    N_("milliseconds"): 1e3,
    N_("microseconds"): 1e6,
    N_("nanoseconds"): 1e9,
}
"""Counts since 1970, and how many of them a second has."""

First = Literal["", "day-first", "month-first", "year-first"]
FIRST: tuple[First, ...] = ("day-first", "month-first", "year-first")

LETTERS: dict[str, First] = {
    "d": "day-first",
    **dict.fromkeys("mbB", "month-first"),
    **dict.fromkeys("yY", "year-first"),
}


def first_of(form: str) -> First:
    """Which of day, month and year a form begins with.

    >>> first_of("%d/%m/%Y"), first_of("%b %d %Y")
    ('day-first', 'month-first')
    """
    found = re.search("%[dmbByY]", form)
    return LETTERS[found[0][1]] if found else "year-first"


@lru_cache(1)
def every_form() -> tuple[str, ...]:
    """Every form of dates, with every clock."""
    return tuple(day + clock for day in DAYS for clock in CLOCKS)
