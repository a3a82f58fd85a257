"""The update rules, and how their memory travels inside a run's state.

AdamW, Adam and SGD are PyTorch's. Muon takes the hidden matrices; embeddings, the head,
gains and biases go to AdamW beside it.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from explorer.config.training import Schedule, TrainingSettings
from explorer.errors import N_, ExplorerError
from explorer.models.base import SequenceModel
from explorer.training.flat import Flat
from explorer.training.moves import Adam, Move, Sgd
from explorer.training.muon import Muon

WARMUP_SHARE = 0.1
FINAL_SHARE = 0.1
LINEAR_WARMUP_SHARE = 0.02
COOL_SHARE = 0.4


def schedule_factor(schedule: Schedule, step: int, steps: int) -> float:
    """The share of the base learning rate that step `step` of `steps` uses."""
    if schedule == "constant":
        return 1.0
    if schedule == "linear":
        rising = (step + 1) / max(1, LINEAR_WARMUP_SHARE * steps)
        falling = (steps - step) / max(1, COOL_SHARE * steps)
        return max(0.0, min(1.0, rising, falling))
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


class Part:
    """Some of the weights, how they are moved, and what is remembered for that."""

    def __init__(self, weights: Sequence[nn.Parameter], move: Move) -> None:
        self.flat, self.move = Flat(weights), move
        self._memory: dict[str, Tensor] = {}

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Move every weight."""
        self.move(self.flat, self._memory, rate)

    def memory(self) -> list[dict[str, Tensor]]:
        """Moments and counters of each weight, as the tensors that they are."""
        return self.flat.parted(self._memory)

    def remember(self, each: Sequence[Mapping[str, Tensor]]) -> None:
        """Take over what `memory` gave."""
        self._memory = self.flat.joined(each)


class Optimizers:
    """The one or two rules that move a model's weights, and their memory."""

    def __init__(
        self,
        model: SequenceModel,
        settings: TrainingSettings,
        first_beta: float = Adam.first_beta,
    ) -> None:
        """`first_beta` is how much of Adam's first moment stays at a step."""
        self.parts = _make(model, settings, first_beta)

    def step(self, rate: float) -> None:
        """Move every weight by its rule, at this learning rate."""
        for part in self.parts:
            part.step(rate)

    def clip(self, limit: float) -> float:
        """Shorten the gradient to this length where it is longer; 0 never does.

        Returns:
            Its length before.
        """
        norm = math.hypot(*(part.flat.length() for part in self.parts))
        if limit > 0 and not norm <= limit:  # NaN too: it shall spread, and be seen
            for part in self.parts:
                part.flat.gradient.mul_(limit / norm)
        return norm

    def memory(self) -> dict[str, Tensor]:
        """Moments and counters by optimizer, weight and name."""
        return {
            f"{k}.{index}.{name}": value
            for k, part in enumerate(self.parts)
            for index, entry in enumerate(part.memory())
            for name, value in entry.items()
            if value is not None
        }

    def remember(self, memory: Mapping[str, Tensor]) -> None:
        """Take over what `memory` gave.

        Raises:
            ExplorerError: if it belongs to another model or optimizer.
        """
        each: list[list[dict[str, Tensor]]]
        each = [[{} for _ in part.flat.weights] for part in self.parts]
        try:
            for place, value in memory.items():
                which, index, name = place.split(".", 2)
                each[int(which)][int(index)][name] = value
            for part, entries in zip(self.parts, each, strict=True):
                part.remember(entries)
        except (ValueError, IndexError, RuntimeError):
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
    for part in optimizers.parts:
        part.flat.gradient.zero_()
    loss.backward()  # type: ignore[no-untyped-call]
    if settings.l1 > 0:
        for part in optimizers.parts:
            signs = part.flat.vector.detach().sign()
            part.flat.gradient.add_(signs, alpha=settings.l1)
    norm = optimizers.clip(settings.clip)
    optimizers.step(rate)
    return norm


def _make(
    model: SequenceModel, settings: TrainingSettings, first_beta: float
) -> list[Part]:
    everything = trainable(model, settings)
    muon = settings.optimizer == "muon"
    matrices = [p for p in hidden_matrices(model) if muon and p.requires_grad]
    taken = {id(p) for p in matrices}
    rest = [p for p in everything if id(p) not in taken]
    parts = [Part(rest, _by_number(settings, first_beta))]
    if matrices:
        by_matrix = Muon(settings.momentum, settings.weight_decay)
        parts.insert(0, Part(matrices, by_matrix))
    return parts


def _by_number(settings: TrainingSettings, first_beta: float) -> Move:
    """The rule that moves every number by itself, wherever it stands."""
    if settings.optimizer == "sgd":
        return Sgd(settings.momentum, settings.weight_decay)
    beside = settings.optimizer != "adam"
    return Adam(settings.weight_decay, beside, first_beta)
