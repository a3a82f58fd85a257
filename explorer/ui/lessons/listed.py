"""All lessons, and how far this reader is with each."""

from collections.abc import Iterable

import streamlit as st

from explorer.engine.visitor import Visitor
from explorer.errors import N_
from explorer.lessons.base import Lesson, lessons
from explorer.plots.words import paragraph
from explorer.ui.address import show_lesson
from explorer.ui.language import Translate
from explorer.ui.lessons.attempts import Attempt, attempts

NEW, BEGUN, DONE = N_("new"), N_("seen"), N_("goal reached")
ICONS = {NEW: "circle", BEGUN: "visibility", DONE: "check_circle"}


def list_all(visitor: Visitor, _: Translate) -> None:
    """One button for each lesson, with what was reached."""
    mine = attempts(visitor)
    about = _(
        "Each lesson asks first: you guess, a small model trains before your eyes "
        "in less than a minute, and what comes out stands beside your guess."
    )
    st.markdown(paragraph(about, progress_line(mine.values(), _)))
    every = list(lessons().values())
    half = -(-len(every) // 2)
    for column, some in zip(st.columns(2), (every[:half], every[half:]), strict=True):
        with column.container(gap="xsmall"):
            for lesson in some:
                _opener(lesson, state_of(mine.get(lesson.name)), _)


def _opener(lesson: Lesson, state: str, _: Translate) -> None:
    """The button that opens a lesson and says how far one is with it."""
    st.button(
        f"{lesson.number}. {_(lesson.title)} · {_(state)}",
        icon=f":material/{ICONS[state]}:",
        key=f"lesson.open.{lesson.name}",
        type="tertiary",
        on_click=show_lesson,
        args=(lesson.name,),
    )


def state_of(attempt: Attempt | None) -> str:
    """How far a reader is with a lesson."""
    if attempt is None:
        return NEW
    return DONE if attempt.reached else BEGUN


def progress_line(mine: Iterable[Attempt], _: Translate) -> str:
    """How many lessons were gone through, and that only this browser knows."""
    taken = [each for each in mine if each.lesson in lessons()]
    counts = {
        "seen": len(taken),
        "reached": sum(each.reached for each in taken),
        "all": len(lessons()),
    }
    line = _("Seen: %(seen)d of %(all)d. Goals reached: %(reached)d.") % counts
    private = _("This server keeps it for this browser, and tells nobody.")
    return paragraph(line, private)


def neighbour(lesson: Lesson) -> Lesson | None:
    """The lesson after this one; None after the last."""
    names = list(lessons())
    after = names[names.index(lesson.name) + 1 :]
    return lessons()[after[0]] if after else None
