"""Rows in the order of their times, and what becomes of those that repeat one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.data.choices import (
    SAME,
    Answer,
    Choices,
    Same,
    UndecidedError,
    chosen_numbers,
    chosen_times,
)
from explorer.data.tables import Table
from explorer.data.time_reading import Times
from explorer.errors import N_, ExplorerError


def repeated_rows(table: Table, column: str, time: str, asked: Choices) -> int:
    """How many rows have the time of another one, and another value."""
    found = chosen_times(table, time, asked)
    order = _order(found.moments)
    values = chosen_numbers(table, column, asked).values
    return int(_repeated(found.moments[order], values[order]).sum())


def by_time(
    table: Table,
    time: str,
    columns: list[NDArray[np.float64]],
    found: Times,
    same: Same,
) -> tuple[list[NDArray[np.float64]], NDArray[Any]]:
    """Columns, the series first, in the order of their times, and the clock of each
    place.

    That clock never goes back: the hour that an autumn repeats is drawn together.
    """
    order = _order(found.moments)
    columns, moments = [each[order] for each in columns], found.moments[order]
    times = np.maximum.accumulate(found.values[order])
    again = np.flatnonzero(_repeated(moments, columns[0]))
    if len(again) and same == "":
        raise _several(table, time, len(again), int(table.rows[order[again[0]]]))
    kept = [_one_each(each, moments, times, same or "first") for each in columns]
    return [values for values, _times in kept], kept[0][1]


def _order(moments: NDArray[Any]) -> NDArray[np.int64]:
    """The order of rows in time; rows of one moment stay as they came, or turned round
    where the newest comes first."""
    if len(moments) > 1 and moments[0] > moments[-1]:
        last = len(moments) - 1
        return last - np.argsort(moments[::-1], kind="stable")
    return np.argsort(moments, kind="stable")


def _repeated(moments: NDArray[Any], values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) which rows, in order, have the time of the row before and another value."""
    differ = ~np.isclose(values[1:], values[:-1], rtol=0, atol=0, equal_nan=True)
    same = (moments[1:] == moments[:-1]) & differ
    return np.append(False, same)


def _one_each(
    values: NDArray[np.float64], moments: NDArray[Any], times: NDArray[Any], same: Same
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Rows in order, one of each moment unless all are kept."""
    begins = np.append(True, moments[1:] != moments[:-1])
    if same == "all" or begins.all():
        return values, times
    if same == "last":
        kept = np.append(begins[1:], True)
        return values[kept], times[kept]
    if same == "mean":
        groups = np.cumsum(begins) - 1
        finite = np.isfinite(values)
        count = np.bincount(groups[finite], minlength=groups[-1] + 1)
        total = np.bincount(groups[finite], values[finite], minlength=groups[-1] + 1)
        means = np.divide(total, count, np.full(len(count), np.nan), where=count > 0)
        return means, times[begins]
    return values[begins], times[begins]


def _several(table: Table, time: str, count: int, row: int) -> ExplorerError:
    """The error for rows of the same time; it knows what may tell them apart."""
    answers: list[Answer] = [("same", answer) for answer in SAME]
    if groups := table.groups(time):
        cell = str(table.cells[groups[0]].iloc[0]).strip()
        answers.append(("only", f"{groups[0]}={cell}"))
    return UndecidedError(
        N_(
            "Every row needs a time of its own, but in %(column)s %(count)d rows have "
            "the time of another, the first in row %(row)d. Say what becomes of them "
            "(%(where)s)."
        ),
        answers,
        column=table.column(time),
        count=count,
        row=row,
    )
