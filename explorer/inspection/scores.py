"""How good are generated windows, judged by networks that are trained afterwards?"""

import numpy as np
import torch

from explorer.config.settings import Settings
from explorer.inspection.base import Subject, ViewSpec, by_rivalry
from explorer.models.base import AdversarialModel
from explorer.runs.records import View
from explorer.training.generating import made
from explorer.training.scores import discriminative, floors, predictive, real_windows


class ScoreOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: ScoreOptions) -> View:
    """scores (2, 2): discriminative and predictive, each of generated windows and of
    real ones in their place."""
    assert isinstance(subject.model, AdversarialModel)
    seed = subject.config.seed
    real = real_windows(subject.data)
    fake = made(subject.model, len(real), real.shape[1], seed)
    held_out = torch.tensor(subject.data.validation.x)
    own = discriminative(real, fake, seed), predictive(fake, held_out, seed)
    return View(
        "scores",
        subject.step,
        {"scores": np.array([own, floors(subject.data, seed)], np.float32).T},
    )


AXES = {"scores": ("discriminative or predictive", "generated or real")}

VIEW = ViewSpec("scores", ScoreOptions, look, by_rivalry, axes=AXES)
