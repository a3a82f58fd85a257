"""What a person says of a table, and what the table decides where nothing is said.

Where it can be read in two ways a person decides. The page asks first; whoever asks for
a series all the same is told where to say it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from explorer.data.decoding import named, short
from explorer.data.number_cells import is_empty
from explorer.data.numbers import NumberForm, Numbers
from explorer.data.tables import Table
from explorer.data.time_forms import First, first_of
from explorer.data.time_reading import Times, no_times
from explorer.errors import N_, ExplorerError, Words, unknown

NO_TIME = ""

SHOWN_VALUES = 3

Same = Literal["", "mean", "first", "last", "all"]

SAME: dict[Same, str] = {
    "mean": N_("their mean"),
    "first": N_("the first of them"),
    "last": N_("the last of them"),
    "all": N_("all of them, in the order of the file"),
}
"""What becomes of rows of the same time."""


@dataclass(frozen=True)
class Choices:
    """What a person says of a table; nothing said is decided by the table."""

    column: str | None = None
    time: str | None = None
    """The column that says when; "" for the order of the rows."""
    decimal: str = ""
    """The sign that begins decimals."""
    first: First = ""
    """Which of day, month and year a date begins with."""
    same: Same = ""
    """What becomes of rows of the same time."""
    only: tuple[str, str] | None = None
    """A column, and the cell that rows must have in it."""
    others: tuple[str, ...] = ()
    """Columns that a model is given beside the series."""
    known: tuple[str, ...] = ()
    """Of these, or more of them: those whose values to come are known in advance."""


QUESTIONS: Mapping[str, str] = {
    "column": N_("Column"),
    "decimal": N_("The first numbers are"),
    "first": N_("The first dates are"),
    "same": N_("Rows of the same time"),
}
"""What a page calls the field in which it asks for a choice, by the choice's name."""

Answer = tuple[str, str]
"""The name of a choice, and what may be said; "" where that is not listed."""


class UndecidedError(ExplorerError):
    """A question that a person must answer, and where: in a page's field of that name,
    unless `asked_by` names another place."""

    def __init__(
        self, template: str, /, answers: Sequence[Answer] = (), **values: Any
    ) -> None:
        if answers:
            values["where"] = Words(QUESTIONS[answers[0][0]])
        super().__init__(template, **values)
        self.answers = tuple(answers)

    def asked_by(self, options: str | Words) -> ExplorerError:
        """The same question, answered elsewhere."""
        values = {**self.words.values, "where": options}
        return ExplorerError.saying(Words(self.words.template, values))


def narrowed(table: Table, asked: Choices) -> Table:
    """The table with the rows that are asked for.

    Raises:
        ExplorerError: if there is no such column, or no such cell in it.
    """
    if asked.only is None:
        return table
    column, cell = asked.only
    refuse_unknown_column(table, column)
    found = table.narrowed(column, cell)
    if not len(found.rows):
        kind = Words(N_("cell of %(column)s"), {"column": table.column(column)})
        raise unknown(kind, cell, list(table.cells[column].unique()[:12]))
    return found


def chosen_column(table: Table, asked: Choices) -> str:
    """The asked-for column, or the only one that is measured.

    Raises:
        ExplorerError: if there is none, or several.
    """
    if asked.column is not None:
        refuse_unknown_column(table, asked.column)
        return asked.column
    measured = [n for n in table.measured if asked.only is None or n != asked.only[0]]
    if len(measured) == 1:
        return measured[0]
    if not measured:
        raise _nothing_measured(table)
    raise UndecidedError(
        N_(
            "A series is one column, but '%(file)s' has %(count)d columns of numbers: "
            "%(names)s. Say which one is meant (%(where)s)."
        ),
        [("column", "")],
        file=named(table.filename),
        count=len(measured),
        names=_listed(measured),
    )


def _nothing_measured(table: Table) -> ExplorerError:
    """Why no column of a table can be a series."""
    if table.unsure:
        return ExplorerError(
            N_("A series needs a column of numbers, but %(why)s."), why=table.unsure[0]
        )
    if not table.names:
        return ExplorerError(
            N_(
                "A table is rows of fields, but '%(file)s' has none. Write one row per "
                "time step."
            ),
            file=named(table.filename),
        )
    return ExplorerError(
        N_(
            "A series needs a column of numbers, but '%(file)s' has none among "
            "%(names)s. Write numbers as 1234.5, without units."
        ),
        file=named(table.filename),
        names=_listed(table.names),
    )


def chosen_time(table: Table, column: str, asked: Choices) -> str:
    """The asked-for column of times, or the likeliest one; "" where there is none.

    Raises:
        ExplorerError: if there is no such column.
    """
    if asked.time is None:
        return next((name for name in table.times if name != column), NO_TIME)
    for name in table.times:
        if asked.time in (name, *table.parts(name)):
            return name
    if asked.time:
        refuse_unknown_column(table, asked.time)
    return asked.time


def chosen_numbers(table: Table, column: str, asked: Choices) -> Numbers:
    """A column's numbers in the form that was decided.

    Raises:
        ExplorerError: if two forms fit.
    """
    numbers = table.numbers(column, asked.decimal)
    if numbers.rivals:
        one, other, *_ = (first_values(table, column, f) for f in numbers.rivals)
        raise UndecidedError(
            N_(
                "Numbers must be written so that decimals and thousands cannot be "
                "mistaken, but %(column)s can be read as %(one)s or as %(other)s. Say "
                "which of them is meant (%(where)s)."
            ),
            [("decimal", form.decimal) for form in numbers.rivals],
            column=table.column(column),
            one=one,
            other=other,
        )
    return numbers


def first_values(table: Table, column: str, form: NumberForm) -> str:
    """The first values as a form reads them."""
    values = table.numbers(column, form.decimal).values
    numbers = values[np.isfinite(values)][:SHOWN_VALUES]
    return "; ".join(f"{value:.10g}" for value in numbers)


def chosen_times(table: Table, time: str, asked: Choices) -> Times:
    """When each row was measured.

    Raises:
        ExplorerError: if a cell is empty or no time, or if day and month may be
            mistaken for each other.
    """
    cells = table.when(time)
    empty = np.array([is_empty(cell) for cell in cells], bool)
    if empty.any():
        raise ExplorerError(
            N_(
                "Every row needs its time, but %(count)d of %(all)d cells in "
                "%(column)s are empty, the first in row %(row)d. Fill them in or "
                "remove those rows."
            ),
            count=int(empty.sum()),
            all=len(cells),
            column=table.column(time),
            row=int(table.rows[empty.argmax()]),
        )
    found = table.moments(time, asked.first)
    if found is None:
        raise no_times(cells, list(map(int, table.rows)), table.column(time))
    if found.rivals:
        raise UndecidedError(
            N_(
                "Dates must be written so that day and month cannot be mistaken, but "
                "'%(came)s' in %(column)s can be read in two ways. Say which one is "
                "meant (%(where)s), or write 2024-01-31."
            ),
            [("first", first_of(form)) for form in found.rivals],
            came=short(cells[0]),
            column=table.column(time),
        )
    return found


def refuse_unknown_column(table: Table, name: str) -> None:
    """See that a table has a column.

    Raises:
        ExplorerError: if it has not.
    """
    if name not in table.names:
        kind = Words(N_("column of '%(file)s'"), {"file": named(table.filename)})
        raise unknown(kind, name, table.names)


def _listed(names: list[str]) -> str | Words:
    first = ", ".join(f"'{name}'" for name in names[:12])
    if len(names) <= 12:
        return first
    more = {"names": first, "count": len(names) - 12}
    return Words(N_("%(names)s and %(count)d more"), more)
