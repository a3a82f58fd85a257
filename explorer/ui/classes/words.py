"""A class in words: its tasks, their goals, and how one stands."""

from collections.abc import Sequence

from explorer.catalog import specs
from explorer.engine.classes import Task
from explorer.lessons.base import lesson
from explorer.plots.parts import short
from explorer.plots.words import paragraph
from explorer.runs.boards import Standing
from explorer.runs.records import Member
from explorer.ui.classes.board import loss_in_words
from explorer.ui.language import Translate
from explorer.ui.plain import literal


def data_title(task: Task, _: Translate) -> str:
    """What everybody trains on."""
    return _(specs.data_spec(task.base.data).title)


def task_title(task: Task, _: Translate, plain: bool = False) -> str:
    """What a task is called, as Markdown or as plain words."""
    if task.lesson:
        return _(lesson(task.lesson).title)
    return task.title if plain else literal(task.title)


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


def own_line(
    found: Sequence[Standing], member: Member, task: Task, _: Translate
) -> str:
    """How one stands oneself."""
    mine = next((s for s in found if s.seat == member.seat), None)
    name = literal(member.nickname)
    if mine is None or mine.best is None:
        return _("You are **%(name)s**. Press Train to begin.") % {"name": name}
    line = _("You are **%(name)s**: best loss %(loss)s.")
    line %= {"name": name, "loss": loss_in_words(mine.best)}
    if task.goal is None:
        return line
    if mine.reached is None:
        return paragraph(line, _("The goal is not reached yet."))
    done = _("You reached the goal at step %(step)s.")
    return paragraph(line, "**" + done % {"step": f"{mine.reached:,}"} + "**")
