"""Which columns are called by times: months, quarters, years, dates or hours."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from explorer.data.periods import first_day, months_of
from explorer.data.time_cells import looks_like_time
from explorer.data.time_forms import NUMBER
from explorer.data.time_reading import find_times
from explorer.data.time_words import ENGLISH, MONTHS

YEAR = re.compile("(?:1[5-9]|20|21)[0-9]{2}")
HOUR = re.compile(
    r"(?:h|he|hr|hour|stunde|std|heure|hora|小时|时段)[ _.-]?(?P<counted>[0-9]{1,2})"
    r"|(?P<hour>[0-9]{1,2})(?: ?h|时|點|点|:(?P<minute>[0-5][0-9])(?::00)?)"
    r"(?: ?[-–] ?[0-9]{1,2}(?::[0-5][0-9])?)?",
    re.IGNORECASE,
)
CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
FEWEST_TIMES = 3
HOURS_A_DAY = (24, 25)


class Columns(NamedTuple):
    """The columns that are times."""

    kind: str  # months, years, dates or hours
    parts: dict[int, str]  # place of a column -> the time that it is


def month_of(name: str) -> int:
    """Which month, or month with which a quarter begins, a name tells; 0 for others.

    >>> [month_of(name) for name in ("Feb", "März", "3月", "十二月", "Q3", "第二季度")]
    [2, 3, 3, 12, 7, 4]
    >>> month_of("fox"), month_of("12"), month_of("W05"), month_of("HALF1")
    (0, 0, 0, 0)
    >>> month_of("１２月"), month_of("²月"), month_of("9" * 6000 + "月")
    (12, 0, 0)
    """
    return _month_of(name) or _quarter_of(name)


def _month_of(name: str) -> int:
    plain = name.strip().rstrip(".").lower()
    if plain in MONTHS:
        return ENGLISH.index(MONTHS[plain].title()[:3]) + 1
    if plain.endswith("月"):
        number = plain.removesuffix("月")
        if number in CHINESE:
            return CHINESE.index(number) + 1
        counted = number.isdecimal() and len(number) <= 2 and 1 <= int(number) <= 12
        return int(number) if counted else 0
    return _first_month(plain, 1)


def _quarter_of(name: str) -> int:
    return _first_month(name.strip().rstrip(".").lower(), 3)


def _first_month(name: str, months: int) -> int:
    """With which month a part of a year begins that lasts so many."""
    for begun in (f"2000 {name}", f"2000年{name}"):
        found = first_day(begun)
        if re.fullmatch("2000-[0-9]{2}", found) and months_of(begun) == months:
            return int(found[5:])
    return 0


def time_columns(names: Sequence[str]) -> Columns | None:
    """Which columns are times, if there are enough of one kind.

    >>> time_columns(["Year", *"Q1 Q2 Q3 Q4".split(), "Total"])
    Columns(kind='months', parts={1: '01', 2: '04', 3: '07', 4: '10'})
    >>> time_columns(["Country", "2019", "2020", "2021"]).kind
    'years'
    >>> time_columns(["Date", "Jan", "Feb"])
    """
    for of, every in ((_month_of, [*range(1, 13)]), (_quarter_of, [1, 4, 7, 10])):
        months = {k: month for k, name in enumerate(names) if (month := of(name))}
        if sorted(months.values()) == every:
            return Columns("months", {k: f"{m:02}" for k, m in months.items()})
    years = {k: name.strip() for k, name in enumerate(names) if is_year(name)}
    if rise(years):
        return Columns("years", {k: year[:4] for k, year in years.items()})
    if hours := _hours(names):
        return Columns("hours", hours)
    dates = {k: name for k, name in enumerate(names) if _is_date(name)}
    if len(dates) >= max(FEWEST_TIMES, 0.6 * len(names)):
        found = find_times(list(dates.values()), "")
        if found and found.form != NUMBER:
            shown = list(dates.values()) if found.rivals else found.values.astype(str)
            return Columns("dates", dict(zip(dates, map(str, shown), strict=True)))
    return None


def is_year(name: str) -> bool:
    """Whether a name is a year alone."""
    return YEAR.fullmatch(re.sub(r" \[YR[0-9]{4}\]$", "", name.strip())) is not None


def rise(years: Mapping[int, str]) -> bool:
    """Whether years are those of a table: each as far from the next, side by side."""
    numbers = [int(year[:4]) for year in years.values()]
    steps = {b - a for a, b in pairwise(numbers)}
    beside = {b - a for a, b in pairwise(years)} == {1}
    return (
        len(numbers) >= FEWEST_TIMES and len(steps) == 1 and beside and 0 not in steps
    )


def _hours(names: Sequence[str]) -> dict[int, str]:
    """The columns of a day's hours or quarters of them, by the clock when each begins;
    25 count the hour that autumn repeats."""
    found = {
        k: each for k, n in enumerate(names) if (each := HOUR.fullmatch(n.strip()))
    }
    counted = [int(each["counted"]) for each in found.values() if each["counted"]]
    if counted and len(counted) == len(found) and len(counted) in HOURS_A_DAY:
        first = counted[0]
        if counted[:24] == [*range(first, first + 24)] and first in (0, 1):
            return {k: f"{n}:00" for n, k in enumerate(list(found)[:24])}
        return {}
    clocks = {
        k: f"{int(each['hour']):02}:{each['minute'] or '00'}"
        for k, each in found.items()
        if each["hour"]
    }
    whole = len(clocks) in (24, 48, 96) and len({*clocks.values()}) == len(clocks)
    return clocks if whole else {}


def _is_date(name: str) -> bool:
    return looks_like_time(name) and not is_year(name) and ":" not in name[:3]
