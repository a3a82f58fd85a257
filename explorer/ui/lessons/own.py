"""Now you: a run of the reader's own, with a goal that is checked."""

from typing import Any

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.config.run import GROUPS, RunConfig, settings_groups
from explorer.config.settings import Settings
from explorer.config.training import TrainingSettings
from explorer.engine.visitor import Visitor
from explorer.lessons.base import Lesson, Task
from explorer.plots.parts import short
from explorer.runs.records import Run
from explorer.tasks import MEASURES
from explorer.ui.controls import widget
from explorer.ui.language import Translate
from explorer.ui.lessons.attempts import Attempt, begin_own, keep_reached, own_of
from explorer.ui.page import shown_errors, shown_later
from explorer.ui.plain import literal

EVERY = 0.7
"""Seconds between two looks at the reader's run while it trains."""


def own_task(
    visitor: Visitor, lesson: Lesson, attempt: Attempt, text: str, _: Translate
) -> None:
    """The task, the settings that are open, Train, and how it went."""
    st.header(_("Now you"), anchor=False)
    st.markdown(text)
    st.markdown(goal_line(lesson.task, _))
    config = _chosen(lesson, _)
    run = own_of(visitor, attempt)
    going = run is not None and not run.ended
    st.button(
        _("Train"),
        type="primary",
        icon=":material/play_arrow:",
        key="lesson.train",
        disabled=going,
        help=_("Start a run of your own with the settings above."),
        on_click=shown_later(begin_own),
        args=(visitor, attempt, config),
    )
    if run is not None:
        every = EVERY if going else None
        st.fragment(_stand, run_every=every)(visitor, attempt, lesson.task, going, _)


def goal_line(task: Task, _: Translate) -> str:
    """What is to be reached."""
    values = {"goal": short(task.goal)}
    if not task.measure:
        return _("**Goal:** a validation loss of %(goal)s or less.") % values
    values["measure"] = _(MEASURES[task.measure].title)
    if MEASURES[task.measure].higher:
        return _("**Goal:** at the end, %(measure)s: %(goal)s or more.") % values
    return _("**Goal:** at the end, %(measure)s: %(goal)s or less.") % values


def verdict(run: Run, figure: float | None, task: Task, _: Translate) -> str:
    """How a run stands to the goal, in a sentence."""
    if figure is None:
        return _("Your run begins …")
    values = {
        "loss": short(figure),
        "goal": short(task.goal),
        "step": f"{run.step:,}",
    }
    if reached(run, figure, task):
        if task.measure:
            return _("Goal reached: your run ended at %(loss)s.") % values
        return _("Goal reached: your run came down to %(loss)s.") % values
    if not run.ended:
        if task.measure:
            return _("Step %(step)s: now %(loss)s.") % values
        return _("Step %(step)s: lowest so far %(loss)s.") % values
    if task.measure:
        message = _(
            "Not yet: your run ended at %(loss)s, and the goal is %(goal)s. Change "
            "something and train again."
        )
        return message % values
    message = _(
        "Not yet: your run came down to %(loss)s, and the goal is %(goal)s. Change "
        "something and train again."
    )
    return message % values


def reached(run: Run, figure: float | None, task: Task) -> bool:
    """Whether a run has reached the goal; a measure counts at its end alone."""
    over = run.status == "finished" or not task.measure
    return figure is not None and over and task.met(figure)


def _stand(
    visitor: Visitor, attempt: Attempt, task: Task, going: bool, _: Translate
) -> None:
    with shown_errors():
        run = visitor.store.get(attempt.own)
        figure = task.figure(visitor.store.validations(run.id))
        line = literal(verdict(run, figure, task, _))
        met = reached(run, figure, task)
        if met:
            st.success(line, icon=":material/flag:")
        else:
            st.info(line, icon=":material/target:")
        if met and not attempt.reached:
            keep_reached(visitor, attempt)
        if going and run.ended:
            st.rerun()


def _chosen(lesson: Lesson, _: Translate) -> RunConfig:
    """The widgets of the open settings; the config of a run with what they say."""
    base = lesson.task.begins.config()
    classes, values = _classes(base), settings_groups(base)
    chosen: dict[str, Any] = dict(lesson.task.begins.settings)
    for dotted in lesson.task.opens:
        group, _dot, name = dotted.partition(".")
        field = classes[group].model_fields[name]
        key = f"lesson.own.{lesson.name}.{dotted}"
        chosen[dotted] = widget(name, field, values[group][name], key, _)
    return choosing.lasting_config(base.data, base.model, chosen, base.seed)


def _classes(config: RunConfig) -> dict[str, type[Settings]]:
    """The settings classes by group."""
    resolved = specs.resolve(config)
    classes = (resolved.data.settings, resolved.model.settings, TrainingSettings)
    return dict(zip(GROUPS, classes, strict=True))
