"""Windows that a generator makes, as the Playground shows them too."""

from explorer.config.settings import Settings
from explorer.inspection import prediction
from explorer.inspection.answer import PredictionOptions
from explorer.inspection.answers import generated, images
from explorer.inspection.base import Subject, ViewSpec, by_rivalry
from explorer.runs.records import View


class WindowOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: WindowOptions) -> View:
    """What the view "prediction" has: lines, or images; notes have the measures."""
    name = prediction.answer_to(subject.data)
    assert name is not None  # rivals generate
    found = prediction.answers()[name].look(subject, PredictionOptions())
    return View("windows", subject.step, *found)


AXES = {**generated.AXES, **images.AXES}

VIEW = ViewSpec("windows", WindowOptions, look, by_rivalry, axes=AXES)
