"""Numbers that a person types, pastes or draws."""

import re

import numpy as np
from numpy.typing import NDArray

from explorer.data.choices import SHOWN_VALUES
from explorer.data.columns import LARGEST, checked_series
from explorer.data.decoding import short
from explorer.data.number_cells import cell_of
from explorer.data.numbers import FORMS, Numbers, pattern, read_numbers
from explorer.errors import N_, ExplorerError, Words

PARTED = re.compile(r"[ \t\r\n\f\v;|；、，]+")
"""What parts numbers for sure; blanks that do not break part thousands."""

MOST_PASTED = 2_000_000
"""Characters of pasted numbers; longer series come as files."""

DRAWN_VALUES = (100, 5000)
"""Fewest and most values of a series drawn by hand."""


def split_numbers(text: str) -> list[str]:
    """Numbers parted by blanks, line ends or semicolons; or by commas, where these can
    be neither decimals nor thousands.

    >>> split_numbers("1,5 2,7"), split_numbers("1,2,3"), split_numbers("1.5, 2")
    (['1,5', '2,7'], ['1', '2', '3'], ['1.5', '2'])
    """
    words = [word.strip(",") for word in PARTED.split(text)]
    words = [word for word in words if word]
    commas = [word for word in words if "," in word]
    if not commas or (len(words) > 1 and _are_numbers(commas)):
        return words
    return [part for word in words for part in word.split(",") if part]


def read_typed(text: str, decimal: str = "") -> Numbers:
    """All numbers of a text, in the one form that fits them best.

    Raises:
        ExplorerError: if one is no number.
    """
    words = split_numbers(text)
    numbers = read_numbers(words, None, decimal)
    wrong = numbers.wrong | (np.abs(numbers.values) > LARGEST)
    if wrong.any():
        bad = int(wrong.argmax())
        raise ExplorerError(
            N_(
                "A series is made of finite numbers like 1234.5, but number "
                "%(place)d is '%(came)s'. Mend or remove it."
            ),
            place=bad + 1,
            came=short(words[bad]),
        )
    return numbers


def pasted_numbers(text: str, decimal: str = "") -> Numbers:
    """Numbers as a series; nan is a gap.

    Args:
        text: what was pasted.
        decimal: the sign that begins decimals, where a person says it.

    Raises:
        ExplorerError: if one is no number, or they are no series.
    """
    if len(text) > MOST_PASTED:
        raise ExplorerError(
            N_(
                "Pasted numbers may take %(most)s characters, but these take "
                "%(came)s. Give them as a file."
            ),
            most=f"{MOST_PASTED:,}",
            came=f"{len(text):,}",
        )
    numbers = read_typed(text, decimal)
    checked_series(numbers.values, Words(N_("what was pasted")))
    return numbers


def first_numbers(text: str, decimal: str) -> str:
    """The first numbers of a text as a sign that begins decimals reads them."""
    values = read_typed(text, decimal).values
    finite = values[np.isfinite(values)][:SHOWN_VALUES]
    return "; ".join(f"{value:.10g}" for value in finite)


def typed_heights(text: str) -> NDArray[np.float64]:
    """(n,) at least two numbers, stretched to lie between -1 and 1.

    Raises:
        ExplorerError: if one is no number, or all are the same.
    """
    given = read_typed(text[:MOST_PASTED]).values
    finite = given[np.isfinite(given)]
    if len(finite) < 2 or np.ptp(finite) / 2 == 0:
        raise ExplorerError(
            N_(
                "A line goes through two different heights at least, but these are "
                "%(came)s. Type numbers with spaces between them."
            ),
            came=short(text) or "-",
        )
    middle, reach = (finite.min() + finite.max()) / 2, np.ptp(finite) / 2
    return np.asarray((finite - middle) / reach)


def _are_numbers(words: list[str]) -> bool:
    """Whether one form reads all words."""
    cells = [cell_of(word) for word in words]
    return any(
        all(cell and pattern(form).fullmatch(cell.digits) for cell in cells)
        for form in FORMS
    )


def drawn_series(heights: object, length: int) -> NDArray[np.float64]:
    """(length,) values between -1 and 1 of a line drawn from left to right.

    Args:
        heights: evenly spaced along the drawing, -1 at its bottom and 1 at its top.
        length: how many values the line is resampled to, within `DRAWN_VALUES`.

    Raises:
        ExplorerError: if they are no numbers, or no line that varies.
    """
    try:
        given = np.asarray(heights, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        given = np.empty(0)
    low, high = DRAWN_VALUES
    if given.ndim != 1 or not 2 <= len(given) <= high or not np.isfinite(given).all():
        raise ExplorerError(
            N_(
                "A drawn series is a line from left to right, but nothing like it "
                "came. Draw once more."
            )
        )
    count = min(max(int(length), low), high)
    places = np.linspace(0, len(given) - 1, count)
    values = np.interp(places, np.arange(len(given)), np.clip(given, -1, 1))
    return checked_series(values, Words(N_("the drawing")))
