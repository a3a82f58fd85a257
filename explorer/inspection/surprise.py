"""What training itself lowers, where it is not the task's loss: on held-out data."""

import numpy as np
import torch

from explorer.catalog.specs import Resolved
from explorer.config.settings import Settings
from explorer.inspection.base import Subject, ViewSpec
from explorer.models.base import ExpectationModel
from explorer.runs.records import View
from explorer.training.objectives import tensors


class SurpriseOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: SurpriseOptions) -> View:
    """held_out (1,): the mean over the held-out windows, in the aim's units."""
    x, y = tensors(subject.data.validation)
    with torch.no_grad():
        model = subject.model
        if isinstance(model, ExpectationModel):
            each: torch.Tensor | None = model.surprise(x)
        else:
            each = model.loss(x, y)
    assert each is not None  # `applies`: it has an aim of its own
    held_out = np.array([float(each.mean())], np.float32)
    return View(
        "surprise",
        subject.step,
        {"held_out": held_out},
        {"monotone": isinstance(model, ExpectationModel)},
    )


def applies(resolved: Resolved) -> bool:
    """Whether training lowers something else than the task's loss."""
    return bool(resolved.model.aim)


VIEW = ViewSpec(
    "surprise", SurpriseOptions, look, applies, axes={"held_out": ("held-out part",)}
)
