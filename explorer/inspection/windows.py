"""Windows that a generator makes, as the Playground shows them too."""

from dataclasses import replace

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
    return replace(prediction.look(subject, PredictionOptions()), name="windows")


AXES = {**generated.AXES, **images.AXES}

VIEW = ViewSpec("windows", WindowOptions, look, by_rivalry, axes=AXES)
