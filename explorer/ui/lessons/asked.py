"""A lesson's question: the guess must be there before anything runs."""

from typing import Any

import streamlit as st

from explorer.engine.visitor import Visitor
from explorer.lessons.base import Choose, Lesson, Number
from explorer.ui.language import Translate
from explorer.ui.lessons.attempts import begin
from explorer.ui.page import shown_later

NOT_YET = "?"
"""Where the slider stands before there is a guess."""


def ask(visitor: Visitor, lesson: Lesson, _: Translate) -> None:
    """The question, the ways to answer, and the button that runs."""
    st.header(_("What do you expect?"), anchor=False)
    key = f"lesson.guess.{lesson.name}"
    guess = guess_field(_(lesson.question), lesson.guess, key, _)
    st.button(
        _("Run"),
        type="primary",
        icon=":material/play_arrow:",
        key="lesson.run",
        disabled=guess is None,
        help=_("Give your guess first. Then the runs of this lesson train."),
        on_click=shown_later(begin),
        args=(visitor, lesson, guess),
    )


def guess_field(
    question: str, asked: Choose | Number, key: str, _: Translate
) -> str | float | None:
    """What the reader expects; None before they have said so."""
    if isinstance(asked, Choose):
        choices = asked.choices
        return st.radio(
            question,
            asked.options,
            index=None,
            format_func=lambda name: _(choices[name]),
            key=key,
        )
    chosen: Any = st.select_slider(
        question,
        [NOT_YET, *asked.options],
        format_func=lambda value: in_words(asked, value, _),
        key=key,
        help=_("Move it to the number that you expect, by hand or with arrow keys."),
    )
    return None if chosen == NOT_YET else float(chosen)


def in_words(asked: Choose | Number, value: str | float, _: Translate) -> str:
    """A guess or an answer as people read it."""
    if value == NOT_YET:
        return NOT_YET
    if isinstance(asked, Choose):
        return _(asked.choices[str(value)])
    unit = _(asked.unit) if asked.unit else ""
    return f"{float(value):.2g} {unit}".strip()
