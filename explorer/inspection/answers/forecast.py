"""A forecast of the end of the held-out part, beside the truth."""

from typing import Any

import numpy as np

from explorer.data.base import Data
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import Subject
from explorer.training.forecasting import forecast


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """positions, truth, one_step and free (n,) in shown units; dates count days."""
    series = subject.data.series
    assert series is not None  # `applies`
    predicted = forecast(subject.model, subject.data)
    positions = series.positions[predicted.places]
    dates = bool(np.issubdtype(positions.dtype, np.datetime64))
    if dates:
        positions = positions.astype("datetime64[D]")
    arrays = {
        "positions": positions.astype(np.int64 if dates else np.float64),
        "truth": predicted.truth,
        "one_step": predicted.one_step,
        "free": predicted.free,
    }
    notes = {
        "dates": dates,
        "axis": series.axis,
        "label": series.label,
        "context": predicted.context,
    }
    return arrays, notes


def applies(data: Data) -> bool:
    """Whether windows are cut from one series."""
    return data.series is not None


AXES = dict.fromkeys(("positions", "truth", "one_step", "free"), ("place",))

ANSWER = Answer(("forecast",), look, AXES, applies)
