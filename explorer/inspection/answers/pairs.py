"""Answers beside the truth, one pair per answer, where no series runs on."""

from typing import Any

import torch

from explorer.data.base import Data, Floats
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import Subject
from explorer.models.base import SequenceModel
from explorer.training.objectives import objective, point_forecast, tensors

MOST_PAIRS = 1000


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """truth and said (n,) at the counted steps of the held-out windows, real units."""
    truth, predicted = pairs(subject.model, subject.data)
    return {"truth": truth, "said": predicted}, {}


def pairs(model: SequenceModel, data: Data) -> tuple[Floats, Floats]:
    """Truths and answers, both (n,)."""
    x, y = tensors(data.validation)
    with torch.no_grad():
        predicted, truth = objective(data).counted(point_forecast(model(x), y), y)
    return _real(data, truth), _real(data, predicted)


def _real(data: Data, values: torch.Tensor) -> Floats:
    flat = values.flatten().numpy()
    kept = flat[:: -(-len(flat) // MOST_PAIRS)]
    return data.scaler.undo(kept)


def applies(data: Data) -> bool:
    """Whether every window is an example by itself, and no image."""
    return data.series is None and data.image is None


AXES = {"truth": ("answer",), "said": ("answer",)}

ANSWER = Answer(("forecast",), look, AXES, applies)
