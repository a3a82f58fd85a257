"""How a column writes its numbers, decided over all of its cells.

A cell may carry a sign, a currency, a percent sign, a letter for thousands or
millions, or parentheses for less than nothing. What is left is digits with at most two
signs among them, and only the whole column can tell which one begins the decimals.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.number_cells import (
    INFINITE,
    POINTED,
    SCALES,
    Cell,
    cell_of,
    is_empty,
)
from explorer.errors import N_, Words


class NumberForm(NamedTuple):
    """Which sign begins the decimals, and which one parts the thousands."""

    decimal: Literal[".", ","]
    thousands: Literal["", ".", ",", " ", "'"] = ""


FORMS = (
    NumberForm("."),
    NumberForm(","),
    NumberForm(".", ","),
    NumberForm(",", "."),
    NumberForm(".", " "),
    NumberForm(",", " "),
    NumberForm(".", "'"),
    NumberForm(",", "'"),
)


class Hints(NamedTuple):
    """What the rest of a file tells of its numbers."""

    decimal: str = ""
    """The sign that other columns begin their decimals with."""
    semicolons: bool = False
    """Whether semicolons part fields, as where commas begin decimals."""
    dotted: bool = False
    """Whether dates are written like 31.12.2024."""


class Numbers(NamedTuple):
    """A column as it is read; n cells."""

    values: NDArray[np.float64]  # (n,) NaN where there is none
    wrong: NDArray[np.bool_]  # (n,) neither empty nor a number
    form: NumberForm
    rivals: tuple[NumberForm, ...]
    """The forms among which nothing decides, for a person to choose; or none."""
    proof: str = ""
    """The sign that begins decimals, if the cells can be read in no other form."""
    signs: tuple[str, ...] = ()
    """Cells like -999, far from all others, that say that nothing was measured."""
    taken_off: tuple[str, ...] = ()
    """The unit, or the flags, that cells have beside their numbers."""
    mixed: tuple[str, ...] = ()
    """Units that cannot all be meant at once."""
    truths: tuple[str, ...] = ()
    """The words for yes and no that are read as 1 and 0."""
    spent: tuple[str, ...] = ()
    """A duration, the number that it is read as, and the unit."""
    limits: tuple[str, ...] = ()
    """Cells like <1, below what could be measured."""


NINES = re.compile(r"-?(99+)(?:[.,](?:9+|0+))?")
"""What stands for a missing value where nothing but numbers may stand."""


@cache
def pattern(form: NumberForm) -> re.Pattern[str]:
    """What digits look like in a form; groups of two are Indian: 12,34,567."""
    decimal, part = re.escape(form.decimal), re.escape(form.thousands)
    whole = r"[0-9]+"
    if part:
        whole = rf"(?:[1-9][0-9]{{0,2}}(?:{part}[0-9]{{3}})+|[0-9]+"
        whole += rf"|[1-9][0-9]?(?:{part}[0-9]{{2}})+{part}[0-9]{{3}})"
    return re.compile(rf"{whole}(?:{decimal}[0-9]*)?|{decimal}[0-9]+")


def value_of(cell: Cell, form: NumberForm) -> float:
    """What a cell means in a form that fits.

    >>> value_of(cell_of("1.234,5"), NumberForm(",", "."))
    1234.5
    """
    digits = cell.digits
    if form.thousands:
        digits = digits.replace(form.thousands, "")
    number = float(digits.replace(form.decimal, ".") + cell.exponent)
    return cell.sign * number * SCALES.get(cell.scale, 1.0)


def is_number(text: str) -> bool:
    """Whether a cell is a number in any form.

    >>> [is_number(text) for text in ("1.234,5", "(3)", "12 m", "01.02.2024")]
    [True, True, False, False]
    """
    cell = cell_of(text)
    if cell is None:
        return INFINITE.fullmatch(text.strip()) is not None
    return any(pattern(form).fullmatch(cell.digits) for form in FORMS)


def read_numbers(
    cells: Sequence[str],
    hints: Hints | None = None,
    decimal: str = "",
    parsed: Mapping[str, Cell | None] | None = None,
) -> Numbers:
    """All cells in the one form that fits them best.

    Args:
        cells: as they are written.
        hints: of the file around them.
        decimal: the sign that begins decimals, where a person says it.
        parsed: what each cell holds, where it is more than a number.
    """
    parsed = parsed or {text: cell_of(text) for text in dict.fromkeys(cells)}
    found = _of_one_kind({text: c for text, c in parsed.items() if c is not None})
    fits = _fits([cell.digits for cell in found.values()], decimal)
    rivals = _different(found.values(), fits)
    form, sure = rivals[0], len(rivals) == 1
    if not sure:
        in_order = [found[text].digits for text in cells if text in found]
        hints = hints or Hints()
        if any(map(POINTED.search, found)):
            hints = hints._replace(semicolons=False, dotted=False)
        form, sure = _decided(in_order, rivals, hints)
    fitting = pattern(form)
    values = {
        text: value_of(cell, form)
        for text, cell in found.items()
        if fitting.fullmatch(cell.digits)
    }
    signs = _signs_of_nothing(cells, values)
    values |= dict.fromkeys(signs, np.nan)
    values |= {text: float(text) for text in parsed if INFINITE.fullmatch(text.strip())}
    read = np.array([values.get(text, np.nan) for text in cells], np.float64)
    empty = {text for text in parsed if is_empty(text)}
    wrong = np.array([text not in values and text not in empty for text in cells], bool)
    signed = any(sign in cell.digits for cell in found.values() for sign in ".,")
    proof = form.decimal if signed and len(rivals) == 1 and not decimal else ""
    return Numbers(read, wrong, form, () if sure else tuple(rivals), proof, signs)


def _signs_of_nothing(
    cells: Sequence[str], values: Mapping[str, float]
) -> tuple[str, ...]:
    """The cells of nines that come again and lie further from all others than these do
    from each other."""
    nines = {t: v for t, v in values.items() if NINES.fullmatch(t.strip())}
    rest = [value for text, value in values.items() if text not in nines]
    if not nines or len(rest) < 2:
        return ()
    low, high = min(rest), max(rest)
    room = max(high - low, abs(low), abs(high))
    counts = Counter(cells)
    return tuple(
        text
        for text, value in nines.items()
        if counts[text] > 1 and (value < low - room or value > high + room)
    )


def form_words(form: NumberForm) -> Words:
    """How numbers are written, for people."""
    shown = f"1{form.thousands}234{form.decimal}5"
    return Words(N_("decimals as in %(shown)s"), {"shown": shown})


def _of_one_kind(found: dict[str, Cell]) -> dict[str, Cell]:
    """Without the few that are in percent where the others are not, or the other way,
    and without a letter for millions where most numbers have none."""
    written = [cell for cell in found.values() if cell.digits.strip("0.,")]
    if 2 * sum(bool(cell.scale) for cell in written) < len(written):
        found = {text: cell for text, cell in found.items() if not cell.scale}
    marks = Counter(cell.percent for cell in written)
    if len(marks) < 2:
        return found
    usual = marks.most_common(1)[0][0]
    return {
        text: cell
        for text, cell in found.items()
        if cell.percent == usual or not cell.digits.strip("0.,")
    }


def _fits(digits: Sequence[str], decimal: str) -> list[NumberForm]:
    """The forms that fit the most cells."""
    forms = [form for form in FORMS if decimal in ("", form.decimal)]
    counts = [sum(map(bool, map(pattern(f).fullmatch, digits))) for f in forms]
    most = max(counts)
    return [form for form, n in zip(forms, counts, strict=True) if n == most]


def _different(cells: Iterable[Cell], forms: Sequence[NumberForm]) -> list[NumberForm]:
    """The first of all forms that read the same values."""
    signed = [cell for cell in cells if not cell.digits.isdigit()]
    kept: dict[tuple[float, ...], NumberForm] = {}
    for form in forms:
        fitting = pattern(form)
        read = (
            value_of(cell, form) if fitting.fullmatch(cell.digits) else np.inf
            for cell in signed
        )
        kept.setdefault(tuple(read), form)
    return list(kept.values())


def _decided(
    digits: Sequence[str], rivals: Sequence[NumberForm], hints: Hints
) -> tuple[NumberForm, bool]:
    """Of several forms that fit the likeliest, and whether that is sure.

    Each sign that such a column uses has three digits after it: 1.020 or 20,283.
    """
    fitting = [form for form in rivals if form.decimal == hints.decimal]
    if len(fitting) == 1:
        return fitting[0], True
    used = {sign for sign in ".," if any(sign in each for each in digits)}
    if len(rivals) > 2 or len(used) != 1:
        return rivals[0], False
    (sign,) = used
    decimal = next((form for form in rivals if form.decimal == sign), rivals[0])
    thousands = next((form for form in rivals if form.thousands == sign), rivals[-1])
    bare = [each for each in digits if sign not in each]
    if any(len(each) > 3 for each in bare):
        return decimal, True
    if bare:
        # Who writes 1.020 with its last zero writes 912 as 912.000.
        kept_zeros = any(sign in each and each.endswith("0") for each in digits)
        smooth, rough = (_roughness(digits, form) for form in (thousands, decimal))
        counted = any(each.strip("0") for each in bare)
        return thousands, counted and (kept_zeros or rough > 2 * smooth)
    if sign == ".":
        rounded = hints.semicolons and all(each.endswith("0") for each in digits)
        return decimal, not (hints.dotted or rounded)
    comma = hints.semicolons or hints.dotted
    return (decimal, True) if comma else (thousands, False)


def _roughness(digits: Sequence[str], form: NumberForm) -> float:
    """How far neighbours lie apart, in standard deviations."""
    values = [value_of(Cell(each), form) for each in digits if each]
    spread = float(np.std(values))
    steps = [abs(b - a) for a, b in pairwise(values)]
    return float(np.mean(steps)) / spread if spread and steps else np.inf
