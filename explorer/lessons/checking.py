"""A lesson gone through without a browser: its runs are trained, and answer."""

from collections.abc import Mapping
from typing import Any

from explorer.config.run import RunConfig
from explorer.inspection.base import Request, Subject, look
from explorer.lessons.base import Lesson, Look, Outcome, Record
from explorer.training.process import settle
from explorer.training.trainer import Budget, Trainer


def trained(config: RunConfig, looks: Mapping[str, Look]) -> Record:
    """The record of a run that is trained here, and these views of its end."""
    trainer = Trainer(config)
    progress = trainer.advance(Budget())
    end = Subject.of(trainer)
    seen = {
        name: look(end, Request(each.view, each.written))
        for name, each in looks.items()
    }
    return Record(config, progress.curves, progress.validations, seen)


def checked(lesson: Lesson, seed: int) -> Outcome:
    """Train the runs of a lesson with this seed, and answer its question."""
    settle()
    configs = lesson.configs(seed).items()
    return lesson.outcome({n: trained(config, lesson.views) for n, config in configs})


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
