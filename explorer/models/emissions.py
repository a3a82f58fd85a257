r"""What a hidden state says: tokens by a table of chances, or values by Gaussians.

    p(x_t | s_t = k) = B_kx_t of tokens, or N(x_t; mu_k, sigma_k^2) of a series

Chances are not allowed under 1e-6, nor variances under 1e-3 of a standardised series;
the maximum under these bounds is taken exactly.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.models import notation
from explorer.models.base import Sizes

LEAST_CHANCE = 1e-6
LEAST_VARIANCE = 1e-3


class Table(nn.Module):
    """Tokens (B, T) -> log p(x_t | state) (B, T, K)."""

    def __init__(self, states: int, symbols: int) -> None:
        super().__init__()
        self.chances = parameter(drawn_rows(states, symbols))  # B (K, V)

    def forward(self, x: Tensor) -> Tensor:
        return F.embedding(x, self.chances.log().T)

    def learn(self, x: Tensor, posterior: Tensor) -> None:
        """B_kv from how often v was said in k; posterior (B, T, K)."""
        counts = torch.zeros_like(self.chances.T)  # (V, K)
        counts.index_add_(0, x.flatten(), posterior.flatten(0, 1))
        self.chances.copy_(shares(counts.T))


class Gaussians(nn.Module):
    """Values (B, T, I) -> log p(x_t | state) (B, T, K); no covariances."""

    def __init__(self, states: int, inputs: int) -> None:
        super().__init__()
        self.means = parameter(torch.randn(states, inputs))  # mu (K, I)
        self.variances = parameter(torch.ones(states, inputs))  # sigma^2 (K, I)

    def forward(self, x: Tensor) -> Tensor:
        away = (x[..., None, :] - self.means).square() / self.variances  # (B, T, K, I)
        return -0.5 * (away + (2 * math.pi * self.variances).log()).sum(-1)

    def learn(self, x: Tensor, posterior: Tensor) -> None:
        """Mean and variance of the values, each weighted by p(state); (B, T, K)."""
        weights, values = posterior.flatten(0, 1).double(), x.flatten(0, 1).double()
        total = weights.sum(0)[:, None]  # (K, 1)
        visited = total > LEAST_CHANCE  # a state that is never visited stays as it is
        means = weights.T @ values / total
        variances = weights.T @ values.square() / total - means.square()
        variances = variances.clamp(min=LEAST_VARIANCE)
        self.means.copy_(torch.where(visited, means, self.means))
        self.variances.copy_(torch.where(visited, variances, self.variances))


def shares(counts: Tensor) -> Tensor:
    """The rows p that maximise sum counts log p and add up to 1, none under 1e-6.

    >>> shares(torch.tensor([3.0, 1.0, 0.0])).sum()
    tensor(1.)
    """
    counts = counts.clamp(min=torch.finfo(counts.dtype).tiny)
    found = counts / counts.sum(-1, keepdim=True)
    for _ in range(counts.shape[-1]):
        low = found <= LEAST_CHANCE
        rest = found.masked_fill(low, 0.0)
        room = 1 - LEAST_CHANCE * low.to(counts).sum(-1, keepdim=True)
        found = (rest * room / rest.sum(-1, keepdim=True)).masked_fill(
            low, LEAST_CHANCE
        )
        if (found >= LEAST_CHANCE).all():
            break
    return found


def drawn_rows(rows: int, width: int) -> Tensor:
    """Chances near even, drawn from torch's generator: (rows, width)."""
    return (0.5 * torch.randn(rows, width)).softmax(-1)


def parameter(values: Tensor) -> nn.Parameter:
    """Numbers that are counted, not moved along a gradient."""
    return nn.Parameter(values, requires_grad=False)


def says(sizes: Sizes, states: int) -> str:
    """The line that says what each state says."""
    if sizes.symbols:
        table = notation.real(states, sizes.symbols)
        return rf"b_k(x_t) &= B_{{k x_t}}, \quad B \in {table}"
    return (
        r"b_k(x_t) &= \mathcal{N}(x_t; \mu_k, \operatorname{diag} \sigma_k^2), "
        rf"\quad \mu, \sigma \in {notation.real(states, sizes.inputs)}"
    )


def counted(sizes: Sizes) -> str:
    """The line that says how that is counted anew."""
    if sizes.symbols:
        return (
            r"B_{kv} &\leftarrow \textstyle\sum_{x,t:\, x_t = v} \gamma_t(k) \,/\, "
            r"\sum_{x,t} \gamma_t(k)"
        )
    return (
        r"\mu_k &\leftarrow \textstyle\sum_{x,t} \gamma_t(k)\, x_t \,/\, "
        r"\sum_{x,t} \gamma_t(k), \quad \sigma_k^2 \leftarrow "
        r"\sum_{x,t} \gamma_t(k)\, (x_t - \mu_k)^2 \,/\, \sum_{x,t} \gamma_t(k)"
    )
