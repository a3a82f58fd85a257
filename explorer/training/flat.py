"""Weights end to end in one vector, and their gradients in another.

Clipping and an optimizer's step are then a few operations on one vector, however many
weights a model has; small nets else spend a quarter of a step on them.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

ALIGNED = 16
"""Each weight begins at a multiple of so many numbers, as if it had room of its own:
products of matrices are as fast as before."""

COUNTER = "step"
"""PyTorch's optimizers count their steps under this name."""


class Flat:
    """The weights stay the model's own parameters, and become views of one vector.

    A weight that a loss does not reach has the gradient 0.
    """

    def __init__(self, weights: Sequence[nn.Parameter]) -> None:
        self.weights, self.starts, end = list(weights), list[int](), 0
        for weight in self.weights:
            self.starts.append(end)
            end += -(-weight.numel() // ALIGNED) * ALIGNED
        like = self.weights[0] if self.weights else torch.zeros(())
        self.vector = nn.Parameter(like.detach().new_zeros(end))
        self.gradient = torch.zeros_like(self.vector.detach())
        self.vector.grad = self.gradient
        places, slopes = self.cut(self.vector.detach()), self.cut(self.gradient)
        for weight, place, slope in zip(self.weights, places, slopes, strict=True):
            place.copy_(weight.detach())
            weight.data, weight.grad = place, slope

    def cut(self, vector: Tensor) -> list[Tensor]:
        """The pieces of such a vector that belong to each weight, in its shape."""
        return [
            vector[start : start + weight.numel()].view_as(weight)
            for start, weight in zip(self.starts, self.weights, strict=True)
        ]

    def length(self) -> float:
        """The gradient's norm."""
        return float(torch.linalg.vector_norm(self.gradient))

    def parted(self, memory: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
        """What is remembered of the vector, as of each weight: a counter is the same
        for all, all else is cut."""
        cut = {
            name: [value] * len(self.weights) if name == COUNTER else self.cut(value)
            for name, value in memory.items()
            if value is not None
        }
        return [
            {name: pieces[k] for name, pieces in cut.items()}
            for k in range(len(self.weights))
        ]

    def joined(self, each: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """What is remembered of each weight, as of the vector.

        Raises:
            RuntimeError: if a piece has another shape than its weight.
        """
        memory: dict[str, Tensor] = {}
        for k, entries in enumerate(each):
            for name, value in entries.items():
                if name == COUNTER:
                    memory[name] = value.clone()
                    continue
                whole = memory.setdefault(name, torch.zeros_like(self.gradient))
                self.cut(whole)[k].copy_(value)
        return memory
