"""A table read by what a person says of it: what is to be asked next, or the series.

Whoever asks keeps no table: it is read anew for each answer.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from explorer.data.choices import (
    SAME,
    SHOWN_VALUES,
    Choices,
    first_values,
    narrowed,
)
from explorer.data.columns import Taken, take_series
from explorer.data.parsing import read_table
from explorer.data.row_order import repeated_rows
from explorer.data.tables import Table
from explorer.data.time_forms import First, first_of
from explorer.errors import ExplorerError

MOST_CELLS = 20
"""Groups that are offered one by one."""


class Question(NamedTuple):
    """What only a person knows of a table."""

    choice: str
    """A name in `choices.QUESTIONS`."""
    answers: tuple[Any, ...]
    shown: tuple[str, ...] = ()
    """What each answer makes of the first cells."""
    rows: int = 0
    """How many it is about."""


class Reading(NamedTuple):
    """A table as it is read by these choices."""

    choices: Choices
    names: tuple[str, ...]
    numeric: tuple[str, ...]
    times: tuple[str, ...]
    question: Question | None = None
    error: ExplorerError | None = None
    """Why the chosen column is no series by the chosen times; another may be."""
    taken: Taken | None = None


def read(
    raw: bytes,
    filename: str,
    encoding: str = "",
    choices: Choices | None = None,
    tell: Callable[[float], None] = lambda part: None,
) -> Reading:
    """Read a table by these choices, or by the likeliest column and times.

    Args:
        tell: is told what part of the work is done.

    Raises:
        ExplorerError: if it is no table, or has no column of numbers.
    """
    table = read_table(raw, filename, encoding)
    tell(0.3)
    if not table.numeric:
        take_series(table)  # says why
    asked = choices or _usual(table)
    columns = tuple(table.names), tuple(table.numeric), tuple(table.times)
    found = Reading(asked, *columns)
    tell(0.4)
    try:
        for ask, part in ((_decimal, 0.7), (_first, 0.9), (_same, 0.95)):
            if question := ask(table, asked):
                return found._replace(question=question)
            tell(part)
        return found._replace(taken=take_series(table, _one_each(table, asked)))
    except ExplorerError as error:
        return found._replace(error=error)


def _usual(table: Table) -> Choices:
    column = table.measured[0]
    return Choices(column, next((name for name in table.times if name != column), ""))


def _decimal(table: Table, asked: Choices) -> Question | None:
    """Which sign begins decimals, where the column can be read in two ways."""
    column = str(asked.column)
    forms = table.numbers(column, asked.decimal).rivals
    if not forms:
        return None
    shown = tuple(first_values(table, column, form) for form in forms)
    return Question("decimal", tuple(forms), shown)


def _first(table: Table, asked: Choices) -> Question | None:
    """Which of day and month comes first, where both fit."""
    found = table.moments(asked.time, asked.first) if asked.time else None
    if found is None or not found.rivals:
        return None
    answers = tuple(first_of(form) for form in found.rivals)
    shown = tuple(_first_dates(table, str(asked.time), first) for first in answers)
    return Question("first", answers, shown)


def _first_dates(table: Table, time: str, first: First) -> str:
    """As year, month and day."""
    found = table.moments(time, first)
    assert found is not None
    return "; ".join(map(str, found.values[:SHOWN_VALUES].astype("datetime64[D]")))


def _same(table: Table, asked: Choices) -> Question | None:
    """What becomes of rows of the same time."""
    column, time = str(asked.column), str(asked.time)
    if not time or asked.same or asked.only:
        return None
    count = repeated_rows(table, column, time, asked)
    if not count:
        return None
    groups = [
        (name, str(cell))
        for name in table.groups(time)
        for cell in table.cells[name].unique()[:MOST_CELLS]
    ]
    return Question("same", (*groups, *SAME), rows=count)


def _one_each(table: Table, asked: Choices) -> Choices:
    """The first row of each time, where one group has several still."""
    if not asked.only or asked.same or not asked.time:
        return asked
    rows = narrowed(table, asked)
    again = repeated_rows(rows, str(asked.column), asked.time, asked)
    return replace(asked, same="first") if again else asked
