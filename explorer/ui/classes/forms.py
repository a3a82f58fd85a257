"""The forms in which a teacher says what a class is."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.config.run import RunConfig
from explorer.engine.class_tasks import add_task
from explorer.engine.classes import (
    KIND,
    MOST_TEXT,
    MOST_TITLE,
    Task,
    checked,
    openable_settings,
)
from explorer.engine.visitor import Visitor
from explorer.inspection.facts import lines
from explorer.plots.parts import short
from explorer.plots.words import paragraph
from explorer.runs.records import Group
from explorer.ui.address import show_class
from explorer.ui.classes.rights import taught_later
from explorer.ui.classes.settings import fixed_line
from explorer.ui.describe import run_line, title_of
from explorer.ui.language import Translate
from explorer.ui.page import shown_later, worded

USUAL_OPEN = ("model.hidden_size", "training.learning_rate")
"""What a new class leaves open until its teacher says otherwise."""


def new_class(visitor: Visitor, config: RunConfig, _: Translate) -> None:
    """The form that makes a class of the chosen settings."""
    st.header(_("A new class"), anchor=False)
    st.markdown(run_line(config, _))
    usual = [name for name in USUAL_OPEN if name in openable_settings(config)]
    task = Task("", config, tuple(usual))
    with st.form("class_new"):
        _fields("class_new", task, _)
        st.form_submit_button(
            _("Make the class"),
            type="primary",
            icon=":material/group_add:",
            key="make_class",
            on_click=shown_later(_create),
            args=(visitor, task),
        )


def new_task(visitor: Visitor, home: Group, config: RunConfig, _: Translate) -> None:
    """The form that adds a task of the chosen settings to a class."""
    usual = [name for name in USUAL_OPEN if name in openable_settings(config)]
    task = Task("", config, tuple(usual))
    with st.form("task_new"):
        _fields("task_new", task, _)
        st.form_submit_button(
            _("Add the task"),
            icon=":material/playlist_add:",
            key="add_task",
            on_click=taught_later(visitor, home, _add),
            args=(visitor, home, task),
        )


def change_class(visitor: Visitor, group: Group, task: Task, _: Translate) -> None:
    """The form that changes what a class says; what it trains on stays."""
    st.markdown(run_line(task.base, _))
    st.caption(fixed_line(task, _))
    with st.form("class_edit"):
        _fields(f"class_edit.{group.id}", task, _)
        st.form_submit_button(
            _("Keep these changes"),
            icon=":material/save:",
            key="change_class",
            on_click=taught_later(visitor, group, _change),
            args=(visitor, group.id, task),
        )


def _fields(form: str, task: Task, _: Translate) -> None:
    """What a teacher says of a class."""
    st.text_input(_("Title"), task.title, max_chars=MOST_TITLE, key=f"{form}.title")
    if not task.lesson:
        _text_field(form, task, _)
    _goal_fields(form, task, _)
    _open_fields(form, task, _)


def _text_field(form: str, task: Task, _: Translate) -> None:
    st.text_area(
        _("Task text"),
        task.text,
        height=160,
        max_chars=MOST_TEXT,
        key=f"{form}.text",
        help=_("What students read beside their run, in Markdown."),
    )


def _open_fields(form: str, task: Task, _: Translate) -> None:
    """What is open, and whether there is a question first."""
    st.checkbox(
        _("Ask for a guess before Train"),
        task.asks,
        key=f"{form}.asks",
        help=_("Everybody says first what they expect, and you see who expects what."),
    )
    st.multiselect(
        _("Open controls"),
        openable_settings(task.base),
        default=list(task.open),
        format_func=lambda name: _(title_of(task.base, name)),
        key=worded(f"{form}.open"),
        help=_("What students may change. Everything else is fixed, also the data."),
        placeholder=_("Nothing: everybody trains the same"),
    )


def _goal_fields(form: str, task: Task, _: Translate) -> None:
    """The loss to reach, and within how many steps."""
    left, right = st.columns(2)
    floor = lines(task.base).floor
    hint = _("The validation loss to reach. Leave it empty for no goal.")
    if floor is not None:
        known = _("The floor of these data is %(floor)s.")
        hint = paragraph(hint, known % {"floor": short(floor)})
    left.number_input(
        _("Goal (validation loss)"),
        min_value=0.0,
        value=task.goal,
        step=0.001,
        format="%.4f",
        key=f"{form}.goal",
        help=hint,
    )
    right.number_input(
        _("Within so many steps"),
        min_value=1,
        max_value=20000,
        value=task.within,
        key=f"{form}.within",
        help=_("No run of the class may be longer. Leave it empty for no limit."),
    )


def _task_of(form: str, task: Task) -> Task:
    """What a form says; what it does not say is as in the task that it shows.

    Raises:
        ExplorerError: if something in it is not sound.
    """
    keys = {n: f"{form}.{n}" for n in ("title", "text", "goal", "within", "asks")}
    keys["open"] = worded(f"{form}.open")
    state: Mapping[str, Any] = {
        name: st.session_state.get(key, getattr(task, name))
        for name, key in keys.items()
    }
    goal = state["goal"]
    return checked(
        Task(
            title=state["title"],
            base=task.base,
            open=tuple(state["open"]),
            goal=None if goal is None else float(goal),
            within=state["within"],
            text=state["text"],
            lesson=task.lesson,
            asks=bool(state["asks"]),
        )
    )


def _create(visitor: Visitor, task: Task) -> None:
    new = _task_of("class_new", task)
    visitor.allowed.check_data(new.base)
    create, admit = visitor.store.groups.create, visitor.allowed.admit_class
    show_class(create(KIND, visitor.owner, new.facts(), admit).id)


def _add(visitor: Visitor, home: Group, task: Task) -> None:
    new = _task_of("task_new", task)
    visitor.allowed.check_data(new.base)
    add_task(visitor.store, home, new)


def _change(visitor: Visitor, group_id: str, task: Task) -> None:
    facts = _task_of(f"class_edit.{group_id}", task).facts()
    del facts["closed"]
    visitor.store.groups.change(group_id, facts)
