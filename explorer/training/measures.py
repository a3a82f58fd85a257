"""How well a model does on the held-out part, in the field's usual measures.

forecast: MAE and RMSE in standardised units, R^2, and the skill against repeating the
last value, 1 - MSE / MSE(repeat last). next_token: accuracy, perplexity exp(CE), bits
per token. classify and tag: accuracy; precision, recall and F1 per label, averaged over
the labels (macro). generate: see `generating`.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.data.base import Data, Task
from explorer.models.base import AdversarialModel, SequenceModel
from explorer.tasks import IGNORED
from explorer.training.generating import made, measured
from explorer.training.objectives import objective, tensors


class Judged(NamedTuple):
    """What a held-out part says of a model."""

    loss: float
    measures: Mapping[str, float]


Measuring = Callable[[SequenceModel, Data, Tensor, Tensor], dict[str, float]]
"""(model, data, output of the held-out x, y) -> measures by name."""


@torch.no_grad()
def judge(model: SequenceModel, data: Data, own: SequenceModel | None = None) -> Judged:
    """The held-out loss and the task's measures, from one pass; dropout is off.

    Args:
        model: what answers.
        data: whose held-out part is asked.
        own: the model whose own loss counts, where `model` is wrapped around it.
    """
    was_training = model.training
    model.eval()
    x, y = tensors(data.validation)
    output = model(x)
    loss = float(objective(data, own or model)(output, y))
    measures = MEASURING[data.task](model, data, output, y)
    model.train(was_training)
    return Judged(loss, measures)


def metrics(model: SequenceModel, data: Data) -> Mapping[str, float]:
    """The measures alone."""
    return judge(model, data).measures


def forecast(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """MAE, RMSE, R^2 and skill over the counted positions."""
    output, y = objective(data).counted(output, y)
    mse = float(F.mse_loss(output, y))
    found = {
        "mae": float((output - y).abs().mean()),
        "rmse": math.sqrt(mse),
        "r2": 1 - mse / float(y.var(unbiased=False)),
    }
    if "repeat last" in data.baselines:
        found["skill"] = 1 - mse / data.baselines["repeat last"]
    return found


def next_token(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """Perplexity, bits per token and accuracy over the counted positions."""
    output, y = objective(data).counted(output, y)
    loss = float(F.cross_entropy(output.flatten(0, 1), y.flatten()))
    return {
        "perplexity": math.exp(min(loss, 700.0)),
        "bits_per_token": loss / math.log(2),
        "accuracy": float((output.argmax(-1) == y).float().mean()),
    }


def confusion(said: Tensor, truth: Tensor, n_labels: int) -> Tensor:
    """Counts (C, C): row the truth, column what was said; `IGNORED` truths left out."""
    counted = truth != IGNORED
    pairs = truth[counted] * n_labels + said[counted]
    return torch.bincount(pairs, minlength=n_labels**2).view(n_labels, n_labels)


def labelled(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """Accuracy and macro-averaged precision, recall and F1.

    A label that is never said has precision 0, one that never occurs recall 0; labels
    that neither occur nor are said are left out of the averages.
    """
    counts = confusion(output.argmax(-1).flatten(), y.flatten(), len(data.labels))
    return measures_of(counts)


def measures_of(counts: Tensor) -> dict[str, float]:
    """Accuracy, precision, recall and F1 (macro) of a confusion matrix (C, C)."""
    right, truths, saids = counts.diag(), counts.sum(1), counts.sum(0)
    there = (truths + saids) > 0
    right, truths, saids = right[there], truths[there], saids[there]
    return {
        "accuracy": float(right.sum() / counts.sum()),
        "precision": float((right / saids.clamp(min=1)).mean()),
        "recall": float((right / truths.clamp(min=1)).mean()),
        "f1": float((2 * right / (truths + saids)).mean()),
    }


def generated(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """How like the held-out windows generated ones are; `output` judges the former."""
    assert isinstance(model, AdversarialModel)
    fake = made(model, len(y), y.shape[1], 0)
    return measured(y, fake, output, model(fake))


MEASURING: Mapping[Task, Measuring] = {
    "forecast": forecast,
    "next_token": next_token,
    "classify": labelled,
    "tag": labelled,
    "generate": generated,
}
