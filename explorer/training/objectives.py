"""What each task minimises.

- forecast: mean squared error, MSE = (1/n) sum (yhat - y)^2, on standardised values.
- next_token, classify, tag, translate: cross-entropy in nats, -(1/n) sum log p(y).
- transcribe: -log p(y | x) / L, summed over all alignments with blanks (CTC; Graves et
  al., 2006, https://doi.org/10.1145/1143844.1143891).
- generate: -log D(x), what the discriminator loses by a real window; how the two nets
  learn stands in `adversarial`.

Forecasts and next tokens count window positions t >= `counted_from` only; forecasts of
a series with gaps, only where the truth was measured. A model may
lower a loss of its own, such as a CRF's, or that of a head that says a distribution;
curves show the task's all the same, so that models can be compared.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.data.base import Data, Task
from explorer.data.windows import Windows
from explorer.models.base import SequenceModel
from explorer.models.forecast_heads import Head, by_series, head_loss
from explorer.tasks import IGNORED

BLANK = 0
"""The symbol of a transcription that says nothing; label k is symbol k + 1."""


class Objective(NamedTuple):
    """A task's loss over the counted positions of a batch."""

    task: Task
    counted_from: int = 0
    gaps: bool = False
    """Whether targets of a forecast that are NaN are not counted."""

    def each(self, output: Tensor, target: Tensor) -> Tensor:
        """The loss of every answer: (B, T) where each step has one, else (B,); NaN
        where the target is not known."""
        if self.task == "forecast":
            return (point_forecast(output, target) - target).square().mean(-1)
        if self.task == "transcribe":
            return _ctc(output, target)
        if self.task == "generate":
            return F.softplus(-output[..., 0])
        if output.dim() == 2:
            return F.cross_entropy(output, target, reduction="none")
        losses = F.cross_entropy(
            output.transpose(1, 2), target, ignore_index=IGNORED, reduction="none"
        )
        return losses.masked_fill(target == IGNORED, torch.nan)

    def __call__(self, output: Tensor, target: Tensor) -> Tensor:
        """The mean over the counted positions, a scalar."""
        if self.task == "forecast":
            output, target = self.counted(point_forecast(output, target), target)
            return (
                known_error(output, target) if self.gaps else F.mse_loss(output, target)
            )
        if self.task in ("transcribe", "generate"):
            return self.each(output, target).mean()
        if output.dim() == 2:
            return F.cross_entropy(output, target)
        output, target = self.counted(output, target)
        return F.cross_entropy(
            output.flatten(0, 1), target.flatten(), ignore_index=IGNORED
        )

    def of_head(self, head: Head, output: Tensor, target: Tensor) -> Tensor:
        """What training lowers: the mean of a head's own loss over the counted places
        whose target is known, 0 where none is; of one number, the task's."""
        if head == "point":
            return self(output, target)
        output, target = self.counted(output, target)  # (B, T, K O), (B, T, O)
        known = ~target.isnan()
        each = by_series(output, target.shape[-1])  # (B, T, O, K)
        losses = head_loss(head, each[known], target[known])
        return losses.sum() / known.sum().clamp(min=1)

    def last(self, output: Tensor, target: Tensor) -> Tensor:
        """The loss (B,) of the last step's answer, or of the only one; NaN where its
        target is not known."""
        if self.task == "transcribe" or output.dim() == 2:
            return self.each(output, target)
        # no other step's unknown target may enter the gradient
        return self.each(output[:, -1:], target[:, -1:])[:, 0]

    def counted(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Both from the first counted position on."""
        return output[:, self.counted_from :], target[:, self.counted_from :]


def point_forecast(output: Tensor, target: Tensor) -> Tensor:
    """The forecast itself (..., O) in what a head gives for targets (..., O)."""
    return output[..., : target.shape[-1]]


def known_error(output: Tensor, target: Tensor) -> Tensor:
    """Mean squared error where the target is known; 0 where none is."""
    known = ~target.isnan()
    return (output[known] - target[known]).square().sum() / known.sum().clamp(min=1)


def _ctc(output: Tensor, target: Tensor) -> Tensor:
    """Logits (B, T, 1 + C) and labels (B, L), filled up with `IGNORED` -> (B,)."""
    lengths = (target != IGNORED).sum(1)
    steps = torch.full_like(lengths, output.shape[1])
    log_chances = output.log_softmax(-1).transpose(0, 1)  # (T, B, 1 + C)
    labels = torch.where(target == IGNORED, BLANK, target + 1)
    loss = F.ctc_loss(
        log_chances, labels, steps, lengths, blank=BLANK, reduction="none"
    )
    return loss / lengths


def objective(data: Data) -> Objective:
    """The objective of a dataset's task."""
    return Objective(data.task, data.counted_from, data.gaps)


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
