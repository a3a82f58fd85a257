"""Times in several columns: a date and a clock, or year, month, day and hour, or a year
and what part of it is meant."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, pairwise

from explorer.data.durations import are_durations
from explorer.data.time_cells import are_clocks
from explorer.data.time_forms import NUMBER
from explorer.data.time_reading import find_times
from explorer.data.time_words import MONTH

SIGN = " + "
"""Between the names of columns that together say when."""

CALENDAR: Mapping[str, tuple[str, range]] = {
    "year": (r"year|yr|yyyy|yy|jahr|année|año|年|年份", range(1800, 2200)),
    "month": (r"month|mon|mo|mm|monat|mois|mes|月|月份", range(1, 13)),
    "day": (r"day|dy|da|dd|tag|jour|día|日", range(1, 32)),
    "hour": (r"hour|hr|hh|stunde|heure|hora|时|時|小时", range(25)),
    "minute": (r"minute|minuto|min|mn|mi|mm|分|分钟", range(60)),
}
"""Parts of a time in columns of their own: what they are called, and their numbers."""

PARTS: Mapping[str, tuple[str, range]] = {
    "Q{}": (r"quarter|qtr|q|quartal|trimestre|季|季度", range(1, 5)),
    "H{}": (r"half|half-?year|halbjahr|semester|semestre|半年", range(1, 3)),
    "{:0>3}": (r"doy|jday|yday|julian ?day|day ?of ?(the ?)?year", range(1, 367)),
    "W{}": (
        r"week|wk|week ?no\.?|week ?number|kw|woche|semaine|semana|周|週",
        range(1, 54),
    ),
}
"""Parts of a year, by the form in which a number tells one of them."""

CODE = re.compile("M(0[1-9]|1[0-3])|Q0[1-5]|S0[1-3]|A01")
"""What the year's part is called by the American Bureau of Labor Statistics."""

MONTH_ALONE = re.compile(MONTH, re.IGNORECASE)

FIRST_CELLS = 20
"""Enough to tell that a column is not one of codes."""

OF_THE_YEAR = re.compile("M13|Q05|S03")
"""Of those codes the mean of the whole year, which stands below its parts."""


def joined_columns(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of columns that together say when, the first of them as a rule.

    >>> joined_columns({"Date": ["2024-01-31"], "Time": ["23:59"], "Value": ["1"]})
    ['Date', 'Time']
    >>> joined_columns({"year": ["2024"], "month": ["1"], "day": ["31"], "rain": ["2"]})
    ['year', 'month', 'day']
    """
    found = {part: _called(part, columns) for part in CALENDAR if part != "minute"}
    clocks = [
        name
        for name, cells in columns.items()
        if are_clocks(cells) and not are_durations(cells, name)
    ]
    finer = clocks[:1] or _hour_and_minute(columns, found["hour"])
    days = next((name for name, cells in columns.items() if _are_days(name, cells)), "")
    if days:
        return [days, *finer] if finer else []
    calendar = [found["year"], found["month"], found["day"]]
    if all(calendar):
        return [*calendar, *finer]
    if found["year"] and (part := found["month"] or _part_of_year(columns)):
        return [found["year"], part]
    return [] if found["year"] else _unnamed(columns)


def _hour_and_minute(columns: Mapping[str, Sequence[str]], hour: str) -> list[str]:
    """The column of hours, and that of minutes where it is the next one."""
    if not hour:
        return []
    names = list(columns)
    beside = names[names.index(hour) + 1 :][:1]
    minute = _called("minute", {name: columns[name] for name in beside})
    return [hour, minute] if minute else [hour]


def _unnamed(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """A column of years beside one of months, by name or counted, whatever they are
    called."""
    for (name, years), (beside, months) in pairwise(columns.items()):
        whole = all(re.fullmatch("(?:18|19|20|21)[0-9]{2}", each) for each in years)
        named = all(map(MONTH_ALONE.fullmatch, months)) or _are_counted(months)
        if years and months and whole and named:
            return [name, beside]
    return []


def _are_counted(months: Sequence[str]) -> bool:
    """Whether cells count from 1 to 12 again and again.

    >>> _are_counted(["11", "12", "01", "2"]), _are_counted(["1", "3"])
    (True, False)
    """
    if not all(re.fullmatch("0?[1-9]|1[0-2]", month) for month in months):
        return False
    return all(int(b) == int(a) % 12 + 1 for a, b in pairwise(months))


def joined_cells(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """One time of the cells of each row.

    >>> joined_cells({"Y": ["2024"], "M": ["1"], "D": ["31"], "H": ["7"]})
    ['2024-1-31 7:00']
    >>> joined_cells({"Date": ["31.01.2024"], "Time": ["23:59"]})
    ['31.01.2024 23:59']
    >>> joined_cells({"Y": ["2024"], "M": ["1"], "D": ["31"], "H": ["7"], "mn": ["5"]})
    ['2024-1-31 7:05']
    >>> joined_cells({"Year": ["2024"], "Quarter": ["3"]})
    ['2024-Q3']
    """
    names, cells = list(columns), list(columns.values())
    if form := next((form for form in PARTS if _is_part(names[-1], form)), ""):
        cells[-1] = [form.format(c) if c.isdigit() else c for c in cells[-1]]
    return [_time(row) for row in zip(*cells, strict=True)]


def means_of_years(columns: Mapping[str, Sequence[str]]) -> list[bool]:
    """Which rows are not of a part of their year but of all of it.

    >>> codes = {"Year": ["2019", "2019", "2019"], "Period": ["M11", "M12", "M13"]}
    >>> means_of_years(codes), means_of_years({"Year": ["2019"], "Bus": ["M13"]})
    ([False, False, True], [])
    """
    for cells in columns.values():
        if not _are_codes(_filled(islice(cells, FIRST_CELLS))):
            continue
        each = {name: _filled(column) for name, column in columns.items()}
        if _are_codes(_filled(cells)) and _called("year", each):
            return [OF_THE_YEAR.fullmatch(cell.strip()) is not None for cell in cells]
    return []


def _filled(cells: Iterable[str]) -> list[str]:
    return [cell.strip() for cell in cells if cell.strip()]


def _time(row: Sequence[str]) -> str:
    dates = list(row)
    clock = dates.pop() if len(row) in (2, 4, 5) and not _is_year(row) else ""
    if len(row) == 5:
        clock = f"{dates.pop()}:{clock:0>2}"
    if clock.isdigit():
        clock = f"{clock}:00"
    return f"{'-'.join(dates)} {clock}".strip() if all(row) else ""


def _part_of_year(columns: Mapping[str, Sequence[str]]) -> str:
    """The column that says which quarter, half, week or day of its year is meant."""
    for name, cells in columns.items():
        if _are_codes(cells):
            return name
        for form, (_, among) in PARTS.items():
            numbers = [cell.upper().removeprefix(form[0]) for cell in cells]
            whole = all(re.fullmatch("[0-9]{1,3}", each) for each in numbers)
            if (
                _is_part(name, form)
                and cells
                and whole
                and {*map(int, numbers)} <= {*among}
            ):
                return name
    return ""


def _is_part(name: str, form: str) -> bool:
    return re.fullmatch(PARTS[form][0], name.strip(), re.IGNORECASE) is not None


def _are_codes(cells: Sequence[str]) -> bool:
    """Whether a column says parts of a year in codes, more than one of them."""
    return len(set(cells)) > 1 and all(map(CODE.fullmatch, cells))


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
        if part == "month" and all(map(MONTH_ALONE.fullmatch, cells)):
            return name
    return ""


def _are_days(name: str, cells: Sequence[str]) -> bool:
    """Whether a column holds dates without a clock."""
    if not cells or any(":" in cell for cell in cells):
        return False
    found = find_times(cells, name)
    if found is None or found.form == NUMBER:
        return False
    return bool((found.values == found.values.astype("datetime64[D]")).all())
