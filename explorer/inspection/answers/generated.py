"""Windows that the generator makes, beside held-out real ones."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.data.base import Data
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import Subject, float_array
from explorer.models.base import AdversarialModel
from explorer.runs.records import nullable
from explorer.training.generating import COLLAPSED, made, measured

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
    real, fake = both(subject)
    with torch.no_grad():
        found = measured(real, fake, subject.model(real), subject.model(fake))
    rows = np.linspace(0, len(real) - 1, min(SHOWN, len(real))).round().astype(int)
    arrays = {
        "real": shown(subject.data, real[rows]),
        "fake": shown(subject.data, fake[rows]),
    }
    return arrays, {
        "measures": {name: nullable(value) for name, value in found.items()},
        "collapsed": subject.step > 0 and found["diversity"] < COLLAPSED,
    }


def shown(data: Data, windows: Tensor) -> Any:
    """The first input of windows (N, T, I), as (N, T) in the units of the data."""
    return float_array(torch.from_numpy(data.scaler.undo(windows[..., 0].numpy())))


AXES = {"real": ("window", "time"), "fake": ("window", "time")}

ANSWER = Answer(("generate",), look, AXES)
