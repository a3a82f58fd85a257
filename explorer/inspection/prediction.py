"""What the model says: one view, whose kind is the task's.

A file of `answers/` that ends in `ANSWER` says what is looked at for its tasks, and a
plot of the same name draws it.
"""

from collections.abc import Mapping
from functools import cache

from explorer.catalog.specs import Resolved, task_of
from explorer.data.base import Data
from explorer.discovery import declared
from explorer.inspection import answers as folder
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import Subject, ViewSpec
from explorer.inspection.shown_series import series_choices
from explorer.runs.records import View


@cache
def answers() -> Mapping[str, Answer]:
    """Every way of answering by its file's name."""
    return declared(folder, "ANSWER")


def answer_to(data: Data) -> str | None:
    """How a dataset's answers are looked at: the first way that applies; None if there
    is no way yet."""
    ways = answers().items()
    return next((n for n, a in ways if data.task in a.tasks and a.applies(data)), None)


def look(subject: Subject, options: PredictionOptions) -> View:
    """What the model answers; a note "answer" names the plot that draws it."""
    name = answer_to(subject.data)
    assert name is not None, subject.config.data
    arrays, notes = answers()[name].look(subject, options)
    return View("prediction", subject.step, arrays, {**notes, "answer": name})


def answered(resolved: Resolved) -> bool:
    """Whether there is a way to show the answers to this task."""
    task = task_of(resolved.data, resolved.model)
    return any(task in answer.tasks for answer in answers().values())


def axes() -> Mapping[str, tuple[str, ...]]:
    """By array, of every way of answering: what its axes count."""
    return {k: v for a in answers().values() for k, v in a.axes.items()}


VIEW = ViewSpec("prediction", PredictionOptions, look, answered, series_choices, axes())
