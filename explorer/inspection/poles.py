"""Where the poles of a linear recurrence lie: for how long, and in which rhythm."""

import numpy as np

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import Settings
from explorer.inspection.base import Subject, ViewSpec, float_array
from explorer.runs.records import View


class PolesOptions(Settings):
    """Nothing to choose."""


def applies(resolved: Resolved) -> bool:
    """Whether a step of the model only turns and shrinks its state."""
    return resolved.model.poles is not None


def look(subject: Subject, options: PolesOptions) -> View:
    """poles (L, N, 2): real and imaginary part of every pole of every layer; steps
    (L, N): after how many of them a tenth of an input is left."""
    resolved = specs.resolve(subject.config)
    assert resolved.model.poles is not None  # `applies`
    poles = float_array(resolved.model.poles(subject.model))
    with np.errstate(divide="ignore"):
        radius = np.hypot(*np.moveaxis(poles.astype(np.float64), -1, 0))
        steps = np.log(0.1) / np.log(radius)
    arrays = {"poles": poles, "steps": steps.astype(np.float32)}
    return View("poles", subject.step, arrays, {})


VIEW = ViewSpec(
    "poles",
    PolesOptions,
    look,
    applies,
    axes={"poles": ("layer", "unit", "part"), "steps": ("layer", "unit")},
)
