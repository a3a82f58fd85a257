"""A cell that holds a time: what it looks like, and what in it says nothing more."""

import re
from collections.abc import Sequence

CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?[AaPp]\.?[Mm]\.?)?")

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"

DATE = re.compile(
    r"(?:[a-z]{3,9},? )?"  # a weekday
    r"(?:[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}"
    r"|[0-9]{4}[-/.][0-9]{1,2}|[0-9]{1,2}[-/][0-9]{4}"
    r"|[0-9]{4}年[0-9]{1,2}月([0-9]{1,2}日)?"
    rf"|[0-9]{{1,4}}[- /]?{MONTH}[- /,]*[0-9]{{1,4}}"
    rf"|{MONTH}[- ]?[0-9]{{1,2}},? [0-9]{{4}}"
    rf"|{MONTH}[- ][0-9]{{2,4}})"
    r"(?:[,T: ].{0,24})?",  # a clock and its zone
    re.IGNORECASE,
)

QUARTER = re.compile(r"([0-9]{4})[- ]?Q([1-4])|Q([1-4])[- /]?([0-9]{4})", re.IGNORECASE)

WEEK = re.compile(r"([0-9]{4})-?W([0-9]{2})", re.IGNORECASE)


def looks_like_time(cell: str) -> bool:
    """Whether a cell is a date, a date with a clock, or a clock.

    >>> [looks_like_time(c) for c in ("31.12.2024 23:59", "Feb 04, 2023", "1.5", "fox")]
    [True, True, False, False]
    """
    plain = cell.strip()
    if len(plain) > 60:
        return False
    return any(form.fullmatch(plain) for form in (DATE, CLOCK, QUARTER, WEEK))


def are_clocks(cells: Sequence[str]) -> bool:
    """Whether cells tell hours and minutes alone."""
    return bool(cells) and all(CLOCK.fullmatch(cell.strip()) for cell in cells)


def normal(cell: str) -> str:
    """A cell without what says nothing more: weekdays, commas, the name of a zone.

    >>> normal("Mon, Feb 04, 2023"), normal("1/2/2022 3:04 p.m."), normal("Sept. 5")
    ('Feb 04 2023', '1/2/2022 3:04 PM', 'Sep 5')
    >>> normal("2022-Q3"), normal("2022W05")
    ('2022-07', '2022-W05-1')
    """
    plain = re.sub(r"\s+", " ", cell.replace(",", " ")).strip()
    if not any(letter.isalpha() for letter in plain):
        return plain
    if found := QUARTER.fullmatch(plain):
        year, quarter = found[1] or found[4], int(found[2] or found[3])
        return f"{year}-{3 * quarter - 2:02}"
    if found := WEEK.fullmatch(plain):
        return f"{found[1]}-W{found[2]}-1"
    plain = re.sub(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.? ", "", plain, flags=re.I)
    plain = re.sub(r"(?<=/[0-9]{4}):", " ", plain)
    plain = re.sub(r" (UTC|GMT|[A-Z]?[A-Z]EST|[A-Z][SD]T|[CEW]ET)$", "", plain)
    plain = re.sub(r"\bsept\b", "Sep", plain, flags=re.I)
    plain = re.sub(r"(?<=[A-Za-z]{3})\.(?= )", "", plain)
    return re.sub(
        r"(?<=[0-9]) ?([ap])\.?m\.?$", lambda m: f" {m[1].upper()}M", plain, flags=re.I
    )
