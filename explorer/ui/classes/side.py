"""What a student sees besides their run: the task, its text, and how all stand."""

import streamlit as st

from explorer.engine.classes import MOST_MEMBERS, read_task
from explorer.engine.classroom import read_classroom
from explorer.engine.visitor import Visitor
from explorer.lessons import texts
from explorer.runs.records import Group
from explorer.ui.address import show_task
from explorer.ui.classes.attending import (
    Attended,
    door,
    has_moved,
    here_in,
    leave_button,
)
from explorer.ui.classes.board import numbered, short_board, shown_names, standings
from explorer.ui.classes.polling import ask
from explorer.ui.classes.words import goal_line, own_line, task_title
from explorer.ui.language import Translate
from explorer.ui.page import language, shown_errors
from explorer.ui.places import PLAYGROUND
from explorer.ui.plain import safe_markdown

EVERY = 5.0
"""Seconds between two looks of a student's tab at the score board and the class."""

SHOWN = 5
"""Places of the score board above one's own run."""


def visit(visitor: Visitor, home: Group, _: Translate) -> None:
    """The page Class for who does not teach it: the task, the way in, the board."""
    here = here_in(visitor, home)
    if here is None:
        door(visitor, home, read_task(home), _)
        return
    st.title(here.title, anchor=False)
    if st.button(_("Train"), type="primary", icon=":material/play_circle:", key="go"):
        st.switch_page(PLAYGROUND)
    task_side(visitor, here, _, MOST_MEMBERS)


def task_top(here: Attended, _: Translate) -> None:
    """The class and, where there are several, its task; as high for every task."""
    st.title(here.title, anchor=False)
    if here.of == 1:
        return
    if not read_classroom(here.home).own_pace:
        numbers = {"number": here.place + 1, "all": here.of}
        st.markdown(_("Task %(number)d of %(all)d") % numbers)
        return
    key = f"class.at.{here.home.id}.{here.place}"
    st.segmented_control(
        _("Task"),
        list(range(here.of)),
        default=here.place,
        required=True,
        format_func=lambda place: str(place + 1),
        key=key,
        label_visibility="collapsed",
        on_change=lambda: show_task(int(st.session_state[key])),
    )


def task_side(
    visitor: Visitor, here: Attended, _: Translate, most: int = SHOWN
) -> None:
    """What one is asked, its text, and how one and the first `most` stand."""
    if here.task.asks:
        ask(visitor, here.group, here.task, here.guess, _)
    st.markdown(goal_line(here.task, _))
    if here.task.closed:
        st.info(_("This class was closed by its teacher."), icon=":material/lock:")
    every = None if here.task.closed else EVERY
    st.fragment(_stand, run_every=every)(visitor, here, most, _)
    if here.task.lesson:
        shown = texts.read(here.task.lesson, language())
        st.subheader(task_title(here.task, _), anchor=False)
        st.markdown(f"{shown.before}\n\n{shown.task}")
    elif here.task.text:
        st.markdown(safe_markdown(here.task.text))
    leave_button(visitor, _)


def _stand(visitor: Visitor, here: Attended, most: int, _: Translate) -> None:
    """One's own line and the board; the page is drawn anew when the class changes."""
    with shown_errors():
        store, home, task = visitor.store, here.home, here.task
        own = here.member.seat
        if has_moved(visitor, here):
            st.rerun()
        found = standings(store, home.id, here.group.id, task.goal, task.within)
        st.markdown(own_line(found, here.member, task, _))
        room = read_classroom(home)
        if room.anonymous or not here.member.seen:
            unseen = _("To the others you are %(name)s: your nickname is not seen.")
            st.caption(unseen % {"name": numbered(own, _)})
        named = shown_names(found, room.anonymous, _, own)
        st.html(short_board(named, own, most, _))
