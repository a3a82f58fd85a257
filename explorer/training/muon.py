r"""Muon: every matrix moves along the nearest matrix with orthogonal rows or columns.

    M = beta M + (1 - beta) G              momentum
    O = (1 - beta) G + beta M              one step further (Nesterov)
    W = W - lr decay W - lr 0.2 sqrt(max(rows, columns)) orthogonal(O)

Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/; the factor 0.2
sqrt(max(rows, columns)) makes a step as long as AdamW's (Liu et al., 2025,
https://arxiv.org/abs/2502.16982). PyTorch's own works in bfloat16, which most
processors without such an instruction imitate, 25 times slower than float32.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.training.flat import Flat

ROUNDS = 5
A, B, C = 3.4445, -4.7750, 2.0315
"""Of the polynomial whose repetition brings every singular value near 1; between
0.68 and 1.14 after so many rounds, which is near enough to learn as well."""

TINY = 1e-7
"""Below this length a matrix counts as zero, and does not move."""


def orthogonal(matrices: Tensor) -> Tensor:
    r"""The same matrices with all singular values near 1: from U S V^T to about U V^T,
    by the Newton-Schulz iteration.

        X = a X + (b X X^T + c (X X^T)^2) X

    Args:
        matrices: (N, rows, columns), each for itself.
    """
    upright = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if upright else matrices
    x = x / torch.linalg.matrix_norm(x, keepdim=True).clamp(min=TINY)
    for _ in range(ROUNDS):
        square = x @ x.mT  # (N, rows, rows)
        x = torch.baddbmm(
            x, torch.baddbmm(square, square, square, beta=B, alpha=C), x, beta=A
        )
    return x.mT if upright else x


@dataclass(frozen=True)
class Muon:
    """Moves matrices; those of one shape are computed together."""

    momentum: float
    decay: float

    def __call__(self, flat: Flat, memory: dict[str, Tensor], rate: float) -> None:
        """As `moves.Move` says."""
        if not memory:
            memory["momentum_buffer"] = torch.zeros_like(flat.gradient)
        average = memory["momentum_buffer"].lerp_(flat.gradient, 1 - self.momentum)
        ahead = flat.cut(flat.gradient.lerp(average, self.momentum))
        flat.vector.mul_(1 - rate * self.decay)
        for shape, alike in _by_shape(flat).items():
            length = 0.2 * math.sqrt(max(shape))
            moves = orthogonal(torch.stack([ahead[k] for k in alike]))
            for k, move in zip(alike, moves, strict=True):
                flat.weights[k].sub_(move, alpha=rate * length)


def _by_shape(flat: Flat) -> dict[torch.Size, list[int]]:
    found: dict[torch.Size, list[int]] = {}
    for k, weight in enumerate(flat.weights):
        found.setdefault(weight.shape, []).append(k)
    return found
