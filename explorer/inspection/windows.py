"""Windows that a generator makes, as the Playground shows them too."""

from explorer.config.settings import Settings
from explorer.inspection.answer import PredictionOptions
from explorer.inspection.answers import generated
from explorer.inspection.base import Subject, ViewSpec, by_rivalry
from explorer.runs.records import View


class WindowOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: WindowOptions) -> View:
    """real and fake (k, T) in the units of the data; notes have the measures."""
    arrays, notes = generated.look(subject, PredictionOptions())
    return View("windows", subject.step, arrays, notes)


VIEW = ViewSpec("windows", WindowOptions, look, by_rivalry, axes=generated.AXES)
