"""Who takes part in a class at this tab, in which task; the way in and out."""

from dataclasses import replace
from typing import NamedTuple

import streamlit as st

from explorer.engine.classes import KIND, Task, read_task
from explorer.engine.classroom import name_of, read_classroom
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.runs.guesses import Guess
from explorer.runs.members import MOST_NICKNAME
from explorer.runs.records import Group, Member
from explorer.ui.address import (
    read_address,
    show_class,
    show_run,
    shown_class,
    shown_task,
    take_over,
)
from explorer.ui.classes.register import Register, shared_register
from explorer.ui.classes.words import goal_line
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.plain import literal, show_error

_NICKNAME, _FOLLOWED = "class.nickname", "class.followed"


class Attended(NamedTuple):
    """A task of a class that the person at this tab takes part in."""

    home: Group
    """The class."""
    group: Group
    """Of the task; runs become part of it."""
    task: Task
    member: Member
    place: int
    """Of the task among all tasks, counted from 0."""
    of: int
    guess: Guess | None
    """What this person has said that they expect."""

    @property
    def waits(self) -> bool:
        """Whether they must say first what they expect."""
        answered = self.group.facts.get("answer") is not None
        return self.task.asks and self.guess is None and not answered

    @property
    def title(self) -> str:
        """The class, as Markdown."""
        return literal(name_of(self.home))


def shown_group(visitor: Visitor, _: Translate) -> Group | None:
    """The class that the address names; None if it names none that is there."""
    if not shown_class():
        return None
    try:
        return visitor.store.groups.get(shown_class(), KIND)
    except ExplorerError as error:
        show_error(error, _, "search_off")
        leave_button(visitor, _)
        return None


def attended(visitor: Visitor, _: Translate) -> Attended | None:
    """The class that the address names; who has not joined it yet is asked to."""
    home = shown_group(visitor, _)
    if home is None:
        return None
    if here := here_in(visitor, home):
        return here
    task = read_task(home)
    if visitor.teaches(home):
        _as_teacher(visitor, home, task, _)
        return None
    read_address()
    door(visitor, home, task, _)
    return st.stop()


def here_in(visitor: Visitor, home: Group) -> Attended | None:
    """Where in a class this person is; None if they take no part."""
    return _entered(visitor.owner, Register(visitor.store, home))


def _entered(owner: str, register: Register) -> Attended | None:
    home, tasks = register.home, register.tasks
    if (member := register.members.get(owner)) is None:
        return None
    room = read_classroom(home)
    place = min(shown_task() if room.own_pace else room.at, len(tasks) - 1)
    group = tasks[place]
    task = replace(read_task(group), closed=read_task(home).closed)
    guess = register.guesses(group).get(owner)
    return Attended(home, group, task, member, place, len(tasks), guess)


def has_moved(visitor: Visitor, here: Attended) -> bool:
    """Whether the class, or this person's part in it, is another by now. Who finds so
    in what all tabs share looks for themselves, for that may be two seconds old.

    Raises:
        ExplorerError: if the class was deleted.
    """
    if _entered(visitor.owner, shared_register(visitor.store, here.home.id)) == here:
        return False
    home = visitor.store.groups.get(here.home.id, KIND)
    return here_in(visitor, home) != here


def follow_task(visitor: Visitor, here: Attended) -> None:
    """Where the class has gone on: the settings of the new task, and one's own newest
    run in it."""
    before = st.session_state.get(_FOLLOWED)
    st.session_state[_FOLLOWED] = here.group.id
    if before in (None, here.group.id):
        return
    take_over(here.task.base)
    runs = visitor.store.shelf.of_group(here.group.id)
    own = [run.id for run in runs if run.owner == visitor.owner]
    show_run(own[-1] if own else "")


def door(visitor: Visitor, home: Group, task: Task, _: Translate) -> None:
    """What who has not joined sees."""
    st.title(literal(name_of(home)), anchor=False)
    st.markdown(goal_line(task, _))
    join_form(visitor, home, task, _)
    leave_button(visitor, _)


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
        leave_button(visitor, _)


def leave_button(visitor: Visitor, _: Translate) -> None:
    """Out of the class, or of an address that names none."""
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
    visitor.classes.join(group_id, str(st.session_state.get(_NICKNAME, "")))
