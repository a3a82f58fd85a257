r"""What a forecast says of the next value: one number, a Gaussian, or quantiles.

A head gives K numbers a = V h + d for the value y to come:

    point      yhat = a_1
    gaussian   y ~ N(mu, s^2),  mu = a_1,  ln s^2 = a_2 within +-14
               loss  -ln p(y) = (ln 2 pi + ln s^2 + (y - mu)^2 / s^2) / 2
    quantile   q_tau for tau = 0.05, 0.10, .., 0.95; the median q_0.5 = a_1, and
               each next one lies softplus(a_k) / 9 further out, so that none cross
               loss  mean over tau of max(tau (y - q_tau), (tau - 1) (y - q_tau))

Of O series that are forecast together the first O numbers are the forecasts, then come
the second numbers of them all, and so on; each has a distribution of its own.

The first number is the forecast in every case. Between two quantiles the distribution
is even; beyond the outermost it falls off exponentially, through the last two of them.

Nix and Weigend (1994), https://doi.org/10.1109/ICNN.1994.374138 (mean and variance)
Koenker and Bassett (1978), https://doi.org/10.2307/1913643 (pinball loss)
"""

import math
from collections.abc import Mapping
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Head = Literal["point", "gaussian", "quantile"]

SIDE = 9
"""Quantiles on either side of the median."""

N_QUANTILES = 2 * SIDE + 1

LIMIT = 14.0
"""A logarithm of a variance lies within this of 0."""

NUMBERS: Mapping[Head, int] = {"point": 1, "gaussian": 2, "quantile": N_QUANTILES}
"""K: how many numbers a head gives for each value to come."""


def levels(like: Tensor) -> Tensor:
    """tau (N_QUANTILES,), of the kind of another tensor."""
    counted = torch.arange(1, N_QUANTILES + 1, dtype=like.dtype, device=like.device)
    return counted / (N_QUANTILES + 1)


def by_series(output: Tensor, count: int) -> Tensor:
    """Output (..., K O) of a head of O series -> the K numbers of each, (..., O, K)."""
    return output.reshape(*output.shape[:-1], -1, count).transpose(-1, -2)


def gaussian(output: Tensor) -> tuple[Tensor, Tensor]:
    """Output (..., 2) -> the mean and the logarithm of the variance, both (...)."""
    mean, log_variance = output.unbind(-1)
    return mean, log_variance.clamp(-LIMIT, LIMIT)


def quantiles(output: Tensor) -> Tensor:
    """Output (..., N_QUANTILES) -> quantiles in order (..., N_QUANTILES)."""
    median, gaps = output[..., :1], F.softplus(output[..., 1:]) / SIDE
    below = median - gaps[..., :SIDE].cumsum(-1).flip(-1)
    return torch.cat([below, median, median + gaps[..., SIDE:].cumsum(-1)], -1)


def head_loss(head: Head, output: Tensor, target: Tensor) -> Tensor:
    """What a head's training lowers, for every target.

    Args:
        head: "gaussian", for -ln p(y) in nats, or "quantile", for the mean pinball
            loss in the target's units.
        output: (..., K).
        target: (...).

    Returns:
        (...) the losses.
    """
    if head == "gaussian":
        mean, log_variance = gaussian(output)
        squared = (target - mean).square() * torch.exp(-log_variance)
        return (math.log(2 * math.pi) + log_variance + squared) / 2
    beyond = target[..., None] - quantiles(output)
    tau = levels(output)
    return torch.maximum(tau * beyond, (tau - 1) * beyond).mean(-1)


def head_floor(head: Head, variance: float) -> float:
    """The lowest loss of a head that any model can expect where what nobody foresees is
    Gaussian, of one variance: its entropy, or the pinball loss of its own quantiles.

    >>> round(head_floor("gaussian", 1.0), 4)
    1.4189
    """
    if head == "gaussian":
        return math.log(2 * math.pi * math.e * variance) / 2
    tau = levels(torch.empty(0, dtype=torch.float64))
    z = torch.special.ndtri(tau)
    density = torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)
    return math.sqrt(variance) * float(density.mean())


def quantile_at(head: Head, output: Tensor, u: Tensor) -> Tensor:
    """The quantile of a level u, strictly between 0 and 1: (..., K) and (...) -> (...).

    Levels that are drawn evenly give draws from the distribution.
    """
    if head == "gaussian":
        mean, log_variance = gaussian(output)
        z: Tensor = torch.special.ndtri(u)
        return mean + torch.exp(log_variance / 2) * z
    q, place = quantiles(output), u * (N_QUANTILES + 1) - 1  # 0 .. 18 within
    left = place.floor().clamp(0, N_QUANTILES - 2)
    low = q.gather(-1, left.long()[..., None])[..., 0]
    high = q.gather(-1, left.long()[..., None] + 1)[..., 0]
    within = low + (place - left).clamp(0, 1) * (high - low)
    tail = torch.minimum(u, 1 - u) * (N_QUANTILES + 1)  # below 1 beyond the outermost
    beyond = (high - low) / math.log(2) * -tail.clamp(max=1).log()
    return within + torch.where(u < 0.5, -beyond, beyond)


@torch.no_grad()
def futures(
    model: nn.Module, head: Head, window: Tensor, rest: Tensor, count: int, seed: int
) -> Tensor:
    """Paths that are drawn step by step, each draw the next input of its path.

    Args:
        model: answers (B, T, K O) to (B, T, I).
        window: (B, T, I), of which the first O inputs are the series.
        rest: (B, H, I - O), the other inputs at the places to come.
        count: paths S for each window.

    Returns:
        (B, S, H, O), as standardised; the series of a place are drawn each by itself.
    """
    generator = torch.Generator().manual_seed(seed)
    series = window.shape[2] - rest.shape[2]  # O
    beside = rest.repeat_interleave(count, 0)  # (B S, H, I - O)
    alone, drawn = window.repeat_interleave(count, 0), []
    for h in range(rest.shape[1]):
        answer = by_series(model(alone)[:, -1], series)  # (B S, O, K)
        u = torch.rand(answer.shape[:2], generator=generator).clamp(1e-6, 1 - 1e-6)
        drawn.append(quantile_at(head, answer, u))
        given = torch.cat([drawn[-1], beside[:, h]], 1)  # (B S, I)
        alone = torch.cat([alone[:, 1:], given[:, None]], 1)
    return torch.stack(drawn, 1).view(len(window), count, len(drawn), series)


def band(paths: Tensor, level: float) -> tuple[Tensor, Tensor]:
    """The ends (...) of the band between two of S paths (S, ...) in order, which holds
    a path that is drawn like them with the chance `level`."""
    count = len(paths)
    outside = max(1, round((count + 1) * (1 - level) / 2))
    ordered = paths.sort(0).values
    return ordered[outside - 1], ordered[count - outside]
