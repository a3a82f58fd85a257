"""The Playground in class mode: join, read the task, train under its rules."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from explorer.catalog import specs
from explorer.engine.classes import (
    KIND,
    MOST_MEMBERS,
    Task,
    member_of,
    read_task,
)
from explorer.engine.classroom import read_classroom
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.plots.parts import short
from explorer.runs.boards import Standing
from explorer.runs.members import MOST_NICKNAME
from explorer.runs.records import Group, Member
from explorer.ui.address import (
    read_address,
    show_class,
    shown_class,
)
from explorer.ui.classes.board import (
    loss_in_words,
    numbered,
    short_board,
    shown_names,
    standings,
)
from explorer.ui.language import Translate
from explorer.ui.page import shown_errors, shown_later
from explorer.ui.plain import literal, safe_markdown, show_error

EVERY = 5.0
"""Seconds between two looks of a student's tab at the score board and the class."""

SHOWN = 5
"""Places of the score board above one's own run."""

_NICKNAME = "class.nickname"


class Attended(NamedTuple):
    """A class that the person at this tab takes part in."""

    group: Group
    task: Task
    member: Member


def shown_group(visitor: Visitor, _: Translate) -> Group | None:
    """The class that the address names; None if it names none that is there."""
    if not shown_class():
        return None
    try:
        return visitor.store.groups.get(shown_class(), KIND)
    except ExplorerError as error:
        show_error(error, _, "search_off")
        _leave_button(visitor, _)
        return None


def attended(visitor: Visitor, _: Translate) -> Attended | None:
    """The class that the address names; who has not joined it yet is asked to."""
    group = shown_group(visitor, _)
    if group is None:
        return None
    task = read_task(group)
    member = member_of(visitor.store, group.id, visitor.owner)
    if member is not None:
        return Attended(group, task, member)
    if group.owner == visitor.owner:
        _as_teacher(visitor, group, task, _)
        return None
    read_address()
    st.title(literal(task.title), anchor=False)
    st.markdown(goal_line(task, _))
    join_form(visitor, group, task, _)
    _leave_button(visitor, _)
    return st.stop()


def visit(visitor: Visitor, group: Group, _: Translate) -> None:
    """The page Class for who does not teach it: the task, the way in, the board."""
    task = read_task(group)
    st.title(literal(task.title), anchor=False)
    member = member_of(visitor.store, group.id, visitor.owner)
    if member is None:
        st.markdown(goal_line(task, _))
        join_form(visitor, group, task, _)
        _leave_button(visitor, _)
        return
    task_head(visitor, Attended(group, task, member), _, MOST_MEMBERS)


def join_form(visitor: Visitor, group: Group, task: Task, _: Translate) -> None:
    """Ask for a nickname."""
    if visitor.store.members.stay(group.id, visitor.owner) == "removed":
        st.warning(
            _(
                "Your teacher has removed you from this class. You can join again by "
                "another nickname."
            ),
            icon=":material/person_off:",
        )
    if task.closed:
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


def task_head(
    visitor: Visitor, here: Attended, _: Translate, most: int = SHOWN
) -> None:
    """The task and the goal, and beside them how one and the first `most` stand."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(goal_line(here.task, _))
        if here.task.text:
            st.markdown(safe_markdown(here.task.text))
        if here.task.closed:
            st.info(_("This class was closed by its teacher."), icon=":material/lock:")
        _leave_button(visitor, _)
    with right:
        every = None if here.task.closed else EVERY
        st.fragment(_stand, run_every=every)(visitor, here, most, _)


def goal_line(task: Task, _: Translate) -> str:
    """What is to be reached."""
    if task.goal is None:
        return _("Everybody trains on %(data)s.") % {"data": data_title(task, _)}
    values = {"goal": short(task.goal), "data": data_title(task, _)}
    if task.within is None:
        return (
            _("**Goal:** a validation loss of %(goal)s or less on %(data)s.") % values
        )
    return _(
        "**Goal:** a validation loss of %(goal)s or less on %(data)s within "
        "%(steps)s steps."
    ) % (values | {"steps": f"{task.within:,}"})


def own_line(found: Sequence[Standing], here: Attended, _: Translate) -> str:
    """How one stands oneself."""
    mine = next((s for s in found if s.seat == here.member.seat), None)
    name = literal(here.member.nickname)
    if mine is None or mine.best is None:
        return _("You are **%(name)s**. Press Train to begin.") % {"name": name}
    line = _("You are **%(name)s**: best loss %(loss)s.")
    line %= {"name": name, "loss": loss_in_words(mine.best)}
    if here.task.goal is None:
        return line
    if mine.reached is None:
        return line + " " + _("The goal is not reached yet.")
    done = _("You reached the goal at step %(step)s.")
    return line + " **" + done % {"step": f"{mine.reached:,}"} + "**"


def _stand(visitor: Visitor, here: Attended, most: int, _: Translate) -> None:
    """One's own line and the board; the page is drawn anew when the class changes."""
    with shown_errors():
        group = visitor.store.groups.get(here.group.id, KIND)
        member = member_of(visitor.store, group.id, visitor.owner)
        if (group, member) != (here.group, here.member):
            st.rerun()
        task, own = here.task, here.member.seat
        found = standings(visitor.store, group.id, task.goal, task.within)
        st.markdown(own_line(found, here, _))
        room = read_classroom(group)
        if room.anonymous or not here.member.seen:
            unseen = _("To the others you are %(name)s: your nickname is not seen.")
            st.caption(unseen % {"name": numbered(own, _)})
        named = shown_names(found, room.anonymous, _, own)
        st.html(short_board(named, own, most, _))


def _as_teacher(visitor: Visitor, group: Group, task: Task, _: Translate) -> None:
    """A teacher's Playground is as usual; they can try the class like a student."""
    icon = ":material/co_present:"
    with st.popover(_("You teach this class"), icon=icon):
        st.markdown(
            _(
                "Students who open the class link find the task here and only the "
                "open controls. Give a nickname to see it as they do."
            )
        )
        join_form(visitor, group, task, _)
        _leave_button(visitor, _)


def _leave_button(visitor: Visitor, _: Translate) -> None:
    st.button(
        _("Leave the class"),
        icon=":material/logout:",
        type="tertiary",
        key="leave_class",
        help=_(
            "Train on your own again, and off the board. The class link brings you "
            "back."
        ),
        on_click=shown_later(_leave),
        args=(visitor,),
    )


def _leave(visitor: Visitor) -> None:
    """Off the board at once, also where the class is none any more."""
    visitor.store.members.leave(shown_class(), visitor.owner)
    show_class("")


def _join(visitor: Visitor, group_id: str) -> None:
    visitor.join(group_id, str(st.session_state.get(_NICKNAME, "")))


def data_title(task: Task, _: Translate) -> str:
    """What everybody trains on."""
    return _(specs.data_spec(task.base.data).title)
