"""How a table is read: which column, by which times, and what only a person knows."""

from dataclasses import replace

import streamlit as st

from explorer.data.choices import (
    QUESTIONS,
    SAME,
    SHOWN_VALUES,
    Choices,
    Same,
    first_values,
    narrowed,
)
from explorer.data.columns import Taken, repeated_rows, take_series
from explorer.data.tables import Table
from explorer.data.time_forms import first_of
from explorer.ui.language import Translate

MOST_CELLS = 20
"""Groups that are offered one by one."""

Group = tuple[str, str]
"""A column, and a cell in it."""


def title_of(choice: str, _: Translate) -> str:
    """What the field of a choice is called."""
    return _(QUESTIONS[choice])


def read_by_choice(table: Table, _: Translate) -> Taken | None:
    """The chosen column, by the chosen times; None while a question is open.

    Raises:
        ExplorerError: if there is none of numbers, or it is no series.
    """
    if not table.numeric:
        return take_series(table)
    key = ".".join(table.names)
    asked: Choices | None = _ask_columns(table, key, _)
    for ask in (_ask_decimal, _ask_dates, _ask_repeated):
        if asked is None:
            return None
        asked = ask(table, asked, key, _)
    return None if asked is None else take_series(table, asked)


def _ask_columns(table: Table, key: str, _: Translate) -> Choices:
    column = st.selectbox(
        title_of("column", _),
        table.numeric,
        index=table.numeric.index(table.measured[0]),
        key=f"column.{key}",
        help=_("The numbers that a model is to forecast."),
    )
    rest = [*table.times, *table.numeric]
    times = [name for name in dict.fromkeys(rest) if name != column]
    time = st.selectbox(
        _("Time column"),
        ["", *times],
        index=1 if times and times[0] in table.times else 0,
        format_func=lambda name: name or _("none: rows are in order"),
        key=f"time.{key}.{column}",
        help=_("Rows are put in its order, and pictures show it below."),
    )
    return Choices(column, time)


def _ask_decimal(
    table: Table, asked: Choices, key: str, _: Translate
) -> Choices | None:
    """Which sign begins decimals, where the column can be read in two ways."""
    column = str(asked.column)
    forms = table.numbers(column).rivals
    if not forms:
        return asked
    form = st.radio(
        title_of("decimal", _),
        forms,
        index=None,
        format_func=lambda form: first_values(table, column, form),
        key=f"decimal.{key}.{column}",
        help=_("The signs in them may begin decimals or part thousands."),
    )
    return None if form is None else replace(asked, decimal=form.decimal)


def _ask_dates(table: Table, asked: Choices, key: str, _: Translate) -> Choices | None:
    """Which of day and month comes first, where both fit."""
    time = str(asked.time)
    found = table.moments(time) if time else None
    if found is None or not found.rivals:
        return asked
    first = st.radio(
        title_of("first", _),
        [first_of(form) for form in found.rivals],
        index=None,
        format_func=lambda first: _first_dates(table, time, first),
        key=f"dates.{key}.{time}",
        help=_("The day may come first in them, or the month."),
    )
    return None if first is None else replace(asked, first=first)


def _first_dates(table: Table, time: str, first: str) -> str:
    """As year, month and day."""
    found = table.moments(time, first)  # type: ignore[arg-type]
    assert found is not None
    days = found.values[:SHOWN_VALUES].astype("datetime64[D]")
    return "; ".join(map(str, days))


def _ask_repeated(
    table: Table, asked: Choices, key: str, _: Translate
) -> Choices | None:
    """What becomes of rows of the same time."""
    column, time = str(asked.column), str(asked.time)
    if not time or not (count := repeated_rows(table, column, time, asked)):
        return asked
    groups: list[Group] = [
        (name, str(cell))
        for name in table.groups(time)
        for cell in table.cells[name].unique()[:MOST_CELLS]
    ]
    options: list[Same | Group] = [*groups, *SAME]
    message = _("%(title)s: %(count)d. Take")
    chosen = st.selectbox(
        message % {"title": title_of("same", _), "count": count},
        options,
        index=None,
        format_func=lambda option: _option(option, _),
        key=f"same.{key}.{column}.{time}",
        help=_("A series has one value at each time."),
    )
    if chosen is None:
        return None
    if isinstance(chosen, str):
        return replace(asked, same=chosen)
    only = replace(asked, only=chosen)
    again = repeated_rows(narrowed(table, only), column, time, only)
    return replace(only, same="first") if again else only


def _option(option: Same | Group, _: Translate) -> str:
    if isinstance(option, str):
        return _(SAME[option])
    column, cell = option
    message = _("only rows where %(column)s is %(cell)s")
    return message % {"column": column, "cell": cell}
