"""What the model says: one view, whose kind is the task's.

A file of `answers/` that ends in `ANSWER` says what is looked at for its tasks, and a
plot of the same name draws it.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from explorer.catalog import Resolved, task_of
from explorer.data.base import Data
from explorer.inspection import answers as folder
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import Subject, ViewSpec
from explorer.runs.records import View
from explorer.tasks import Task


@cache
def answers() -> Mapping[Task, list[Answer]]:
    """By task: the ways of answering it; the first that applies is taken."""
    names = sorted(m.name for m in pkgutil.iter_modules(folder.__path__))
    modules = (importlib.import_module(f"{folder.__name__}.{name}") for name in names)
    found: dict[Task, list[Answer]] = {}
    for module in modules:
        if hasattr(module, "ANSWER"):
            for task in module.ANSWER.tasks:
                found.setdefault(task, []).append(module.ANSWER)
    return found


def answer_to(data: Data) -> Answer | None:
    """How a dataset's answers are looked at; None if there is no way yet."""
    ways = answers().get(data.task, [])
    return next((way for way in ways if way.applies(data)), None)


def look(subject: Subject, options: PredictionOptions) -> View:
    """What the model answers; a note "answer" names the plot that draws it."""
    answer = answer_to(subject.data)
    assert answer is not None, subject.config.data
    arrays, notes = answer.look(subject, options)
    return View("prediction", subject.step, arrays, {**notes, "answer": answer.plot})


def answered(resolved: Resolved) -> bool:
    """Whether there is a way to show the answers to this task."""
    return task_of(resolved.data, resolved.model) in answers()


def axes() -> Mapping[str, tuple[str, ...]]:
    """By array, of every way of answering: what its axes count."""
    return {
        k: v for ways in answers().values() for a in ways for k, v in a.axes.items()
    }


VIEW = ViewSpec("prediction", PredictionOptions, look, answered, axes=axes())
