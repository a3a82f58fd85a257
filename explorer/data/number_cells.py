"""A cell that holds a number: what stands around its digits, and what is empty."""

import re
import unicodedata
from typing import NamedTuple

EMPTY = frozenset(
    (
        *("", "nan", "na", "n/a", "n.a.", "null", "none", "nat", "<na>", "nil", "\\n"),
        *("n.d.", "nd", "n.v.", "k.a.", "k. a.", "keine angabe", "missing", "fehlt"),
        *("无", "缺失", "缺测", "暂无"),
        *("(null)", "no data", "nodata", "no value", "not available", "blank", "m"),
        *("unavailable", "unknown", "***", "****", "*****"),
        *("?", "-", "--", "---", ".", "..", "...", "…", "*", ":", "/", "//", "///"),
        *("-.-", "--.-", "-.--", "--.--", "-,-", "--,-", "n/d", "s/d"),
        *("#n/a", "#n/a n/a", "#na", "#nv", "#n/d", "#н/д"),
    )
)
"""Cells, in lower case, that hold nothing: weather stations write M, Eurostat a colon,
spreadsheets the last ones."""

ERROR = re.compile(
    r"#[¡¿]?[^\W\d_][\w/ ]{1,20}[!?]|Err:[0-9]{3}"
    r"|[-+]?(?:1\.#(?:QNAN|SNAN|IND|NAN)0*|nan(?:\((?:ind|snan)\))?)",
    re.IGNORECASE,
)
"""What a program writes for a value that it could not reckon: #DIV/0!, #NAME? or
Err:502 in a spreadsheet, -1.#IND or -nan(ind) in C."""

DASHES = "−–—‒―﹣－"

SPACES = "\u00a0\u2002\u2003\u2005\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

UNSEEN = "\u200b\u200e\u200f\u2060\ufeff"

DIGITS = {
    c: str(unicodedata.decimal(c))
    for c in map(chr, range(0x80, 0x20000))
    if c.isdecimal()
}
"""Of all scripts, such as full-width or Arabic ones, and what they mean."""

PLAIN = str.maketrans(
    dict.fromkeys(DASHES, "-")
    | dict.fromkeys(SPACES, " ")
    | dict.fromkeys("’ʼ‘´", "'")
    | dict.fromkeys(UNSEEN)
    | {"％": "%", "．": ".", "，": ",", "٫": ".", "٬": ",", "٪": "%"}
    | DIGITS
)
"""One sign for all that mean the same; None takes a character out."""

SCALES = {
    "K": 1e3,
    "k": 1e3,
    "Tsd": 1e3,
    "M": 1e6,
    "Mn": 1e6,
    "Mio": 1e6,
    "B": 1e9,
    "bn": 1e9,
    "Bn": 1e9,
    "Mrd": 1e9,
    "T": 1e12,
    "万": 1e4,
    "亿": 1e8,
}
"""What a letter after a number multiplies it by."""

SIGNS = "".join(c for k in range(0x10000) if unicodedata.category(c := chr(k)) == "Sc")

MONEY = (
    rf"(?:[A-Z]{{0,3}}[{re.escape(SIGNS)}]|USD|EUR|GBP|CHF|CNY|RMB|JPY|INR|AUD|CAD|SEK"
    r"|NOK|DKK|PLN|CZK|HUF|BRL|RUB|KRW|kr\.?|Rs\.?|zł|Kč|Ft|元|円|원)"
)

CELL = re.compile(
    r"(?P<opened>\()?\s*(?P<sign>[-+])?\s*"
    rf"(?:{MONEY}\s*(?P<inner>[-+])?\s*)?"
    r"(?P<digits>[0-9][0-9., ']*|[.,][0-9]+)(?:(?<=[.,])-{1,2})?"
    r"(?P<exponent>[eEdD][-+]?[0-9]+)?"
    rf"\s*(?:(?P<scale>{'|'.join(SCALES)})\.?)?\s*(?:(?P<percent>[%‰])|{MONEY})?"
    r"\s*(?P<after>-|(?<=[\s0-9])(?:[CD]R|[CD]r)\.?)?(?P<closed>\))?[*#]{0,3}"
)
"""An exponent may be Fortran's, with a D; a bank writes DR after what is owed, CR after
what is had; a star or a number sign tells of a note, and "20.-" is
twenty francs, no less."""

CODE = re.compile(r"[0-9]{2,}[eEdD][0-9]+")
"""An id like 41e7: numbers with an exponent have a point, one digit or a sign."""

NOUGHT = re.compile(rf"{MONEY}\s*-")
"""No money, as accountants write it: "$ -"."""

POINTED = re.compile(r"[$£¥￥₹₩฿]")
"""Money of countries in which a point begins the decimals."""

INFINITE = re.compile(r"[-+]?inf(inity)?", re.IGNORECASE)

LONGEST = 400
"""Characters of a cell that may be a number."""


class Cell(NamedTuple):
    """A number without what stands around it."""

    digits: str
    sign: float = 1.0
    exponent: str = ""
    scale: str = ""
    percent: str = ""


WRAPPED = re.compile(r"=\"(.*)\"|'(.*)'|'((?:[^']|(?<=\d)'(?=\d))*)")
"""What keeps a spreadsheet from reading a cell: ="1.5" or '1.5 or '1'234."""


def bare(cell: str) -> str:
    """A cell without blanks and marks around it, which mean text and no more.

    >>> bare('="1.5"'), bare("'1.5"), bare(" '1.5' "), bare("1'234"), bare("'1'234")
    ('1.5', '1.5', '1.5', "1'234", "1'234")
    """
    plain = cell.strip()
    found = WRAPPED.fullmatch(plain) if plain[:1] in ("=", "'") else None
    return next(filter(None, found.groups()), "") if found else plain


def is_empty(cell: str) -> bool:
    """Whether a cell holds nothing.

    >>> [is_empty(cell) for cell in ("", " ", "#N/A", "--", ".", "0")]
    [True, True, True, True, True, False]
    """
    plain = bare(cell.translate(PLAIN))
    return plain.lower() in EMPTY or ERROR.fullmatch(plain) is not None


def cell_of(text: str) -> Cell | None:
    """The number that a cell may hold.

    >>> cell_of("($1,234.50)")
    Cell(digits='1,234.50', sign=-1.0, exponent='', scale='', percent='')
    >>> cell_of("−3,5 %").sign, cell_of("17.18M").scale, cell_of("12 m")
    (-1.0, 'M', None)
    """
    plain = bare(text.translate(PLAIN))
    if NOUGHT.fullmatch(plain):
        return Cell("0")
    odd = len(plain) > LONGEST or CODE.fullmatch(plain)
    found = None if odd else CELL.fullmatch(plain)
    if found is None or bool(found["opened"]) != bool(found["closed"]):
        return None
    signs = [found[name] for name in ("sign", "inner", "after", "opened")]
    if sum(sign is not None for sign in signs) > 1:
        return None
    below = any(sign in ("-", "(") or sign[:1] == "D" for sign in signs if sign)
    return Cell(
        found["digits"].strip(),
        -1.0 if below else 1.0,
        re.sub("[dD]", "e", found["exponent"] or ""),
        found["scale"] or "",
        found["percent"] or "",
    )
