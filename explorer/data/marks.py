"""What a column writes beside its numbers: a unit, or the short flags of statistics.

`12.5 kg` all the way down is a column of kilograms, and `12.3 p` says that a number is
provisional. Only the whole column can tell a unit from a flag, and both from words.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from explorer.data.durations import read_durations, spent
from explorer.data.number_cells import PLAIN, SIGNS, Cell, bare, cell_of, is_empty
from explorer.data.numbers import Hints, Numbers, is_number, read_numbers
from explorer.data.truths import read_truths

WORD = (
    rf"(?:(?:°\s?)?[^\W\d_¹²³⁴-⁹]{{1,13}}|[°{re.escape(SIGNS)}])"
    r"(?:\^?-?[1-3]|[²³]|⁻[¹²³])?"
)
UNIT = rf"{WORD}(?:\s?[/·]\s?{WORD}){{0,3}}"
NOTE = r"\*{1,3}|[†‡§¹²³⁴-⁹]{1,3}|\([A-Za-z0-9]{1,3}\)|\[[A-Za-z0-9]{1,3}\]"

MARKED = re.compile(
    rf"(?:(?P<before>[a-z]|\([A-Za-z]{{1,2}}\))\s+)?"
    r"(?P<number>[-+(]?[^A-Za-z]{0,4}?[.,]?[0-9][0-9., ']*"
    r"(?:[eE][-+]?[0-9]+)?\s*[)%‰]?)"
    rf"\s*(?P<unit>{UNIT})?\s*(?P<note>{NOTE})?"
)

FLAG = re.compile(r"[bcdefinpqrsuz]{1,2}|[A-FN]")
"""Of offices for statistics: b for a break, p for provisional, A to F for quality."""

LONE = re.compile(r"[A-Za-z]|\([A-Za-z]{1,3}\)|:\s?[a-z]{1,2}|[a-z]\s?:")
"""A flag where no number is, such as x or (D): it was not given."""

MOST_FLAGS = 8

KNOWN = """
    mg g kg t lb lbs oz mm cm dm m km mi ft in yd nm µm ml cl l hl gal m2 km2 ha m3
    ms s sec min h hr hrs d mV V kV mA A µA W kW MW GW Wh kWh MWh GWh J kJ MJ kcal cal
    Hz kHz MHz GHz Pa hPa kPa MPa bar mbar psi atm N kN °C °F °K C F K ppm ppb dB rpm
    m/s km/h kmh mph kn kt kB MB GB TB B mmol mol Ω kΩ lx lm px
"""
UNITS = frozenset(KNOWN.split())
"""What is told apart as a unit: kg beside g is a mistake, p beside e is none."""

CLOCKS = "am pm uhr utc gmt ad bc st nd rd th 年 月 日 号 时 時 点 分 秒 周 週"
NO_UNITS = frozenset(CLOCKS.split())
"""What makes of a number a day, a clock or a place in a row."""

BELOW = ("<", "＜", "≤")
"""What stands before a limit below which nothing can be measured."""

LONGEST = 60
"""Characters of a cell that may be a number with something beside it."""

RAISED = str.maketrans({"²": "2", "³": "3", "^": None, " ": None})


class Marked(NamedTuple):
    """A number, and what stands beside it."""

    cell: Cell
    unit: str = ""
    others: tuple[str, ...] = ()
    """Flags before it, notes after it."""


class Marks(NamedTuple):
    """What a column's cells hold, and what was taken off them."""

    cells: dict[str, Cell | None]
    taken_off: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    """Units that cannot all be meant at once."""
    lone: tuple[str, ...] = ()
    """Flags that stand where a number was not given."""


def read_column(
    cells: Sequence[str],
    hints: Hints | None = None,
    decimal: str = "",
    called: str = "",
) -> Numbers:
    """A column of a table as numbers, without its unit and flags; yes and no are 1 and
    0, durations are seconds, and <1 is half of 1.

    Args:
        cells: as they are written.
        hints: of the file around them.
        decimal: the sign that begins decimals, where a person says it.
        called: the column's name, which may tell clocks from durations.
    """
    if read := read_truths(cells) or read_durations(cells, called):
        return read
    limits = limits_of(cells)
    if limits:
        plain = [limits.get(text, text) for text in cells]
        read = read_column(plain, hints, decimal, called)
        half = np.array([0.5 if text in limits else 1.0 for text in cells])
        return read._replace(values=read.values * half, limits=tuple(limits))
    marks = marks_of(dict.fromkeys(cells))
    read = read_numbers(cells, hints, decimal, marks.cells)
    lone = [text in marks.lone for text in cells]
    return read._replace(
        wrong=read.wrong & ~np.array(lone, bool),
        signs=(*read.signs, *marks.lone),
        taken_off=marks.taken_off,
        mixed=marks.mixed,
    )


def limits_of(cells: Sequence[str]) -> dict[str, str]:
    """Cells that say that a number is below what could be measured, and that limit.

    >>> limits_of(["<1", "2", "＜ 0,5 mg", "< fox"])
    {'<1': '1', '＜ 0,5 mg': '0,5 mg'}
    """
    texts = {text: bare(text) for text in dict.fromkeys(cells) if text.strip()}
    below = {t: bare(c[1:]) for t, c in texts.items() if c[:1] in BELOW}
    return {t: limit for t, limit in below.items() if is_measured(limit)}


def is_measured(text: str) -> bool:
    """Whether a cell is a number, alone, with a unit that is known, or as a limit; or
    tells in words how long something took.

    >>> [is_measured(text) for text in ("1.5", "12.5 kg", "5 °C", "12 people")]
    [True, True, True, False]
    >>> is_measured("<1"), is_measured("1h 20m"), is_measured("12:30")
    (True, True, False)
    """
    plain = bare(text)
    if is_number(text) or (plain[:1] in BELOW and is_number(plain[1:])):
        return True
    marked = _marked(text)
    if marked is not None and marked.unit in UNITS:
        return True
    took = spent(text)
    return took is not None and took.words


def marks_of(texts: Mapping[str, object]) -> Marks:
    """What each of a column's different cells holds.

    >>> marks_of(dict.fromkeys(["12.5 kg", "13 kg"])).taken_off
    ('kg',)
    >>> marks_of(dict.fromkeys(["12.5", "12 p", "13", "x", "14"]))[1:]
    (('p',), (), ('x',))
    >>> marks_of(dict.fromkeys(["12.5 kg", "900 g"])).mixed
    ('kg', 'g')
    """
    parsed = {text: cell_of(text) for text in texts}
    plain = {text: cell for text, cell in parsed.items() if cell}
    left = [text for text in texts if text not in plain and not is_empty(text)]
    found = {text: each for text in left if (each := _marked(text))}
    found |= _scales_that_are_flags(plain, found)
    units = tuple(dict.fromkeys(each.unit for each in found.values() if each.unit))
    stars = {t.rstrip()[-1] for t in plain if t.rstrip()[-1:] in ("*", "#")}
    if not _belong(units, found, len(plain)):
        return Marks(parsed, tuple(sorted(stars)))
    cells = parsed | {text: each.cell for text, each in found.items()}
    others = [other for each in found.values() for other in each.others]
    taken = tuple(dict.fromkeys((*units, *others, *sorted(stars))))
    lone = _lone([text for text in left if text not in found], len(plain) + len(found))
    return Marks(cells, taken, _mixed(units, found, len(plain)), lone)


def _marked(text: str) -> Marked | None:
    """A number with something beside it; None where it is something else."""
    plain = bare(text.translate(PLAIN))
    found = MARKED.fullmatch(plain) if len(plain) <= LONGEST else None
    if not found or not any(found[name] for name in ("before", "unit", "note")):
        return None
    cell, unit = cell_of(found["number"]), (found["unit"] or "").translate(RAISED)
    if cell is None or unit.casefold() in NO_UNITS:
        return None
    attached = cell.digits.isdigit() and not found["number"].endswith(" ")
    if attached and unit not in UNITS and re.fullmatch("[A-Za-z]", unit):
        return None  # a code like 12a: a flag stands apart from a whole number
    others = tuple(filter(None, (found["before"], found["note"])))
    return Marked(cell, unit, others)


def _scales_that_are_flags(
    plain: Mapping[str, Cell], found: Mapping[str, Marked]
) -> dict[str, Marked]:
    """B is no thousand millions where A and C stand after other numbers."""
    if not any(re.fullmatch("[A-Z]", each.unit) for each in found.values()):
        return {}
    lettered = {t: c for t, c in plain.items() if re.fullmatch("[A-Z]", c.scale)}
    return {t: Marked(c._replace(scale=""), c.scale) for t, c in lettered.items()}


def _belong(units: Sequence[str], found: Mapping[str, Marked], plain: int) -> bool:
    """Whether these are the marks of a column of numbers: one unit, or a few flags
    that not every whole number has, as codes like 12 A do."""
    flags = len(units) <= MOST_FLAGS and all(map(FLAG.fullmatch, units))
    if len(units) <= 1:
        return flags or len(found) >= plain
    if _are_units(units) and len(found) > plain:
        return True
    broken = any(set(each.cell.digits) & set(".,") for each in found.values())
    return flags and (broken or plain >= len(found))


def _are_units(units: Sequence[str]) -> bool:
    """Whether several units are known, and are no grades of quality like A, B and C."""
    listed = [unit for unit in units if unit in UNITS]
    return len(listed) > 1 and not all(re.fullmatch("[A-Z]", unit) for unit in listed)


def _mixed(
    units: Sequence[str], found: Mapping[str, Marked], plain: int
) -> tuple[str, ...]:
    """The units, where most numbers have one and they are not the same."""
    listed = tuple(unit for unit in units if unit in UNITS)
    return listed if _are_units(units) and len(found) > plain else ()


def _lone(left: Sequence[str], numbers: int) -> tuple[str, ...]:
    """Flags without a number, where they are few beside the numbers."""
    lone = tuple(text for text in left if LONE.fullmatch(text.strip()))
    return lone if len(lone) <= MOST_FLAGS and 2 * len(lone) <= numbers else ()
