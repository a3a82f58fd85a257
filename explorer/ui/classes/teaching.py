"""The page Class as its teacher uses it: let people in, watch, steer, end."""

from collections.abc import Sequence

import streamlit as st

from explorer.engine.class_tasks import delete_class, task_in, tasks_of
from explorer.engine.classes import KIND, MOST_TITLE, read_task
from explorer.engine.classroom import name_of, read_classroom
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.runs.commands import PAUSE, RESUME, STOP, CommandSpec
from explorer.runs.records import Group
from explorer.ui.address import show_class
from explorer.ui.classes.forms import change_class
from explorer.ui.classes.joining import join_panel
from explorer.ui.classes.keys import keys_panel
from explorer.ui.classes.names import names_panel
from explorer.ui.classes.polling import (
    experiment_button,
    keep_answer,
)
from explorer.ui.classes.results import results_panel
from explorer.ui.classes.rights import keep_to_teachers, taught_later
from explorer.ui.classes.standing import now
from explorer.ui.classes.tasks import more_tasks, task_bar
from explorer.ui.classes.words import goal_line
from explorer.ui.language import Translate
from explorer.ui.page import shown_errors, shown_later
from explorer.ui.plain import literal

EVERY = 2.0
"""Seconds between two looks at the class."""

STEERING = (PAUSE, RESUME, STOP)


def own_classes(visitor: Visitor, _: Translate) -> None:
    """The classes that one teaches, each a button with its code."""
    groups = visitor.store.groups.of(visitor.owner, KIND)
    if not groups:
        return
    st.header(_("Your classes"), anchor=False)
    for group in groups:
        task = read_task(group)
        icon = "lock" if task.closed else "groups"
        code = visitor.store.passes.code(group.id, "join")
        st.button(
            f"{literal(name_of(group))} · {group.created:%Y-%m-%d} · {code}",
            icon=f":material/{icon}:",
            key=f"open.{group.id}",
            on_click=show_class,
            args=(group.id,),
        )


def teach(visitor: Visitor, home: Group, _: Translate) -> None:
    """All of a class for who teaches it."""
    store, closed = visitor.store, read_task(home).closed
    alone, room = not store.members.of(home.id), read_classroom(home)
    with st.container(horizontal=True, vertical_alignment="center", key="class_bar"):
        _head(visitor, home, alone, _)
    if closed:
        st.info(
            _("This class is closed: nobody can join or train in it."),
            icon=":material/lock:",
        )
    elif alone:
        join_panel(visitor, home, alone, _)
    groups = tasks_of(store, home)
    group = groups[task_bar(visitor, home, groups, room, _)]
    task = task_in(store, group)
    with st.container(horizontal=True, vertical_alignment="center", key="class_goal"):
        st.markdown(goal_line(task, _), width="stretch")
        if task.asks:
            experiment_button(visitor, group, task, _)
        _steering(visitor, groups, _)
    every = None if closed else EVERY
    st.fragment(_live, run_every=every)(visitor, home, group, alone, _)
    with st.expander(_("Change the task, the goal or the locks"), key="class.edit"):
        change_class(visitor, group, task, _)
    with st.expander(_("Add, move or delete a task"), key="class.more"):
        more_tasks(visitor, home, group, groups, _)
    with st.expander(_("Nicknames"), key="class.people"):
        names_panel(visitor, home, room, _)
    with st.expander(_("Results"), key="class.results"):
        results_panel(store, home, groups, room.anonymous, _)
    if visitor.owner == home.owner:
        title = _("Projector, second teacher, your own key")
        with st.expander(title, key="class.keys"):
            keys_panel(visitor, home, _)
    with st.expander(_("Use again, close or delete the class"), key="class.end"):
        _endings(visitor, home, closed, _)


def _head(visitor: Visitor, home: Group, alone: bool, _: Translate) -> None:
    """The way back, the title and, once people have come, the small way in."""
    st.button(
        _("All your classes"),
        icon=":material/arrow_back:",
        type="tertiary",
        key="all_classes",
        on_click=show_class,
        args=("",),
    )
    task = read_task(home)
    st.title(literal(name_of(home)), anchor=False, width="stretch")
    if not (alone or task.closed):
        join_panel(visitor, home, alone, _)


def _steering(visitor: Visitor, groups: Sequence[Group], _: Translate) -> None:
    with st.container(horizontal=True, gap="small", key="steering", width="content"):
        for spec in STEERING:
            st.button(
                _(spec.for_all),
                icon=f":material/{spec.icon}:",
                key=f"{spec.name}_all",
                on_click=taught_later(visitor, groups[0], _send_all),
                args=(visitor, groups, spec),
            )


def _live(
    visitor: Visitor, home: Group, group: Group, alone: bool, _: Translate
) -> None:
    """The board as it is now; the way in shrinks when somebody has come."""
    with shown_errors():
        keep_to_teachers(visitor, home)
        if alone != (not visitor.store.members.of(home.id)):
            st.rerun()
        now(visitor, home, group, _)
        group = visitor.store.groups.get(group.id)
        if (task := read_task(group)).lesson:
            keep_answer(visitor, group, task)


def _endings(visitor: Visitor, group: Group, closed: bool, _: Translate) -> None:
    st.button(
        _("Use again"),
        icon=":material/content_copy:",
        key="use_again",
        help=_("A new class with the same tasks, in which nobody is yet."),
        on_click=shown_later(_use_again),
        args=(visitor, group),
    )
    st.text_input(
        _("Title of the class"),
        name_of(group),
        max_chars=MOST_TITLE,
        key=f"class.name.{group.id}",
        help=_("Empty: that of the task with which it began."),
        on_change=taught_later(visitor, group, _rename),
        args=(visitor, group),
    )
    st.button(
        _("Open the class again") if closed else _("Close the class"),
        icon=":material/lock_open:" if closed else ":material/lock:",
        key="close_class",
        help=_("In a closed class nobody can join or start a run; the board stays."),
        on_click=taught_later(visitor, group, visitor.store.groups.change),
        args=(group.id, {"closed": not closed}),
    )
    if visitor.owner == group.owner:  # who teaches along deletes nothing
        _delete_button(visitor, group, _)


def _delete_button(visitor: Visitor, group: Group, _: Translate) -> None:
    with st.popover(_("Delete the class"), icon=":material/delete:"):
        st.markdown(
            _(
                "The class, its tasks and its score boards go for good. Everybody's "
                "runs stay with those who started them."
            )
        )
        st.button(
            _("Delete for good"),
            type="primary",
            key="delete_class",
            on_click=taught_later(visitor, group, _delete, whole=True),
            args=(visitor, group),
        )


def _use_again(visitor: Visitor, group: Group) -> None:
    show_class(visitor.classes.use_again(group).id)


def _rename(visitor: Visitor, group: Group) -> None:
    typed = str(st.session_state[f"class.name.{group.id}"])
    name = " ".join(typed.split())[:MOST_TITLE]
    visitor.store.groups.change(group.id, {"name": name})


def _delete(visitor: Visitor, group: Group) -> None:
    delete_class(visitor.store, group)
    show_class("")


def _send_all(visitor: Visitor, groups: Sequence[Group], spec: CommandSpec) -> None:
    """Have every run of the class do something in whose state it makes sense: together,
    or as many as there is room for."""
    shelf = visitor.store.shelf
    runs = [run for group in groups for run in shelf.of_group(group.id)]
    try:
        visitor.send_all(runs, spec())
    except ExplorerError:
        for run in runs:
            if run.status in spec.states:
                visitor.send(run.id, spec())
