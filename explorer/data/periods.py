"""Spans of time in one cell, told by their first day: halves and quarters of a year,
months and weeks by number, and years that begin in one and end in the next."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from explorer.data.time_words import ENGLISH

HALVES = ("h", "s", "half", "hj", "halbjahr", "semester", "semestre", "半年", "半年度")
QUARTERS = (
    *("q", "t", "qtr", "quarter", "quartal", "trimestre", "trimestr"),
    *("kwartał", "kw.", "kvartal", "кв.", "квартал", "季", "季度", "四半期", "분기"),
)
WEEK_WORDS = ("w", "wk", "week", "kw", "cw", "woche", "semaine", "周", "週", "주")

WORDS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(HALVES, (6, 2)),
    **dict.fromkeys(QUARTERS, (3, 4)),
    **dict.fromkeys(("m", "month"), (1, 12)),
    **dict.fromkeys(WEEK_WORDS, (0, 53)),
}
"""What spans are called, how many months they last, and how many a year has of them;
weeks last no whole months."""

PLACES = {
    **{str(k): k for k in range(54)},
    **{f"0{k}": k for k in range(10)},
    **{"i": 1, "ii": 2, "iii": 3, "iv": 4, "上": 1, "下": 2},
    **{"一": 1, "二": 2, "三": 3, "四": 4},
}

WORD = "(?P<word>" + "|".join(map(re.escape, sorted(WORDS, key=len)[::-1])) + ")"
PLACE = "(?P<place>" + "|".join(sorted(PLACES, key=len)[::-1]) + ")"
ORDINAL = r"(?:\.|st|nd|rd|th|er?|ère|º|ª|-?й)?[- ]?"
YEAR = "(?P<year>[0-9]{4})"
LAST = r"(?:[-/:.,' ]{0,2}(?P<year>[0-9]{4})|[-/' ](?P<short>[0-9]{2}))"

SPANS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{YEAR}[-/:. ]?{WORD}[-. ]?{PLACE}",
        rf"{YEAR}(?:[年년] ?第?|[-/:., ]{{1,2}}){PLACE}{ORDINAL}{WORD}",
        rf"{WORD}[-. ]?{PLACE}{LAST}",
        rf"{PLACE}{ORDINAL}{WORD}{LAST}",
        rf"{PLACE}(?P<word>Q|H)(?P<short>[0-9]{{2}})",
    )
)
"""2019Q1, 2019 1st quarter, Q1-19, 1. Quartal 2019, 1Q19."""

COUNTED = re.compile("([0-9]{4}):([1-4]|0[1-9]|1[0-2])")
"""As econometricians write quarters, in one digit, and months, in two."""

ROMAN = re.compile("([0-9]{4})[-/ ]([IV]{1,3})|([IV]{1,3})[-/ ]([0-9]{4})")

SHORT_YEAR = ("q", "quarter", "qtr", "h", "w", "wk", "kw", "cw", "week")
"""What may stand before two digits of a year; T1-70 is more likely a name."""

DAY_OF_YEAR = re.compile(r"([0-9]{4})-([0-3][0-9]{2})")

YEARS = re.compile(
    r"(?P<fiscal>FY|fiscal year|season)?[ -]?(?P<begun>[0-9]{4}|[0-9]{2})"
    r"(?:[-/–—](?P<ended>[0-9]{4}|[0-9]{2})|(?P<sign>年度?))?",
    re.IGNORECASE,
)
"""A year from some month on, as 2019/20 or FY2020."""

LONGEST = 30
"""Characters of a cell that may name a span."""

WEEKS = re.compile("(?P<year>(?:19|20)[0-9]{2})-?(?P<week>[0-9]{2})")


class Years(NamedTuple):
    """A column of years, and the form in which each is written."""

    cells: list[str]
    form: str


def first_day(plain: str) -> str:
    """The day or month with which a span begins, as a form of dates reads it; empty
    where a cell is no span.

    >>> first_day("2022-Q3"), first_day("1. Quartal 2022"), first_day("2022 H2")
    ('2022-07', '2022-01', '2022-07')
    >>> first_day("Q3-70"), first_day("1H19"), first_day("2022M05"), first_day("2022:3")
    ('Jul-70', 'Jan-19', '2022-05', '2022-07')
    >>> first_day("KW 5/2022"), first_day("2022年第5周"), first_day("2022-032")
    ('2022-W05-1', '2022-W05-1', '2022-02-01')
    >>> first_day("2022 IV"), first_day("2022-Q5"), first_day("fox 3")
    ('2022-10', '', '')
    """
    if len(plain) > LONGEST:
        return ""
    if not any(letter.isalpha() for letter in plain):
        return _in_digits(plain) if len(plain) <= len("2022-032") else ""
    if found := ROMAN.fullmatch(plain):
        place = PLACES.get((found[2] or found[3]).lower(), 0)
        return _month(found[1] or found[4], 3 * (place - 1)) if place else ""
    for form in SPANS:
        if found := form.fullmatch(plain):
            return _begins(**{"year": "", "short": "", **found.groupdict("")})
    return ""


def months_of(plain: str) -> int:
    """How many months a span lasts of which `first_day` knows the first day; 0 for a
    week or a day.

    >>> months_of("2022-Q3"), months_of("2022 H2"), months_of("2022M05")
    (3, 6, 1)
    >>> months_of("2022:3"), months_of("2022 IV"), months_of("2022-W05")
    (3, 3, 0)
    """
    if found := COUNTED.fullmatch(plain):
        return 3 if len(found[2]) == 1 else 1
    if ROMAN.fullmatch(plain):
        return 3
    spans = filter(None, (form.fullmatch(plain) for form in SPANS))
    return next((WORDS[found["word"].lower()][0] for found in spans), 0)


def _in_digits(plain: str) -> str:
    if found := DAY_OF_YEAR.fullmatch(plain):
        return _day_of_year(int(found[1]), int(found[2]))
    if found := COUNTED.fullmatch(plain):
        months = 3 if len(found[2]) == 1 else 1
        return _month(found[1], months * (int(found[2]) - 1))
    return ""


def _begins(word: str, place: str, year: str, short: str) -> str:
    word = word.lower()
    months, most = WORDS[word]
    number = PLACES[place.lower()]
    if not 1 <= number <= most or (short and word not in SHORT_YEAR):
        return ""
    if months:
        return _month(year or short, months * (number - 1))
    century = "19" if short >= "69" else "20"
    return f"{year or century + short}-W{number:02}-1"


def _month(year: str, after: int) -> str:
    """So many months after a year began; one of two digits has its month by name."""
    return f"{year}-{after + 1:02}" if len(year) == 4 else f"{ENGLISH[after]}-{year}"


def _day_of_year(year: int, day: int) -> str:
    """As year, month and day; empty where that year has no such day."""
    found = date(year, 1, 1) + timedelta(days=day - 1) if year and day else None
    return str(found) if found and found.year == year else ""


def is_year(plain: str) -> bool:
    """Whether a cell is a fiscal year, a season, or a year and the next one.

    >>> is_year("FY 2019/20"), is_year("1999–00"), is_year("FY20"), is_year("2019")
    (True, True, True, False)
    """
    found = YEARS.fullmatch(plain)
    return found is not None and _begun(found) != ""


def _begun(found: re.Match[str]) -> str:
    """The year in which such a year begins, or after which it is called; else empty."""
    begun, ended = found["begun"], found["ended"]
    if not ended:
        whole = found["fiscal"] or (found["sign"] and len(begun) == 4)
        return begun if whole else ""
    if len(ended) > len(begun):
        return ""
    return begun if (int(begun) + 1) % 10 ** len(ended) == int(ended) else ""


def years_of(cells: Sequence[str]) -> Years | None:
    """The years of a column, if each cell is one and they are not all the same.

    >>> years_of(["2010/11", "2011/12"]), years_of(["2010/11", "2010/12"])
    (Years(cells=['2010', '2011'], form='%Y'), None)
    """
    begun = []
    for cell in cells:
        found = YEARS.fullmatch(cell)
        if found is None or not (year := _begun(found)):
            return None
        begun.append(year)
    lengths = set(map(len, begun))
    if len(set(begun)) < 2 or len(lengths) > 1:
        return None
    return Years(begun, "%Y" if lengths == {4} else "%y")


def weeks_of(cells: Sequence[str]) -> list[str]:
    """The weeks of a column like 202253, if some are no months; else none."""
    weeks = []
    for cell in cells:
        found = WEEKS.fullmatch(cell)
        if found is None or not 1 <= int(found["week"]) <= 53:
            return []
        weeks.append(f"{found['year']}-W{found['week']}-1")
    return weeks if any(int(week[6:8]) > 12 for week in weeks) else []
