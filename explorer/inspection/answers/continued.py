"""Held-out images whose lower halves the model writes, beside the images themselves."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.data.base import Data
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import Subject
from explorer.models.base import SequenceModel
from explorer.training.objectives import point_forecast, tensors

SHOWN = 12
"""How many images are drawn."""


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """both (2, k, rows, columns), real images, and the same written on by the model, in
    the units of the data; notes have from which row on, what paper and ink are, and by
    how much what it wrote misses, beside always saying the mean of the training part.
    """
    data = subject.data
    assert data.image is not None  # `applies`
    given = data.counted_from + 1
    x, y = tensors(data.validation)
    real = torch.cat([x[:, :1], y], 1)  # (N, T + 1, I)
    written = continued(subject.model, real, given)
    usual = torch.from_numpy(data.train.y).mean(0)[given - 1 :]
    missed = [
        data.scaler.scale * float((real[:, given:] - said).abs().mean())
        for said in (written[:, given:], usual)
    ]
    rows = np.linspace(0, len(real) - 1, min(SHOWN, len(real))).round().astype(int)
    pictures = [data.painted(each[rows].numpy()) for each in (real, written)]
    return {"both": np.stack(pictures).astype(np.float32)}, {
        "given": given,
        "paper": data.image.paper,
        "ink": data.image.ink,
        "missed": missed[0],
        "usual": missed[1],
    }


@torch.no_grad()
def continued(model: SequenceModel, whole: Tensor, given: int) -> Tensor:
    """Windows (N, T, I) of which the first rows are given, and each later one is what
    the model foretells from all before it."""
    rows = whole[:, :given]
    while rows.shape[1] < whole.shape[1]:
        answer = point_forecast(model(rows), rows)[:, -1:]
        rows = torch.cat([rows, answer], 1)
    return rows


def applies(data: Data) -> bool:
    """Whether windows are images."""
    return data.image is not None


AXES = {"both": ("real or written on", "image", "row", "column")}

ANSWER = Answer(("forecast",), look, AXES, applies)
