"""The update rules, and how their memory travels inside a run's state.

AdamW, Adam and SGD are PyTorch's. Muon (Jordan et al., 2024,
https://kellerjordan.github.io/posts/muon/) orthogonalises the update of each hidden
matrix; embeddings, the head, gains and biases go to AdamW beside it.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from explorer.config.training import Schedule, TrainingSettings
from explorer.errors import N_, ExplorerError
from explorer.models.base import SequenceModel

WARMUP_SHARE = 0.1
FINAL_SHARE = 0.1


def schedule_factor(schedule: Schedule, step: int, steps: int) -> float:
    """The share of the base learning rate that step `step` of `steps` uses."""
    if schedule == "constant":
        return 1.0
    rise = max(1, round(WARMUP_SHARE * steps)) if schedule == "warmup" else 0
    if step < rise:
        return (step + 1) / rise
    progress = (step - rise) / max(1, steps - rise)
    cosine = (1 + math.cos(math.pi * min(progress, 1.0))) / 2
    return FINAL_SHARE + (1 - FINAL_SHARE) * cosine


def hidden_matrices(model: SequenceModel) -> list[nn.Parameter]:
    """The parameters that Muon takes: matrices between embedding and head."""
    outside = {id(p) for p in model.head.parameters()}
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            outside |= {id(p) for p in module.parameters()}
    return [
        p
        for p in model.parameters()
        if p.ndim == 2 and min(p.shape) > 1 and id(p) not in outside
    ]


def trainable(model: SequenceModel, settings: TrainingSettings) -> list[nn.Parameter]:
    """The parameters that learn; no gradient is computed for the others.

    Raises:
        ExplorerError: if the head alone shall learn and the model has none of its own.
    """
    if settings.trainable == "head":
        head = {id(p) for p in model.head.parameters()}
        if not head:
            raise ExplorerError(
                N_(
                    "The head alone can learn where the model has one of its own, but "
                    "this one's answers leave through its embedding. Train all weights."
                )
            )
        for p in model.parameters():
            p.requires_grad_(id(p) in head)
    return [p for p in model.parameters() if p.requires_grad]


class Optimizers:
    """One or two torch optimizers that share a learning rate and a memory."""

    def __init__(self, model: SequenceModel, settings: TrainingSettings) -> None:
        self.weights = list(model.parameters())
        self.each = _make(model, settings)

    def set_learning_rate(self, value: float) -> None:
        """Use `value` from the next step on."""
        for optimizer in self.each:
            for group in optimizer.param_groups:
                group["lr"] = value

    def step(self) -> None:
        """Move every weight by its rule."""
        for optimizer in self.each:
            optimizer.step()

    def memory(self) -> dict[str, Tensor]:
        """Moments and counters by name, as the tensors that they are."""
        return {
            f"{k}.{index}.{name}": value
            for k, optimizer in enumerate(self.each)
            for index, entry in optimizer.state_dict()["state"].items()
            for name, value in entry.items()
            if value is not None
        }

    def remember(self, memory: Mapping[str, Tensor]) -> None:
        """Take over what `memory` gave.

        Raises:
            ExplorerError: if it belongs to another model or optimizer.
        """
        for k, optimizer in enumerate(self.each):
            states: dict[int, dict[str, Tensor]] = {}
            for name, value in memory.items():
                which, index, entry = name.split(".", 2)
                if int(which) == k:
                    states.setdefault(int(index), {})[entry] = value.clone()
            fresh = optimizer.state_dict()
            try:
                optimizer.load_state_dict({**fresh, "state": states})
            except (ValueError, KeyError):
                raise ExplorerError(
                    N_(
                        "A run's state must belong to its own config, but this "
                        "optimizer memory is of another shape. Restart the run."
                    )
                ) from None


def descend(
    loss: Tensor, optimizers: Optimizers, rate: float, settings: TrainingSettings
) -> float:
    """One step down a loss, by every weight of the optimizers.

    Returns:
        The gradient's norm before clipping.
    """
    weights = optimizers.weights
    for weight in weights:
        weight.grad = None
    loss.backward()  # type: ignore[no-untyped-call]
    if settings.l1 > 0:
        for weight in weights:
            if weight.grad is not None:
                weight.grad.add_(weight.detach().sign(), alpha=settings.l1)
    limit = settings.clip if settings.clip > 0 else math.inf
    norm = torch.nn.utils.clip_grad_norm_(weights, limit)
    optimizers.set_learning_rate(rate)
    optimizers.step()
    return norm.item()


def _make(model: SequenceModel, settings: TrainingSettings) -> list[Optimizer]:
    lr, decay = settings.learning_rate, settings.weight_decay
    everything = trainable(model, settings)
    if settings.optimizer == "sgd":
        sgd = torch.optim.SGD(
            everything,
            lr=lr,
            momentum=settings.momentum,
            weight_decay=decay,
            fused=True,
        )
        return [sgd]
    if settings.optimizer == "adam":
        return [torch.optim.Adam(everything, lr=lr, weight_decay=decay, fused=True)]
    if settings.optimizer == "adamw":
        return [torch.optim.AdamW(everything, lr=lr, weight_decay=decay, fused=True)]
    matrices = [p for p in hidden_matrices(model) if p.requires_grad]
    if not matrices:
        return [torch.optim.AdamW(everything, lr=lr, weight_decay=decay, fused=True)]
    taken = {id(p) for p in matrices}
    rest = [p for p in everything if id(p) not in taken]
    muon = torch.optim.Muon(
        matrices,
        lr=lr,
        momentum=settings.momentum,
        weight_decay=decay,
        adjust_lr_fn="match_rms_adamw",
    )
    adamw = torch.optim.AdamW(rest, lr=lr, weight_decay=decay, fused=True)
    return [muon, adamw]
