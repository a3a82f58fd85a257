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

import numpy as np

from explorer.data.base import Floats

TAUS = np.arange(1, 20) / 20
"""Of the quantiles whose pinball loss is averaged."""


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


def _known(values: Floats) -> Floats:
    """The finite ones."""
    return values[np.isfinite(values)]
