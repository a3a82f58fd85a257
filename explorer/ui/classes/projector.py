"""The board of a class for everybody in the room: nothing can be changed here."""

import streamlit as st

from explorer.engine.class_tasks import task_in, tasks_of
from explorer.engine.classes import KIND, read_task
from explorer.engine.classroom import name_of, read_classroom
from explorer.engine.visitor import Visitor
from explorer.runs.records import Group
from explorer.ui.classes.joining import join_panel
from explorer.ui.classes.standing import now
from explorer.ui.classes.tasks import chosen_task
from explorer.ui.classes.words import goal_line
from explorer.ui.language import Translate
from explorer.ui.page import shown_errors
from explorer.ui.plain import literal

EVERY = 2.0
"""Seconds between two looks at the class."""


def project(visitor: Visitor, home: Group, code: str, _: Translate) -> None:
    """A class as its teacher sees it, without the ways to steer it, for as long as the
    code opens it."""
    alone = not visitor.store.members.of(home.id)
    st.title(literal(name_of(home)), anchor=False)
    if not read_task(home).closed:
        join_panel(visitor, home, alone, _)
    groups, room = tasks_of(visitor.store, home), read_classroom(home)
    place = min(room.at, len(groups) - 1)
    if room.own_pace:
        place = chosen_task(home, groups, place, _)
    group = groups[place]
    st.markdown(goal_line(task_in(visitor.store, group), _))
    st.fragment(_live, run_every=EVERY)(visitor, home, group, code, alone, _)


def _live(
    visitor: Visitor, home: Group, group: Group, code: str, alone: bool, _: Translate
) -> None:
    """The board as it is now; the page is drawn anew when the class goes on."""
    with shown_errors():
        store = visitor.store
        changed = store.groups.get(home.id, KIND) != home
        changed = changed or not store.passes.holds(home.id, "look", code)
        if changed or alone != (not store.members.of(home.id)):
            st.rerun()
        now(visitor, home, group, _)
