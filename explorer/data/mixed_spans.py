"""Years, then quarters, then months under each other in one column, as some offices of
statistics publish a series: one kind of span is kept."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.data.number_cells import bare
from explorer.data.periods import first_day, is_year, months_of
from explorer.data.time_cells import looks_like_time, normal
from explorer.data.time_words import MONTH
from explorer.errors import N_, Words

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

FINEST_FIRST = ("day", "week", "month", "quarter", "half", "year")

BY_MONTHS = {1: "month", 3: "quarter", 6: "half"}

LEAST_ROWS = 3
"""Fewer rows of another span are mistakes, told of by their line."""

YEAR = re.compile("(?:1[5-9]|20|21)[0-9]{2}")

WORDS = {
    "day": N_("rows of days (%(count)s)"),
    "week": N_("rows of weeks (%(count)s)"),
    "month": N_("rows of months (%(count)s)"),
    "quarter": N_("rows of quarters (%(count)s)"),
    "half": N_("rows of half years (%(count)s)"),
    "year": N_("rows of whole years (%(count)s)"),
}

MONTH_ALONE = re.compile(
    r"[0-9]{4}[-/.](?:0?[1-9]|1[0-2])|[0-9]{1,2}[-/.][0-9]{4}|[0-9]{4}年[0-9]{1,2}月"
    rf"|[0-9]{{4}}[- ]?{MONTH}|{MONTH}[- ]?[0-9]{{4}}",
    re.IGNORECASE,
)


def span_of(cell: str) -> str:
    """What a cell names: one of `FINEST_FIRST`, or nothing.

    >>> [span_of(c) for c in ("1997", "1997 Q1", "1997 JAN", "1997-01-31", "2019/20")]
    ['year', 'quarter', 'month', 'day', 'year']
    >>> span_of("2019 H2"), span_of("2019-W05"), span_of("fox"), span_of("9999")
    ('half', 'week', '', '')
    """
    plain = bare(cell)
    if YEAR.fullmatch(plain):
        return "year"
    if MONTH_ALONE.fullmatch(plain):
        return "month"
    if is_year(plain):
        return "year"
    if begins := first_day(plain):
        short = "week" if "-W" in begins else "day"
        return BY_MONTHS.get(months_of(plain), short)
    if MONTH_ALONE.fullmatch(normal(plain)):
        return "month"
    return "day" if looks_like_time(plain) and len(plain) > len("23:59:59") else ""


def of_one_span(
    columns: "Sequence[pd.Series[str]]",
) -> tuple[NDArray[np.bool_], tuple[Words, ...]]:
    """Which rows are kept, and what the others are: of spans that are mixed in one
    column the one with the most rows, of equals the finest.

    Args:
        columns: of cells, in the order of the file.
    """
    for cells in columns:
        spans = _spans(cells)
        counts = Counter(spans)
        if len(counts) < 2 or "" in counts or min(counts.values()) < LEAST_ROWS:
            continue
        kept = max(FINEST_FIRST, key=lambda span: counts[span])
        others = [(FINEST_FIRST.index(s), s) for s in counts if s != kept]
        words = (
            Words(WORDS[s], {"count": f"{counts[s]:,}"})
            for _, s in sorted(others)[::-1]
        )
        return np.array([span == kept for span in spans], bool), tuple(words)
    rows = len(columns[0]) if len(columns) else 0
    return np.ones(rows, bool), ()


def _spans(cells: "pd.Series[str]") -> list[str]:
    """What each cell names; nothing where the first and the last ones tell that the
    column is of another kind."""
    ends = [span_of(cell) for cell in (*cells.iloc[:2], *cells.iloc[-2:])]
    if not ends or "" in ends or len(cells) < 2 * LEAST_ROWS:
        return []
    if len({*ends}) == 1 and ends[0] == "day":
        return []
    if all(is_year(cell) for cell in cells):
        return []  # 1999/00, and 2000/01, which looks like a month
    return [span_of(cell) for cell in cells]
