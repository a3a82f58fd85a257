"""The tasks of a class for its teacher: which is shown, who is where, and new ones."""

from collections.abc import Sequence

import streamlit as st

from explorer.engine.class_tasks import add_task, delete_task, move_task
from explorer.engine.classes import Task, read_task
from explorer.engine.classroom import Classroom
from explorer.engine.visitor import Visitor
from explorer.lessons.base import Lesson, lesson, lessons
from explorer.runs.records import Group
from explorer.ui.classes.forms import new_task
from explorer.ui.classes.rights import taught_later
from explorer.ui.classes.words import task_title
from explorer.ui.language import Translate
from explorer.ui.settings import choose_settings

_LESSON = "class.lesson"


def task_bar(
    visitor: Visitor,
    home: Group,
    groups: Sequence[Group],
    room: Classroom,
    _: Translate,
) -> int:
    """Which task the page shows, and how the class goes from one to the next."""
    if len(groups) == 1:
        return 0
    with st.container(horizontal=True, vertical_alignment="bottom", key="class.tasks"):
        place = chosen_task(home, groups, room.at, _)
        if not room.own_pace and place != room.at:
            st.button(
                _("Move all to this task"),
                type="primary",
                icon=":material/skip_next:",
                key="move_all",
                on_click=taught_later(visitor, home, visitor.store.groups.change),
                args=(home.id, {"at": place}),
            )
        st.toggle(
            _("Own pace"),
            room.own_pace,
            key=f"class.own_pace.{home.id}",
            help=_("Everybody goes from task to task by themselves."),
            on_change=taught_later(visitor, home, _pace),
            args=(visitor, home),
        )
    return place


def chosen_task(home: Group, groups: Sequence[Group], usual: int, _: Translate) -> int:
    """Which task is looked at; the usual one until another is chosen."""
    view = _view(home)
    if st.session_state.get(view) not in range(len(groups)):
        st.session_state[view] = min(usual, len(groups) - 1)
    titles = [task_title(read_task(group), _) for group in groups]
    place = st.segmented_control(
        _("Task"),
        list(range(len(groups))),
        required=True,
        format_func=lambda k: f"{k + 1}. {titles[k]}",
        key=view,
        wrap=True,
    )
    return place or 0


def more_tasks(
    visitor: Visitor, home: Group, group: Group, groups: Sequence[Group], _: Translate
) -> None:
    """A lesson or a task of one's own after the others; the shown one moves or goes."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="class.add"):
        st.selectbox(
            _("A lesson as the next task"),
            list(lessons()),
            format_func=lambda name: _(lessons()[name].title),
            key=_LESSON,
        )
        st.button(
            _("Add the lesson"),
            icon=":material/playlist_add:",
            key="add_lesson",
            on_click=taught_later(visitor, home, _add_lesson),
            args=(visitor, home, _),
        )
    st.markdown(_("Or a task of your own, of these settings:"))
    config = choose_settings()
    if config is not None:
        new_task(visitor, home, config, _)
    if len(groups) > 1:
        _place_buttons(visitor, home, group, groups, _)


def _place_buttons(
    visitor: Visitor, home: Group, group: Group, groups: Sequence[Group], _: Translate
) -> None:
    """The shown task comes sooner or later, or goes."""
    place = [each.id for each in groups].index(group.id)
    number = {"number": 1 + place}
    with st.container(horizontal=True, key="class.order"):
        for by, label, icon, there in (
            (-1, _("Task %(number)d sooner"), "arrow_back", place > 0),
            (1, _("Task %(number)d later"), "arrow_forward", place < len(groups) - 1),
        ):
            st.button(
                label % number,
                icon=f":material/{icon}:",
                key=f"move_task.{by}",
                disabled=not there,
                on_click=taught_later(visitor, home, _move),
                args=(visitor, home, group, by),
            )
        st.button(
            _("Delete task %(number)d") % number,
            icon=":material/delete:",
            key="delete_task",
            help=_("Everybody's runs stay with those who started them."),
            on_click=taught_later(visitor, home, _delete),
            args=(visitor, home, group),
        )


def of_lesson(shown: Lesson, title: str) -> Task:
    """A lesson as a task of a class: first its question, then its "now you".

    A class compares losses, so a goal of another measure is not kept as one; the
    lesson's text says it.
    """
    base, opens = shown.task.begins.config(), shown.task.opens
    goal = None if shown.task.measure else shown.task.goal
    return Task(title, base, opens, goal, lesson=shown.name, asks=True)


def _view(home: Group) -> str:
    return f"class.view.{home.id}"


def _pace(visitor: Visitor, home: Group) -> None:
    chosen = bool(st.session_state[f"class.own_pace.{home.id}"])
    visitor.store.groups.change(home.id, {"own_pace": chosen})


def _add_lesson(visitor: Visitor, home: Group, _: Translate) -> None:
    shown = lesson(str(st.session_state[_LESSON]))
    add_task(visitor.store, home, of_lesson(shown, _(shown.title)))


def _delete(visitor: Visitor, home: Group, group: Group) -> None:
    delete_task(visitor.store, home, group)
    st.session_state.pop(_view(home), None)


def _move(visitor: Visitor, home: Group, group: Group, by: int) -> None:
    """The page goes on showing the task that was moved."""
    st.session_state[_view(home)] = move_task(visitor.store, home, group, by)
