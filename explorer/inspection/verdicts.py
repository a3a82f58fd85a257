"""What the discriminator makes of real and of generated windows, step by step."""

import numpy as np
import torch
from torch import Tensor

from explorer.config.settings import Settings
from explorer.data.base import Floats
from explorer.inspection.answers.generated import both
from explorer.inspection.base import Subject, ViewSpec, by_rivalry
from explorer.runs.records import View

ENDS = 0.1, 0.9
"""Four windows of five lie between these quantiles."""


class VerdictOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: VerdictOptions) -> View:
    """real and fake (3, T): low end, mean and high end of D(x)_t over the windows."""
    real, fake = both(subject)
    with torch.no_grad():
        logits = subject.model(real), subject.model(fake)
    arrays = {
        name: spread(torch.sigmoid(each[..., 0]))
        for name, each in zip(("real", "fake"), logits, strict=True)
    }
    return View("verdicts", subject.step, arrays)


def spread(scores: Tensor) -> Floats:
    """(N, T) -> (3, T): the low quantile, the mean and the high quantile."""
    values = scores.double().numpy()
    low, high = np.quantile(values, ENDS, axis=0)
    return np.stack([low, values.mean(0), high]).astype(np.float32)


AXES = {"real": ("low, mean, high", "time"), "fake": ("low, mean, high", "time")}

VIEW = ViewSpec("verdicts", VerdictOptions, look, by_rivalry, axes=AXES)
