"""The Playground in class mode: join, read the lesson, train under its rules."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from explorer.catalog import specs
from explorer.engine.classes import (
    KIND,
    MOST_MEMBERS,
    Lesson,
    member_of,
    read_lesson,
)
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.plots.parts import short
from explorer.runs.boards import Standing
from explorer.runs.groups import MOST_NICKNAME
from explorer.runs.records import Group
from explorer.ui.address import (
    read_address,
    show_class,
    shown_class,
)
from explorer.ui.classes.board import loss_in_words, short_board, standings
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.plain import literal, safe_markdown, show_error

EVERY = 10.0
"""Seconds between two looks of a student's tab at the score board."""

SHOWN = 5
"""Places of the score board above one's own run."""

_NICKNAME = "class.nickname"


class Attended(NamedTuple):
    """A class that the person at this tab takes part in."""

    group: Group
    lesson: Lesson
    nickname: str


def shown_group(visitor: Visitor, _: Translate) -> Group | None:
    """The class that the address names; None if it names none that is there."""
    if not shown_class():
        return None
    try:
        return visitor.store.groups.get(shown_class(), KIND)
    except ExplorerError as error:
        show_error(error, _, "search_off")
        _leave_button(_)
        return None


def attended(visitor: Visitor, _: Translate) -> Attended | None:
    """The class that the address names; who has not joined it yet is asked to."""
    group = shown_group(visitor, _)
    if group is None:
        return None
    lesson = read_lesson(group)
    member = member_of(visitor.store, group.id, visitor.owner)
    if member is not None:
        return Attended(group, lesson, member.nickname)
    if group.owner == visitor.owner:
        _as_teacher(visitor, group, lesson, _)
        return None
    read_address()
    st.title(literal(lesson.title), anchor=False)
    st.markdown(goal_line(lesson, _))
    join_form(visitor, group, lesson, _)
    _leave_button(_)
    return st.stop()


def visit(visitor: Visitor, group: Group, _: Translate) -> None:
    """The page Class for who does not teach it: the lesson, the way in, the board."""
    lesson = read_lesson(group)
    st.title(literal(lesson.title), anchor=False)
    member = member_of(visitor.store, group.id, visitor.owner)
    if member is None:
        st.markdown(goal_line(lesson, _))
        join_form(visitor, group, lesson, _)
        _leave_button(_)
        return
    lesson_head(visitor, Attended(group, lesson, member.nickname), _, MOST_MEMBERS)


def join_form(visitor: Visitor, group: Group, lesson: Lesson, _: Translate) -> None:
    """Ask for a nickname."""
    if lesson.closed:
        st.info(_("This class was closed by its teacher."), icon=":material/lock:")
        return
    with st.form("join", width=480):
        st.text_input(
            _("Nickname"),
            max_chars=MOST_NICKNAME,
            key=_NICKNAME,
            help=_("What the others see on the score board, and all they see of you."),
        )
        st.form_submit_button(
            _("Join"),
            type="primary",
            icon=":material/login:",
            key="join_class",
            on_click=shown_later(_join),
            args=(visitor, group.id),
        )


def lesson_head(
    visitor: Visitor, here: Attended, _: Translate, most: int = SHOWN
) -> None:
    """The lesson and the goal, and beside them how one and the first `most` stand."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(goal_line(here.lesson, _))
        if here.lesson.text:
            st.markdown(safe_markdown(here.lesson.text))
        if here.lesson.closed:
            st.info(_("This class was closed by its teacher."), icon=":material/lock:")
        _leave_button(_)
    with right:
        every = None if here.lesson.closed else EVERY
        st.fragment(_stand, run_every=every)(visitor, here, most, _)


def goal_line(lesson: Lesson, _: Translate) -> str:
    """What is to be reached."""
    if lesson.goal is None:
        return _("Everybody trains on %(data)s.") % {"data": data_title(lesson, _)}
    values = {"goal": short(lesson.goal), "data": data_title(lesson, _)}
    if lesson.within is None:
        return (
            _("**Goal:** a validation loss of %(goal)s or less on %(data)s.") % values
        )
    return _(
        "**Goal:** a validation loss of %(goal)s or less on %(data)s within "
        "%(steps)s steps."
    ) % (values | {"steps": f"{lesson.within:,}"})


def own_line(found: Sequence[Standing], here: Attended, _: Translate) -> str:
    """How one stands oneself."""
    mine = next((s for s in found if s.nickname == here.nickname), None)
    name = literal(here.nickname)
    if mine is None or mine.best is None:
        return _("You are **%(name)s**. Press Train to begin.") % {"name": name}
    line = _("You are **%(name)s**: best loss %(loss)s.")
    line %= {"name": name, "loss": loss_in_words(mine.best)}
    if here.lesson.goal is None:
        return line
    if mine.reached is None:
        return line + " " + _("The goal is not reached yet.")
    done = _("You reached the goal at step %(step)s.")
    return line + " **" + done % {"step": f"{mine.reached:,}"} + "**"


def _stand(visitor: Visitor, here: Attended, most: int, _: Translate) -> None:
    lesson = here.lesson
    found = standings(visitor.store, here.group.id, lesson.goal, lesson.within)
    st.markdown(own_line(found, here, _))
    st.html(short_board(found, here.nickname, most, _))


def _as_teacher(visitor: Visitor, group: Group, lesson: Lesson, _: Translate) -> None:
    """A teacher's Playground is as usual; they can try the class like a student."""
    icon = ":material/co_present:"
    with st.popover(_("You teach this class"), icon=icon):
        st.markdown(
            _(
                "Students who open the class link find the lesson here and only the "
                "open controls. Give a nickname to see it as they do."
            )
        )
        join_form(visitor, group, lesson, _)
        _leave_button(_)


def _leave_button(_: Translate) -> None:
    st.button(
        _("Leave the class"),
        icon=":material/logout:",
        type="tertiary",
        key="leave_class",
        help=_("Train on your own again. The class link brings you back."),
        on_click=show_class,
        args=("",),
    )


def _join(visitor: Visitor, group_id: str) -> None:
    visitor.join(group_id, str(st.session_state.get(_NICKNAME, "")))


def data_title(lesson: Lesson, _: Translate) -> str:
    """What everybody trains on."""
    return _(specs.data_spec(lesson.base.data).title)
