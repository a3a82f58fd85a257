"""Times in several columns: a date and a clock, or year, month, day and hour."""

import re
from collections.abc import Mapping, Sequence

from explorer.data.time_cells import are_clocks
from explorer.data.time_forms import NUMBER, find_times
from explorer.data.time_words import MONTH

SIGN = " + "
"""Between the names of columns that together say when."""

CALENDAR: Mapping[str, tuple[str, range]] = {
    "year": (r"year|yr|yyyy|jahr|année|año|年|年份", range(1800, 2200)),
    "month": (r"month|mon|mo|mm|monat|mois|mes|月|月份", range(1, 13)),
    "day": (r"day|dy|dd|tag|jour|día|日", range(1, 32)),
    "hour": (r"hour|hr|hh|stunde|heure|hora|时|時|小时", range(25)),
}
"""Parts of a time in columns of their own: what they are called, and their numbers."""


def joined_columns(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of columns that together say when, the first of them as a rule.

    >>> joined_columns({"Date": ["2024-01-31"], "Time": ["23:59"], "Value": ["1"]})
    ['Date', 'Time']
    >>> joined_columns({"year": ["2024"], "month": ["1"], "day": ["31"], "rain": ["2"]})
    ['year', 'month', 'day']
    """
    found = {part: _called(part, columns) for part in CALENDAR}
    clocks = [name for name, cells in columns.items() if are_clocks(cells)]
    finer = clocks[:1] or [name for name in [found["hour"]] if name]
    days = next((name for name, cells in columns.items() if _are_days(name, cells)), "")
    if days:
        return [days, *finer] if finer else []
    calendar = [found["year"], found["month"], found["day"]]
    if all(calendar):
        return [*calendar, *finer]
    return calendar[:2] if all(calendar[:2]) else []


def joined_cells(columns: Sequence[Sequence[str]]) -> list[str]:
    """One time of the cells of each row.

    >>> joined_cells([["2024"], ["1"], ["31"], ["7"]])
    ['2024-1-31 7:00']
    >>> joined_cells([["31.01.2024"], ["23:59"]])
    ['31.01.2024 23:59']
    """
    return [_time(row) for row in zip(*columns, strict=True)]


def _time(row: Sequence[str]) -> str:
    dates = list(row)
    clock = dates.pop() if len(row) in (2, 4) and not _is_year(row) else ""
    if clock.isdigit():
        clock = f"{clock}:00"
    return f"{'-'.join(dates)} {clock}".strip() if all(row) else ""


def _is_year(row: Sequence[str]) -> bool:
    """Whether two columns are a year and a month."""
    return len(row) == 2 and re.fullmatch("[0-9]{4}", row[0]) is not None


def _called(part: str, columns: Mapping[str, Sequence[str]]) -> str:
    """The column of whole numbers, or of months' names, that is called so."""
    names, among = CALENDAR[part]
    for name, cells in columns.items():
        if not re.fullmatch(names, name.strip(), re.IGNORECASE) or not cells:
            continue
        if all(re.fullmatch("[0-9]{1,4}", c) and int(c) in among for c in cells):
            return name
        if part == "month" and all(
            re.fullmatch(MONTH, c, re.IGNORECASE) for c in cells
        ):
            return name
    return ""


def _are_days(name: str, cells: Sequence[str]) -> bool:
    """Whether a column holds dates without a clock."""
    if not cells or are_clocks(cells):
        return False
    found = find_times(cells, name)
    if found is None or found.form == NUMBER:
        return False
    return bool((found.values == found.values.astype("datetime64[D]")).all())
