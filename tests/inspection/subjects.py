"""Small real models to look into."""

import json
from typing import Any

from explorer.catalog import choosing
from explorer.inspection.base import Request, Subject, look
from explorer.inspection.facts import facts_of
from explorer.plots.panel import Content, Scene, panels
from explorer.runs.records import View
from explorer.training.trainer import Budget, Trainer


def subject_of(
    model: str, data: str = "sine", steps: int = 3, **settings: Any
) -> Subject:
    """A model after a few steps; settings by name, "__" for the dot."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    trainer = Trainer(choosing.make_config(data, model, named))
    if steps:
        trainer.advance(Budget(steps=steps))
    return Subject.of(trainer)


def seen(subject: Subject, view: str, **options: Any) -> View:
    """A view with these options."""
    return look(subject, Request(view, json.dumps(options)))


def drawn(subject: Subject, view: View, **scene: Any) -> Content:
    """What the page shows of a view, in English."""
    panel = panels()[view.name]
    return panel.draw(Scene.of(facts_of(subject.config), view, **scene), str)
