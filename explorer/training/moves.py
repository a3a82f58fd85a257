"""How an optimizer moves weights that lie end to end, and what it remembers of them.

Adam, AdamW and SGD are PyTorch's functions. Its classes around them import PyTorch's
compiler, which takes 1.5 s and 70 MB of every process that trains, and cost half as
much again at each step.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.sgd import sgd

from explorer.training.flat import COUNTER, Flat


class Move(Protocol):
    """A rule for all weights of a vector."""

    def __call__(self, flat: Flat, memory: dict[str, Tensor], rate: float) -> None:
        """Move the vector by its gradient.

        Args:
            memory: what the rule keeps from step to step; empty before the first.
            rate: the learning rate.
        """
        ...


@dataclass(frozen=True)
class Adam:
    """Kingma and Ba, 2014 (https://arxiv.org/abs/1412.6980). AdamW, where weights decay
    beside the gradient: Loshchilov and Hutter, 2017 (https://arxiv.org/abs/1711.05101).
    """

    decay: float
    beside: bool
    first_beta: float = 0.9

    def __call__(self, flat: Flat, memory: dict[str, Tensor], rate: float) -> None:
        """As `Move` says."""
        if not memory:
            memory[COUNTER] = torch.zeros(())
            memory["exp_avg"] = torch.zeros_like(flat.gradient)
            memory["exp_avg_sq"] = torch.zeros_like(flat.gradient)
        adam(
            [flat.vector],
            [flat.gradient],
            [memory["exp_avg"]],
            [memory["exp_avg_sq"]],
            [],
            [memory[COUNTER]],
            fused=True,
            amsgrad=False,
            beta1=self.first_beta,
            beta2=0.999,
            lr=rate,
            weight_decay=self.decay,
            eps=1e-8,
            maximize=False,
            decoupled_weight_decay=self.beside,
        )


@dataclass(frozen=True)
class Sgd:
    """Down the gradient, or down what is carried on of all gradients so far."""

    momentum: float
    decay: float

    def __call__(self, flat: Flat, memory: dict[str, Tensor], rate: float) -> None:
        """As `Move` says."""
        carried = [memory.get("momentum_buffer")]
        sgd(
            [flat.vector],
            [flat.gradient],
            carried,
            fused=True,
            weight_decay=self.decay,
            momentum=self.momentum,
            lr=rate,
            dampening=0.0,
            nesterov=False,
            maximize=False,
        )
        if carried[0] is not None:
            memory["momentum_buffer"] = carried[0]
