"""The doors through which own data comes in: what was given to values or text.

Whatever comes in, the answer is data or one `ExplorerError` that says what to mend.
"""

import re

import numpy as np
from numpy.typing import NDArray

from explorer.data.columns import LARGEST, MIN_VALUES, checked_series, series_of
from explorer.data.content import MAX_TEXT_BYTES, OwnSeries
from explorer.data.decoding import decoded, named, short
from explorer.data.tables import EMPTY, read_table
from explorer.errors import N_, ExplorerError, Words

PARTED = re.compile(r"[\s,;|，；、]+")
NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
MOST_PASTED = 2_000_000
"""Characters of pasted numbers; longer series come as files."""

DRAWN_VALUES = (100, 5000)
"""Fewest and most values of a series drawn by hand."""


def read_text(raw: bytes, filename: str, encoding: str = "") -> str:
    """The text of a file in UTF-8, GB18030 or what is said, with line ends as "\\n".

    Raises:
        ExplorerError: if it is empty, short, too large, binary or in an encoding that
            is unsure.
    """
    text = decoded(raw, filename, MAX_TEXT_BYTES, encoding)
    if len(text) < MIN_VALUES:
        raise ExplorerError(
            N_(
                "A text needs at least %(least)d characters, but '%(file)s' has "
                "%(came)d. Give a longer one."
            ),
            least=MIN_VALUES,
            file=named(filename),
            came=len(text),
        )
    return text


def read_series(
    raw: bytes,
    column: str | None,
    filename: str,
    time: str | None = None,
    encoding: str = "",
) -> OwnSeries:
    """One column of a CSV file, NaN where its cells are empty; see `columns`.

    Raises:
        ExplorerError: if there is no such column or its values are no finite,
            varying series.
    """
    return series_of(read_table(raw, filename, encoding), column, time)


def pasted_numbers(text: str) -> NDArray[np.float64]:
    """(n,) numbers parted by spaces, commas, semicolons or line ends; nan is a gap.

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
    return checked_series(_numbers(text), Words(N_("what was pasted")))


def typed_heights(text: str) -> NDArray[np.float64]:
    """(n,) at least two numbers, stretched to lie between -1 and 1.

    Raises:
        ExplorerError: if one is no number, or all are the same.
    """
    given = _numbers(text[:MOST_PASTED])
    known = given[np.isfinite(given)]
    if len(known) < 2 or np.ptp(known) == 0:
        raise ExplorerError(
            N_(
                "A line goes through two different heights at least, but these are "
                "%(came)s. Type numbers with spaces between them."
            ),
            came=short(text) or "-",
        )
    middle, reach = (known.min() + known.max()) / 2, np.ptp(known) / 2
    return np.asarray((known - middle) / reach)


def _numbers(text: str) -> NDArray[np.float64]:
    words = [word for word in PARTED.split(text) if word]
    values = [_number(word, k) for k, word in enumerate(words, start=1)]
    return np.array(values, np.float64)


def _number(word: str, place: int) -> float:
    if word.lower() in EMPTY:
        return float("nan")
    value = float(word) if len(word) < 400 and NUMBER.fullmatch(word) else float("nan")
    if not abs(value) <= LARGEST:
        raise ExplorerError(
            N_(
                "A series is made of finite numbers like 1234.5, but number "
                "%(place)d is '%(came)s'. Mend or remove it."
            ),
            place=place,
            came=short(word),
        )
    return value


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
