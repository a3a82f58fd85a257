"""A forecast of the end of the held-out part, beside the truth."""

from typing import Any

import numpy as np

from explorer.data.base import Data
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import Subject
from explorer.inspection.shown_series import showing
from explorer.training.intervals import LEVELS, foretell

MOST = 40
"""Origins from which bands are calibrated: enough for the widest, and quickly done."""


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """positions, truth, one_step and free (n,) in shown units; dates count days. low
    and high (levels, n), the bands about free, where they could be calibrated."""
    data = showing(subject.data, options.series)
    series = data.series
    assert series is not None  # `applies`
    predicted, bands = foretell(subject.model, data, MOST)
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
    if bands is not None:
        edge = np.full((len(LEVELS), predicted.context), np.nan)
        arrays |= {
            "low": np.concatenate([edge, bands.low], 1),
            "high": np.concatenate([edge, bands.high], 1),
        }
    notes: dict[str, Any] = {
        "levels": list(LEVELS),
        "origins": 0 if bands is None else bands.origins,
        "head": subject.model.tells,
        "dates": dates,
        "axis": series.axis,
        "label": series.label,
        "context": predicted.context,
    }
    if data.together:
        notes["series"] = series.number
    return arrays, notes


def applies(data: Data) -> bool:
    """Whether windows are cut from one series."""
    return data.series is not None


AXES: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("positions", "truth", "one_step", "free"), ("place",)
)
AXES |= dict.fromkeys(("low", "high"), ("level", "place"))

ANSWER = Answer(("forecast",), look, AXES, applies)
