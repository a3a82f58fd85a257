"""What training itself lowers, where it is not the task's loss: on held-out data."""

import numpy as np
import torch

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import Settings
from explorer.inspection.base import Subject, ViewSpec
from explorer.models.base import ExpectationModel
from explorer.models.forecast_heads import head_floor
from explorer.runs.records import View
from explorer.training.objectives import objective, tensors


class SurpriseOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: SurpriseOptions) -> View:
    """held_out (1,): the mean over the held-out windows, in the aim's units."""
    model, data = subject.model, subject.data
    x, y = tensors(data.validation)
    with torch.no_grad():
        if isinstance(model, ExpectationModel):
            each: torch.Tensor | None = model.surprise(x)
        else:
            each = model.loss(x, y)
        if each is None:
            each = objective(data).of_head(model.tells, model(x), y)
    floor = None
    if data.even_noise and data.floor and model.tells != "point":
        floor = head_floor(model.tells, data.floor)
    return View(
        "surprise",
        subject.step,
        {"held_out": np.array([float(each.mean())], np.float32)},
        {
            "monotone": isinstance(model, ExpectationModel),
            "head": model.tells,
            "floor": floor,
        },
    )


def applies(resolved: Resolved) -> bool:
    """Whether training lowers something else than the task's loss."""
    return bool(resolved.model.aim) or specs.head_of(resolved) != "point"


VIEW = ViewSpec(
    "surprise", SurpriseOptions, look, applies, axes={"held_out": ("held-out part",)}
)
