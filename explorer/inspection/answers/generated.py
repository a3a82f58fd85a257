"""Windows that the generator makes, beside held-out real ones."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.data.base import Data, Floats
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import Subject
from explorer.models.base import AdversarialModel
from explorer.runs.records import nullable
from explorer.training.generating import collapsed, kinds, made, measured

SHOWN = 6
"""How many windows of each kind are drawn."""


def both(subject: Subject) -> tuple[Tensor, Tensor]:
    """All held-out windows and as many generated ones, each (N, T, I)."""
    assert isinstance(subject.model, AdversarialModel)
    real = torch.tensor(subject.data.validation.x)
    seed = subject.config.seed
    return real, made(subject.model, len(real), real.shape[1], seed)


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """real and fake (k, T), the first input in shown units; notes have the measures."""
    (real, fake), notes = some(subject, SHOWN)
    return {"real": real, "fake": fake}, notes


def some(subject: Subject, count: int) -> tuple[list[Floats], dict[str, Any]]:
    """So many real windows and as many generated ones, as they are shown; notes have
    the measures of all, and whether generated ones are too much alike."""
    real, fake = both(subject)
    with torch.no_grad():
        logits = subject.model(real), subject.model(fake)
    data, found = subject.data, measured(subject.data, real, fake, *logits)
    rows = np.linspace(0, len(real) - 1, min(count, len(real))).round().astype(int)
    notes = {
        "measures": {name: nullable(value) for name, value in found.items()},
        "collapsed": subject.step > 0 and collapsed(data, real, found),
    }
    if data.kinds is not None:
        notes["real_kinds"] = kinds(data, real)
    return [shown(data, each[rows]) for each in (real, fake)], notes


def shown(data: Data, windows: Tensor) -> Floats:
    """Windows (N, T, I) in the units of the data: images (N, rows, columns) where they
    are images, else their first input (N, T)."""
    if data.image is not None:
        return data.painted(windows.numpy()).astype(np.float32)
    return data.scaler.undo(windows[..., 0].numpy()).astype(np.float32)


def applies(data: Data) -> bool:
    """Whether windows are lines."""
    return data.image is None


AXES = {"real": ("window", "time"), "fake": ("window", "time")}

ANSWER = Answer(("generate",), look, AXES, applies)
