"""How a table is read: which column, by which times, and what only a person knows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from explorer.data.aside import found_aside, read_aside
from explorer.data.choices import QUESTIONS, SAME, Choices
from explorer.data.columns import Taken
from explorer.data.joined import SIGN
from explorer.data.reading import Question, Reading, read
from explorer.data.stored_series import MOST_OTHERS
from explorer.errors import ExplorerError
from explorer.ui.language import Translate

T = TypeVar("T")

AT_ONCE = 1_000_000
"""Bytes of a file that a page reads itself; larger ones are read aside."""

_READ = "reading.read"

Read = Callable[[Choices | None], Reading]
"""A table by these choices, or by the likeliest ones."""


def title_of(choice: str, _: Translate) -> str:
    """What the field of a choice is called."""
    return _(QUESTIONS[choice])


def found_once(
    look: Callable[[bytes, str, str], T],
    raw: bytes,
    filename: str,
    encoding: str,
    file_id: str,
    _: Translate,
) -> T:
    """What `look` finds in a file; it looks once, though the page is drawn again at
    each click, and of the newest file alone the finding is kept.

    Raises:
        ExplorerError: as `look` does.
    """
    key, asked = f"{_READ}.{look.__name__}", (file_id, encoding)
    if st.session_state.get(key, (None,))[0] != asked:
        found: T | ExplorerError
        try:
            if len(raw) <= AT_ONCE:
                found = look(raw, filename, encoding)
            else:
                found = waited_for(found_aside(look, raw, filename, encoding), _)
        except ExplorerError as error:
            found = error
        st.session_state[key] = asked, found
    result: T | ExplorerError = st.session_state[key][1]
    if isinstance(result, ExplorerError):
        raise result
    return result


def reader(
    raw: bytes, filename: str, encoding: str, file_id: str, _: Translate
) -> Read:
    """Reads a file, and remembers what came of it: of each choice, but of the series
    the newest alone."""
    asked = file_id, encoding
    if st.session_state.get(_READ, (None,))[0] != asked:
        st.session_state[_READ] = asked, {}
    results: dict[Choices | None, Reading | ExplorerError] = st.session_state[_READ][1]

    def read_once(choices: Choices | None) -> Reading:
        if choices not in results:
            try:
                found = _read(raw, filename, encoding, choices, _)
            except ExplorerError as error:
                results[choices] = error
                raise
            for taken in [
                each for each, r in results.items() if getattr(r, "taken", 0)
            ]:
                del results[taken]
            results[found.choices] = found
            if choices is None:
                results[None] = found._replace(taken=None)
        result = results[choices]
        if isinstance(result, ExplorerError):
            raise result
        return result

    return read_once


def _read(
    raw: bytes, filename: str, encoding: str, choices: Choices | None, _: Translate
) -> Reading:
    if len(raw) <= AT_ONCE:
        return read(raw, filename, encoding, choices)
    return waited_for(read_aside(raw, filename, encoding, choices), _)


def waited_for(reading: Iterator[float | T], _: Translate) -> T:
    """What is read aside at last; a bar says how far it is."""
    bar = st.progress(0.0, _("Reading the file …"))
    try:
        for part in reading:
            if not isinstance(part, float):
                return part
            bar.progress(part, _("Reading the file …"))
    finally:
        bar.empty()
    raise AssertionError("the last word is what was read")


def read_by_choice(read: Read, _: Translate) -> Taken | None:
    """The chosen column, by the chosen times; None while a question is open.

    Raises:
        ExplorerError: if there is none of numbers, or it is no series.
    """
    table = read(None)
    key = ".".join(table.names)
    asked = _ask_columns(table, key, _)
    while question := (found := read(asked)).question:
        answered = _ASK[question.choice](question, asked, key, _)
        if answered is None:
            return None
        asked = answered
    if found.error is not None:
        raise found.error
    return found.taken


def _ask_columns(table: Reading, key: str, _: Translate) -> Choices:
    column = st.selectbox(
        title_of("column", _),
        table.numeric,
        index=table.numeric.index(str(table.choices.column)),
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
    return _ask_others(Choices(column, time), table, key, _)


def _ask_others(asked: Choices, table: Reading, key: str, _: Translate) -> Choices:
    """Which other columns the model is given, and which of them in advance."""
    used = {asked.column, asked.time, *str(asked.time).split(SIGN)}
    rest = [name for name in table.numeric if name not in used]
    if not rest:
        return asked
    others = st.multiselect(
        _("Other columns that the model is given"),
        rest,
        max_selections=MOST_OTHERS,
        key=f"others.{key}.{asked.column}.{asked.time}",
        help=_(
            "Beside the series, at every step: a price, a temperature, a holiday. The "
            "series alone is forecast."
        ),
    )
    known = []
    if others:
        known = st.multiselect(
            _("Known in advance"),
            others,
            key=f"known.{key}.{asked.column}.{asked.time}.{len(others)}",
            help=_(
                "Those whose values are known before the series' own, such as a "
                "calendar or a plan: a forecast is given their values to come. Of all "
                "others it goes on with the last value."
            ),
        )
    return replace(asked, others=tuple(others), known=tuple(known))


def _ask_decimal(
    question: Question, asked: Choices, key: str, _: Translate
) -> Choices | None:
    """Which sign begins decimals."""
    form = _shown_answers(
        question,
        f"decimal.{key}.{asked.column}",
        _("The signs in them may begin decimals or part thousands."),
        _,
    )
    return None if form is None else replace(asked, decimal=form.decimal)


def _ask_first(
    question: Question, asked: Choices, key: str, _: Translate
) -> Choices | None:
    """Which of day and month comes first."""
    first = _shown_answers(
        question,
        f"dates.{key}.{asked.time}",
        _("The day may come first in them, or the month."),
        _,
    )
    return None if first is None else replace(asked, first=first)


def _shown_answers(question: Question, key: str, help_: str, _: Translate) -> Any:
    shown = dict(zip(question.answers, question.shown, strict=True))
    return st.radio(
        title_of(question.choice, _),
        question.answers,
        index=None,
        format_func=shown.__getitem__,
        key=key,
        help=help_,
    )


def _ask_same(
    question: Question, asked: Choices, key: str, _: Translate
) -> Choices | None:
    """What becomes of rows of the same time: one answer for all, or a group of them."""
    message = _("%(title)s: %(count)s. Take")
    chosen = st.selectbox(
        message % {"title": title_of("same", _), "count": f"{question.rows:,}"},
        question.answers,
        index=None,
        format_func=lambda option: _option(option, _),
        key=f"same.{key}.{asked.column}.{asked.time}",
        help=_("A series has one value at each time."),
    )
    if chosen is None:
        return None
    if chosen in SAME:
        return replace(asked, same=chosen)
    return replace(asked, only=chosen)


def _option(option: Any, _: Translate) -> str:
    if option in SAME:
        return _(SAME[option])
    column, cell = option
    message = _("only rows where %(column)s is %(cell)s")
    return message % {"column": column, "cell": cell}


_ASK = {"decimal": _ask_decimal, "first": _ask_first, "same": _ask_same}
"""By the name of the choice."""
