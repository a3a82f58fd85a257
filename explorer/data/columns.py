"""One column of a table as a series: its numbers, in the order of their times."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.choices import (
    NO_TIME,
    SAME,
    Answer,
    Choices,
    Same,
    UndecidedError,
    chosen_column,
    chosen_numbers,
    chosen_time,
    chosen_times,
    first_values,
    narrowed,
)
from explorer.data.content import MAX_SERIES_VALUES, OwnSeries
from explorer.data.covariates import chosen_others, leaks, numbers_beside
from explorer.data.decoding import encoding_remark, short
from explorer.data.numbers import NumberForm, Numbers, form_words
from explorer.data.stored_series import Other
from explorer.data.tables import Table
from explorer.data.time_forms import EPOCHS, SPREADSHEET, Times
from explorer.errors import N_, ExplorerError, Words

MIN_VALUES = 100
LARGEST, SMALLEST = 1e30, 1e-30
"""The sizes between which the squares of values, and what they mean, are numbers."""


class Taken(NamedTuple):
    """A series, and what a person should know of how it was read."""

    series: OwnSeries
    remarks: tuple[Words, ...]
    leaks: tuple[Words, ...] = ()
    """Of columns beside it that tell the values to come."""


def take_series(table: Table, choices: Choices | None = None) -> Taken:
    """One column of numbers, NaN where cells are empty, by time where there is one.

    Raises:
        ExplorerError: if there is no such column, its values are no finite, varying
            series, or a person must say how it is meant.
    """
    asked = choices or Choices()
    table = narrowed(table, asked)
    column = chosen_column(table, asked)
    numbers = chosen_numbers(table, column, asked)
    _check_cells(table, column, numbers)
    time = chosen_time(table, column, asked)
    left_out = N_("Left out: %(what)s.")
    remarks = [*table.remarks, *(Words(left_out, {"what": w}) for w in table.skipped)]
    if table.guessed:
        remarks.append(encoding_remark(table.guessed))
    remarks += _form_remark(table, column, numbers)
    beside = chosen_others(table, column, time, asked)
    columns, times = [numbers.values], None
    for name, _known in beside:
        more = numbers_beside(table, name, asked, numbers)
        _check_cells(table, name, more)
        columns.append(more.values)
    if time != NO_TIME:
        found = chosen_times(table, time, asked)
        columns, times = _by_time(table, time, columns, found, asked.same)
        remarks += _time_remarks(time, found, len(columns[0]))
    remarks += map(_not_used, table.unread)
    values = checked_series(columns[0], table.column(column))
    others = tuple(Other(*b, v) for b, v in zip(beside, columns[1:], strict=True))
    series = OwnSeries(values, column, times, others)
    return Taken(series, tuple(remarks), tuple(leaks([values], others)))


def _not_used(why: Words) -> Words:
    whole = why.template.endswith(".")
    rule = N_("Not used: %(what)s") if whole else N_("Not used: %(what)s.")
    return Words(rule, {"what": why})


def repeated_rows(table: Table, column: str, time: str, asked: Choices) -> int:
    """How many rows have the time of another one, and another value."""
    found = chosen_times(table, time, asked)
    order = _order(found.moments)
    values = chosen_numbers(table, column, asked).values
    return int(_repeated(found.moments[order], values[order]).sum())


def checked_series(values: NDArray[np.float64], name: Words) -> NDArray[np.float64]:
    """The values, if they are long enough, not too long, of a usual size, and vary.

    Raises:
        ExplorerError: if they are not.
    """
    finite = values[np.isfinite(values)]
    if len(finite) < MIN_VALUES or len(values) > MAX_SERIES_VALUES:
        few = len(finite) < MIN_VALUES
        raise ExplorerError(
            N_(
                "A series needs %(least)d to %(most)s values, but %(column)s has "
                "%(came)s. Give a %(other)s one."
            ),
            least=MIN_VALUES,
            most=f"{MAX_SERIES_VALUES:,}",
            column=name,
            came=f"{len(finite) if few else len(values):,}",
            other=Words(N_("longer") if few else N_("shorter")),
        )
    largest = float(np.max(np.abs(finite)))
    if not np.ptp(finite) or np.std(finite / largest) <= 1e-12:
        raise ExplorerError(
            N_(
                "A series must vary, but %(column)s is always %(value)s. Choose "
                "another column."
            ),
            column=name,
            value=f"{finite[0]:g}",
        )
    if not SMALLEST <= largest <= LARGEST:
        raise ExplorerError(
            N_(
                "A series is made of numbers between 1e-30 and 1e+30 in size, but the "
                "largest in %(column)s is %(came)s. Give it in another unit."
            ),
            column=name,
            came=f"{largest:g}",
        )
    return values


def _check_cells(table: Table, column: str, numbers: Numbers) -> None:
    """See that every cell is a number or empty, and all are of one unit."""
    if numbers.mixed:
        raise ExplorerError(
            N_(
                "A series is measured in one unit, but %(column)s has several: "
                "%(units)s. Write all numbers in one of them."
            ),
            column=table.column(column),
            units=", ".join(numbers.mixed),
        )
    if numbers.wrong.any():
        row = int(numbers.wrong.argmax())
        raise ExplorerError(
            N_(
                "A series is made of numbers, but row %(row)d in %(column)s says "
                "'%(came)s'. Write numbers as 1234.5, without units."
            ),
            row=int(table.rows[row]),
            column=table.column(column),
            came=short(table.cells[column].iloc[row]),
        )
    if (huge := np.abs(numbers.values) > LARGEST).any():
        row = int(huge.argmax())
        raise ExplorerError(
            N_(
                "A series is made of finite numbers up to 1e+30 in size, but row "
                "%(row)d in %(column)s says '%(came)s'. Mend that row, or give the "
                "series in another unit."
            ),
            row=int(table.rows[row]),
            column=table.column(column),
            came=short(table.cells[column].iloc[row]),
        )


def _order(moments: NDArray[Any]) -> NDArray[np.int64]:
    """The order of rows in time; rows of one moment stay as they came, or turned round
    where the newest comes first."""
    if len(moments) > 1 and moments[0] > moments[-1]:
        last = len(moments) - 1
        return last - np.argsort(moments[::-1], kind="stable")
    return np.argsort(moments, kind="stable")


def _by_time(
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


def _form_remark(table: Table, column: str, numbers: Numbers) -> list[Words]:
    """What a form other than 1234.5 makes of the first values, and what was taken for
    no value."""
    words = N_("Taken for missing: '%(came)s', %(count)d times.")
    remarks = [
        Words(words, {"came": sign, "count": int((table.cells[column] == sign).sum())})
        for sign in numbers.signs
    ]
    if numbers.taken_off:
        marks = ", ".join(f"'{mark}'" for mark in numbers.taken_off)
        words = N_("Taken off the numbers: %(marks)s.")
        remarks.append(Words(words, {"marks": marks}))
    if numbers.truths:
        one, zero = numbers.truths
        words = N_("Words are read as numbers: '%(one)s' is 1, '%(nought)s' is 0.")
        remarks.append(Words(words, {"one": one, "nought": zero}))
    if numbers.spent:
        came, value, unit = numbers.spent
        words = N_("Durations are read as numbers: '%(came)s' is %(value)s (%(unit)s).")
        remarks.append(
            Words(words, {"came": came, "value": value, "unit": Words(unit)})
        )
    if numbers.limits:
        cells = table.cells[column].isin(numbers.limits)
        words = N_(
            "Numbers below a limit are read as half of it: '%(came)s', %(count)d times."
        )
        below = {"came": numbers.limits[0], "count": int(cells.sum())}
        remarks.append(Words(words, below))
    if numbers.form == NumberForm("."):
        return remarks
    shown = first_values(table, column, numbers.form)
    words = N_("Numbers are read with %(form)s: %(shown)s, …")
    return [*remarks, Words(words, {"form": form_words(numbers.form), "shown": shown})]


def _time_remarks(time: str, found: Times, kept: int) -> list[Words]:
    remarks = [Words(N_("Times are those of '%(column)s'."), {"column": time})]
    if found.form == SPREADSHEET and len(found.values):
        words = N_("Its numbers are the days of a spreadsheet; the first is %(day)s.")
        remarks.append(Words(words, {"day": str(found.values[0].astype("M8[D]"))}))
    if found.form in EPOCHS and len(found.values):
        words = N_("Its numbers are %(unit)s since 1970; the first is %(day)s.")
        day = str(found.values[0].astype("M8[D]"))
        remarks.append(Words(words, {"unit": Words(found.form), "day": day}))
    if len(found.moments) > 1 and found.moments[0] > found.moments[-1]:
        remarks.append(Words(N_("The newest row came first; now the oldest does.")))
    if found.autumns:
        words = N_("Clocks were put back (%(count)d): that hour is there twice.")
        remarks.append(Words(words, {"count": found.autumns}))
    if lost := len(found.moments) - kept:
        words = N_("Rows joined to another of the same time: %(count)d.")
        remarks.append(Words(words, {"count": lost}))
    return remarks


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
