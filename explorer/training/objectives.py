"""What each task minimises, and how well a model does by it.

- forecast: mean squared error, MSE = (1/n) sum (yhat - y)^2, on standardised values.
- next_token: cross-entropy in nats, CE = -(1/n) sum log p(y).

Both count window positions t >= `counted_from` only.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.config import N_
from explorer.data.base import Data, Task, Windows
from explorer.models.base import SequenceModel

LOSS_UNITS: dict[Task, str] = {
    "forecast": N_("mean squared error (standardised)"),
    "next_token": N_("cross-entropy (nats per token)"),
}


class Objective(NamedTuple):
    """A task's loss over the counted positions of a batch."""

    task: Task
    counted_from: int

    def each(self, output: Tensor, target: Tensor) -> Tensor:
        """The loss of every position: (B, T, O), (B, T[, O]) -> (B, T)."""
        if self.task == "forecast":
            return (output - target).square().mean(-1)
        return F.cross_entropy(output.transpose(1, 2), target, reduction="none")

    def __call__(self, output: Tensor, target: Tensor) -> Tensor:
        """The mean over the counted positions, a scalar."""
        output, target = output[:, self.counted_from :], target[:, self.counted_from :]
        if self.task == "forecast":
            return F.mse_loss(output, target)
        return F.cross_entropy(output.flatten(0, 1), target.flatten())


def objective(data: Data) -> Objective:
    """The objective of a dataset's task."""
    return Objective(data.task, data.counted_from)


def tensors(part: Windows) -> tuple[Tensor, Tensor]:
    """Windows as contiguous tensors."""
    return torch.tensor(part.x), torch.tensor(part.y)


@torch.no_grad()
def evaluate(model: SequenceModel, data: Data, part: Windows) -> float:
    """The mean loss over windows, in the loss's units; dropout is off."""
    was_training = model.training
    model.eval()
    x, y = tensors(part)
    loss = float(objective(data)(model(x), y))
    model.train(was_training)
    return loss


@torch.no_grad()
def metrics(model: SequenceModel, data: Data) -> dict[str, float]:
    """How well a model does on the held-out part, in the field's usual measures.

    forecast: MAE and RMSE in standardised units, R^2, and the skill against repeating
    the last value, 1 - MSE / MSE(repeat last). next_token: accuracy, perplexity
    exp(CE), bits per token.
    """
    was_training = model.training
    model.eval()
    x, y = tensors(data.validation)
    output = model(x)[:, data.counted_from :]
    y = y[:, data.counted_from :]
    model.train(was_training)
    if data.task == "next_token":
        loss = float(F.cross_entropy(output.flatten(0, 1), y.flatten()))
        return {
            "accuracy": float((output.argmax(-1) == y).float().mean()),
            "perplexity": math.exp(min(loss, 700.0)),
            "bits_per_token": loss / math.log(2),
        }
    mse = float(F.mse_loss(output, y))
    return {
        "mae": float((output - y).abs().mean()),
        "rmse": math.sqrt(mse),
        "r2": 1 - mse / float(y.var(unbiased=False)),
        "skill": 1 - mse / data.baselines["repeat last"],
    }
