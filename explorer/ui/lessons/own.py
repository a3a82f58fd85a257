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
from explorer.runs.records import Run, lowest
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
    st.markdown(
        _("**Goal:** a validation loss of %(goal)s or less.")
        % {"goal": short(lesson.task.goal)}
    )
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


def verdict(run: Run, best: float | None, goal: float, _: Translate) -> str:
    """How a run stands to the goal, in a sentence."""
    if best is None:
        return _("Your run begins …")
    values = {"loss": short(best), "goal": short(goal), "step": f"{run.step:,}"}
    if best <= goal:
        return _("Goal reached: your run came down to %(loss)s.") % values
    if not run.ended:
        return _("Step %(step)s: lowest so far %(loss)s.") % values
    return (
        _(
            "Not yet: your run came down to %(loss)s, and the goal is %(goal)s. Change "
            "something and train again."
        )
        % values
    )


def _stand(
    visitor: Visitor, attempt: Attempt, task: Task, going: bool, _: Translate
) -> None:
    with shown_errors():
        run = visitor.store.get(attempt.own)
        best = lowest(visitor.store.validations(run.id))
        line = literal(verdict(run, best and best.loss, task.goal, _))
        reached = best is not None and best.loss <= task.goal
        if reached:
            st.success(line, icon=":material/flag:")
        else:
            st.info(line, icon=":material/target:")
        if reached and not attempt.reached:
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
    return choosing.make_config(base.data, base.model, chosen, base.seed)


def _classes(config: RunConfig) -> dict[str, type[Settings]]:
    """The settings classes by group."""
    resolved = specs.resolve(config)
    classes = (resolved.data.settings, resolved.model.settings, TrainingSettings)
    return dict(zip(GROUPS, classes, strict=True))
