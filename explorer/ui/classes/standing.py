"""How a class stands: the count, the poll, everybody's loss on one chart, the board."""

from collections.abc import Sequence

import streamlit as st

from explorer.engine.class_tasks import task_in
from explorer.engine.classes import Task
from explorer.engine.classroom import read_classroom
from explorer.engine.visitor import Visitor
from explorer.inspection.facts import lines
from explorer.plots.runs import standings as chart
from explorer.plots.words import paragraph
from explorer.runs.boards import Standing
from explorer.runs.records import Group
from explorer.ui.classes.board import (
    COLUMNS,
    columns,
    long_board,
    shown_names,
    standings,
)
from explorer.ui.classes.polling import asked_of, poll
from explorer.ui.classes.words import task_title
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_figure
from explorer.ui.plain import literal


def now(visitor: Visitor, home: Group, group: Group, _: Translate) -> None:
    """The class at one of its tasks, as it is now."""
    store = visitor.store
    group, task = store.groups.get(group.id), task_in(store, group)
    found = standings(store, home.id, group.id, task.goal, task.within)
    if not found:
        st.info(
            _("Nobody has joined yet. Tell the code above to your students."),
            icon=":material/hourglass_top:",
        )
        return
    st.markdown(_count_line(found, task, _))
    room = read_classroom(store.groups.get(home.id))
    found = shown_names(found, room.anonymous, _)
    if task.asks:
        poll(group, task, found, _)
    _everybody(group, task, found, _)


def _everybody(
    group: Group, task: Task, found: Sequence[Standing], _: Translate
) -> None:
    """Everybody's loss on one chart, and the board below it."""
    steps = task.within or task.base.training.steps
    drawn = chart.extract(found, task.goal, steps, lines(task.base))
    show_figure(
        "class",
        chart.figure(drawn, _),
        chart.alternative(drawn, _),
        _,
        title=task_title(task, _, plain=True),
        about=_count_line(found, task, _),
    )
    st.markdown(literal(chart.reading(drawn, _)))
    order = st.segmented_control(
        _("Sort by"),
        columns(task.goal),
        default="best",
        required=True,
        format_func=lambda name: _(COLUMNS[name].title),
        key=f"class.order.{group.id}",
        wrap=True,
    )
    asked = asked_of(task) if task.asks else None
    st.html(long_board(found, task.goal, _, order, asked))


def _count_line(found: Sequence[Standing], task: Task, _: Translate) -> str:
    """How many are there, train, and have reached the goal."""
    line = _("Joined: %(joined)d. Training now: %(training)d.")
    training = sum(standing.training for standing in found)
    sentences = [line % {"joined": len(found), "training": training}]
    if task.goal is not None:
        reached = sum(standing.reached is not None for standing in found)
        sentences.append(_("Reached the goal: %(count)d.") % {"count": reached})
    if waiting := sum(not standing.seen for standing in found):
        sentences.append(_("Nicknames not seen: %(count)d.") % {"count": waiting})
    return paragraph(*sentences)
