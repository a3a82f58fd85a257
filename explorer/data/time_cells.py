"""A cell that holds a time: what it looks like, and what in it says nothing more."""

import re
from collections.abc import Sequence

from explorer.data.number_cells import DIGITS, SPACES, UNSEEN, bare
from explorer.data.periods import first_day, is_year
from explorer.data.time_words import MONTH, in_english

CLOCK = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?[AaPp](\.?[Mm]\.?)?)?"
)

SPENT = re.compile(rf"{CLOCK.pattern}|[0-9]{{1,3}}(:[0-5][0-9]){{1,2}}([.,][0-9]+)?")

DATE = re.compile(
    r"(?:[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}|[0-9]{8} [0-9]{2}:[0-9]{2}"
    r"|[0-9]{4}[-/.][0-9]{1,2}|[0-9]{1,2}[-/][0-9]{4}"
    r"|[0-9]{4}年[0-9]{1,2}月([0-9]{1,2}日)?"
    rf"|[0-9]{{1,4}}[- /]?{MONTH}[- /,]*[0-9]{{1,4}}|[0-9]{{4}}[- ]?{MONTH}"
    rf"|{MONTH}[- ]?[0-9]{{1,2}},? [0-9]{{4}}"
    rf"|{MONTH}[- ][0-9]{{2,4}})"
    r"(?:[,T: ].{0,24})?",  # a clock and its zone
    re.IGNORECASE,
)

UNTIL = re.compile(
    r"(?<=[0-9]{2}) (?:[-–~]|to|bis|au|until|至) (?=[0-9]).*"
    r"|(?<=[0-9]Z)/(?=[0-9]{4}-).*"
)
"""The end of a span, which is told after its beginning."""

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The years before the first of an era, in Japan and Taiwan."""

ZONE = re.compile(r"(?<=:[0-9]{2}) ?[-+][0-9]{2}:?[0-9]{2}(?: \([A-Z]+\))?$")
"""How far a clock is ahead of Greenwich, after it."""

PLAIN = str.maketrans(DIGITS | dict.fromkeys(SPACES, " ") | dict.fromkeys(UNSEEN, ""))
"""One sign for all digits and blanks; what is not seen is taken out."""

EAST = str.maketrans("년월일시분時点點", "年月日时分时时时")
"""One sign for what parts a time in Korean, Japanese and older Chinese."""


def looks_like_time(cell: str) -> bool:
    """Whether a cell is a date, a date with a clock, or a clock.

    >>> [looks_like_time(c) for c in ("31.12.2024 23:59", "Feb 04, 2023", "1.5", "fox")]
    [True, True, False, False]
    """
    plain = bare(cell.translate(PLAIN))
    if len(plain) > 60 or not any(map(str.isdigit, plain)):
        return False
    if CLOCK.fullmatch(plain) or first_day(plain) or is_year(plain):
        return True
    return DATE.fullmatch(normal(plain)) is not None


def is_clock(cell: str) -> bool:
    """Whether a cell tells a clock or how long something took.

    >>> is_clock("23:59"), is_clock("1:23.45"), is_clock("2:03:59"), is_clock("1.5")
    (True, True, True, False)
    """
    return SPENT.fullmatch(cell.strip()) is not None


def are_clocks(cells: Sequence[str]) -> bool:
    """Whether cells tell hours and minutes alone."""
    return bool(cells) and all(CLOCK.fullmatch(cell.strip()) for cell in cells)


def normal(cell: str) -> str:
    """A cell without what says nothing more: weekdays, commas, the name of a zone, the
    end of a span; its month in English.

    >>> normal("Mon, Feb 04, 2023"), normal("1/2/2022 3:04 p.m."), normal("Sept. 5")
    ('Feb 04 2023', '1/2/2022 3:04 PM', 'Sep 5')
    >>> normal("2022-Q3"), normal("KW 5/2022"), normal("1. 5. 2022"), normal("5. Mai")
    ('2022-07', '2022-W05-1', '1.5.2022', '5 May')
    >>> normal("2022年1月5日 下午3:04"), normal("31.12.2024 23.59 Uhr")
    ('2022年1月5日 3:04 PM', '31.12.2024 23:59')
    >>> normal("1/2/2022 3:04:05 a. m.")
    '1/2/2022 3:04:05 AM'
    >>> normal("2022-01-05 周三"), normal("2022年1月5日 星期三")
    ('2022-01-05', '2022年1月5日')
    >>> normal("20220105:0710"), normal("2022-032"), normal("2022-01-05 07:10:00,125")
    ('20220105 07:10', '2022-02-01', '2022-01-05 07:10:00.125')
    >>> normal("2022. 1. 5."), normal("3Q2022"), normal("T3 2022"), normal("2022年三季")
    ('2022.1.5', '2022-07', '2022-07', '2022-07')
    """
    plain = bare(cell if cell.isascii() else cell.translate(PLAIN))
    plain = plain[1:-1] if plain[:1] + plain[-1:] == "[]" else plain
    if "," in plain:
        plain = re.sub(r"(?<=:[0-9]{2}),(?=[0-9]{1,9}$)", ".", plain).replace(",", " ")
    plain = re.sub(r"\s+", " ", plain).strip()
    if plain[8:9] == ":":
        plain = re.sub(r"^([0-9]{8}):([0-9]{2})([0-9]{2})$", r"\1 \2:\3", plain)
    if begins := first_day(plain):
        return begins
    plain = re.sub(r"(?<=[0-9])\. (?=[0-9]+\.| ?[0-9]{4})", ".", plain)
    plain = re.sub(r"^([0-9]{4}(?:\.[0-9]{1,2}){2})\.(?= |$)", r"\1", plain)
    plain = re.sub(r"(?<= )([0-9]{1,2})\.([0-9]{2})(?![0-9.])", r"\1:\2", plain)
    plain = UNTIL.sub("", plain) if len(plain) > 16 else plain
    if not any(letter.isalpha() for letter in plain):
        return plain
    plain = re.sub(r"^([0-9]{1,2})([A-Za-z]{3})(?=[0-9]{4})", r"\1 \2 ", plain)
    return _clock(in_english(_eastern(plain)))


def _eastern(plain: str) -> str:
    """Years, months and days in one word, and a clock with colons and AM or PM."""
    if plain.isascii():
        return plain
    plain = re.sub(r"(?<=[年月]) (?=[0-9])", "", plain.translate(EAST))
    plain = re.sub(r" ?[(（]?(?:周|星期)[一二三四五六日天][)）]?", "", plain)
    if plain[:2] in ERAS and (found := re.match("(元|[0-9]{1,3})年", plain[2:])):
        year = 1 if found[1] == "元" else int(found[1])
        plain = f"{ERAS[plain[:2]] + year}{plain[2 + len(found[1]) :]}"
    plain = re.sub(r" ?([0-9]{1,2})时(?:([0-9]{1,2})分?)?$", _colon, plain)
    half = {"上午": "AM", "下午": "PM", "午前": "AM", "午後": "PM"}
    found = re.fullmatch(rf"(.*?) ?({'|'.join(half)}) ?([0-9:]+)", plain)
    return f"{found[1]} {found[3]} {half[found[2]]}" if found else plain


def _colon(found: re.Match[str]) -> str:
    return f" {found[1]}:{int(found[2] or 0):02}"


def _clock(plain: str) -> str:
    """A date and a clock in English, without the words around them."""
    plain = re.sub(r"(?<=[0-9])\. (?=[A-Z])", " ", plain)
    plain = re.sub(r" de (?=[A-Z0-9])", " ", plain)
    plain = re.sub(r"(?<=[0-9])(?:st|nd|rd|th|er|º)(?= |$)", "", plain)
    plain = re.sub(r"(?<=[/ ][0-9]{4}):", " ", plain)
    plain = re.sub(r"\[[\w/+-]+\]$| г\.?$", "", plain)
    if not re.match("[0-9]{4}-", plain):
        plain = ZONE.sub("", plain)
    plain = re.sub(
        r"^(\S+ [0-9]{1,2}) ([0-9:]+) (?:\S+ )?([0-9]{4})$", r"\1 \3 \2", plain
    )
    plain = re.sub(r" ([0-9]{1,2}) ?h ?([0-9]{2})?$", _colon, plain)
    plain = re.sub(
        r" (UTC|GMT|Uhr|h|[A-Z]?[A-Z]EST|[A-Z][SD]T|[CEW]ET|MES?Z)$", "", plain
    )
    return re.sub(
        r"(?<=[0-9]) ?([ap])(?:\.? ?m\.?)?$",
        lambda m: f" {m[1].upper()}M",
        plain,
        flags=re.I,
    )
