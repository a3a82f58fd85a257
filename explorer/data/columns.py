"""One column of a table as a series: its numbers, in the order of their times."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.choices import (
    NO_TIME,
    Choices,
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
from explorer.data.row_order import by_time
from explorer.data.stored_series import Other
from explorer.data.tables import Table
from explorer.data.time_forms import EPOCHS, SPREADSHEET
from explorer.data.time_reading import Times
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
        columns, times = by_time(table, time, columns, found, asked.same)
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


def _form_remark(table: Table, column: str, numbers: Numbers) -> list[Words]:
    """What a form other than 1234.5 makes of the first values, and what was taken for
    no value."""
    words = N_("Taken for missing: '%(came)s', %(count)s times.")
    remarks = [
        Words(
            words,
            {"came": sign, "count": f"{int((table.cells[column] == sign).sum()):,}"},
        )
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
            "Numbers below a limit are read as half of it: '%(came)s', %(count)s times."
        )
        below = {"came": numbers.limits[0], "count": f"{int(cells.sum()):,}"}
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
        words = N_("Clocks were put back (%(count)s): that hour is there twice.")
        remarks.append(Words(words, {"count": f"{found.autumns:,}"}))
    if lost := len(found.moments) - kept:
        words = N_("Rows joined to another of the same time: %(count)s.")
        remarks.append(Words(words, {"count": f"{lost:,}"}))
    return remarks
