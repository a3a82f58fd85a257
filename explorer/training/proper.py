r"""Proper scores: how well a whole distribution foretold what came, in its units.

Of a distribution with the function F and the quantiles q, and what came, y:

    pinball_tau = max(tau (y - q), (tau - 1) (y - q))
    CRPS        = integral (F(x) - 1[x >= y])^2 dx = E|X - y| - E|X - X'| / 2
                = 2 integral pinball_tau dtau,  tau from 0 to 1

X and X' are drawn from the distribution, each by itself. Both are lowest, on average,
for the true distribution, and the CRPS of a certain answer is its absolute error.

Koenker and Bassett (1978), https://doi.org/10.2307/1913643 (pinball loss)
Gneiting and Raftery (2007), https://doi.org/10.1198/016214506000001437 (CRPS)
"""

import math

import numpy as np
import torch
from torch import Tensor

from explorer.data.base import Floats
from explorer.models.forecast_heads import Head, gaussian, quantile_at

TAUS = np.arange(1, 20) / 20
"""Of the quantiles whose pinball loss is averaged."""

N_LEVELS = 400
"""Levels by which an integral over the quantiles is summed."""


def pinball(misses: Floats, errors: Floats) -> float:
    """Mean pinball loss of the quantiles `TAUS` of a forecast plus its known misses
    (M,), where what came is the forecast plus errors (N,)."""
    quantiles = np.quantile(_known(misses), TAUS)
    return pinball_of(quantiles[None], _known(errors))


def pinball_of(quantiles: Floats, came: Floats) -> float:
    """Mean pinball loss of quantiles `TAUS` (N, K) or (1, K) of what came (N,)."""
    beyond = came[:, None] - quantiles  # (N, K)
    return float(np.maximum(TAUS * beyond, (TAUS - 1) * beyond).mean())


def crps(misses: Floats, errors: Floats) -> float:
    """Mean CRPS of the forecast plus its known misses (M,) as an ensemble, where what
    came is the forecast plus errors (N,)."""
    x, y = np.sort(_known(misses)), _known(errors)
    m = len(x)
    # E|X - y| from the sums of the members below each y and above it
    sums = np.concatenate([[0.0], np.cumsum(x)])  # (M + 1,)
    below = np.searchsorted(x, y)  # (N,)
    away = y * (2 * below - m) + sums[-1] - 2 * sums[below]  # (N,) sum over members
    apart = 2 * np.sum((2 * np.arange(1, m + 1) - m - 1) * x) / m**2  # E|X - X'|
    return float(away.mean() / m - apart / 2)


def pinball_of_draws(draws: Floats, came: Floats) -> float:
    """Mean pinball loss of the quantiles `TAUS` of S = 20 k - 1 draws (N, S), by what
    came (N,): the draws whose places in order are k, 2 k, .."""
    each = (draws.shape[1] + 1) // (len(TAUS) + 1)
    known = np.isfinite(came)
    return pinball_of(np.sort(draws[known], 1)[:, each - 1 :: each], came[known])


def crps_of_draws(draws: Floats, came: Floats) -> float:
    """Mean CRPS of the distributions that draws (N, S) are from, by what came (N,).

    E|X - X'| is the mean over pairs of two different draws, so that the estimate is
    right on average (Ferro, 2014, https://doi.org/10.1002/qj.2270).
    """
    known = np.isfinite(came)
    x, y = np.sort(draws[known], 1), came[known]
    s = x.shape[1]
    signs = 2 * np.arange(1, s + 1) - s - 1
    apart = 2 * (signs * x).sum(1) / (s * (s - 1))
    return float((np.abs(x - y[:, None]).mean(1) - apart / 2).mean())


def scores_of_head(head: Head, output: Tensor, came: Tensor) -> dict[str, float]:
    """Mean CRPS and pinball loss of a head's distributions.

    A Gaussian's CRPS is s (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)), where z stands
    for (y - mu) / s (Gneiting and Raftery, 2007, equation 21); that of quantiles is the
    integral over the levels, summed by `N_LEVELS` of them.

    Args:
        head: "gaussian" or "quantile".
        output: (N, K) what the head gives.
        came: (N,); NaN does not count.

    Returns:
        NaN, for undefined, where nothing that came is known.
    """
    known = ~came.isnan()
    y, output = came[known].double(), output[known].double()
    if not len(y):
        return {"crps": math.nan, "pinball": math.nan}
    taus = torch.from_numpy(TAUS).expand(len(y), -1)
    quantiles = _quantiles_at(head, output, taus)
    if head == "gaussian":
        mean, log_variance = gaussian(output)
        s = torch.exp(log_variance / 2)
        z = (y - mean) / s
        density = torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)
        inside = 2 * torch.special.ndtr(z) - 1
        crps = s * (z * inside + 2 * density - 1 / math.sqrt(math.pi))
    else:
        u = ((torch.arange(N_LEVELS).double() + 0.5) / N_LEVELS).expand(len(y), -1)
        beyond = y[:, None] - _quantiles_at(head, output, u)
        crps = 2 * torch.maximum(u * beyond, (u - 1) * beyond).mean(1)
    return {
        "crps": float(crps.mean()),
        "pinball": pinball_of(quantiles.numpy(), y.numpy()),
    }


def _quantiles_at(head: Head, output: Tensor, levels: Tensor) -> Tensor:
    """Of outputs (N, K) the quantiles of levels (N, M)."""
    each = output[:, None].expand(-1, levels.shape[1], -1)
    return quantile_at(head, each, levels)


def _known(values: Floats) -> Floats:
    """The finite ones."""
    return values[np.isfinite(values)]
