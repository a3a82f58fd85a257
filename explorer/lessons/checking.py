"""A lesson gone through without a browser: its runs are trained, and answer."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from explorer.config.run import RunConfig
from explorer.inspection.base import Request, Subject, look
from explorer.lessons.base import Lesson, Look, Outcome, Record, losses
from explorer.runs.records import Progress
from explorer.training.process import settle
from explorer.training.simple import simple_methods
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred


def trained(config: RunConfig, looks: Mapping[str, Look]) -> Record:
    """The record of a run that is trained here, and these views of its end."""
    return _recorded(_ended(config, None), looks, False)


def checked(lesson: Lesson, seed: int) -> Outcome:
    """Train the runs of a lesson with this seed, and answer its question."""
    settle()
    done: dict[str, Ended] = {}
    for name, config in lesson.configs(seed).items():
        done[name] = _ended(config, done.get(lesson.runs[name].start))
    return lesson.outcome(
        {n: _recorded(e, lesson.views, lesson.methods) for n, e in done.items()}
    )


class Ended(NamedTuple):
    """A run at its end, and what its training said."""

    trainer: Trainer
    progress: Progress


def _ended(config: RunConfig, start: Ended | None) -> Ended:
    """A run that is trained here; with what another has learned, if there is one."""
    begun = None
    if start is not None:
        begun = transferred(config, start.trainer.config, start.trainer.pack())
    trainer = Trainer(config, begun)
    return Ended(trainer, trainer.advance(Budget()))


def _recorded(ended: Ended, looks: Mapping[str, Look], methods: bool) -> Record:
    end = Subject.of(ended.trainer)
    seen = {
        name: look(end, Request(each.view, each.written))
        for name, each in looks.items()
    }
    config, progress = ended.trainer.config, ended.progress
    simple = losses(simple_methods(config)) if methods else {}
    return Record(config, progress.curves, progress.validations, seen, simple)


def summary(lesson: Lesson, seed: int, outcome: Outcome) -> dict[str, Any]:
    """What came out, as JSON can hold it."""
    return {
        "lesson": lesson.name,
        "seed": seed,
        "question": lesson.question,
        "answer": outcome.answer,
        "figures": dict(outcome.figures),
        "holds": outcome.holds,
    }
