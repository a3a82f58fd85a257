r"""Series that are forecast together by methods older than networks.

    VAR   v_t = c + A_1 v_{t-1} + .. + A_p v_{t-p},  v_t the O values of one place

lets every series follow from the past of all; p is chosen by AIC. Beside it stand the
methods of one series, each series forecast from its own past alone: what a VAR does
better than they is what the other series tell (Granger, 1969,
https://doi.org/10.2307/1912791).

VAR: Sims (1980), https://doi.org/10.2307/1912017
Luetkepohl (2005), https://doi.org/10.1007/978-3-540-27752-1
"""

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.data.base import Floats
from explorer.data.methods import (
    LEAST_FITTED,
    MOST_FITTED,
    Method,
    Rolled,
    filled,
    rolled,
    rolled_from,
)

MOST_LAGS = 24
"""p at most."""

ENOUGH = 10
"""Values of a series that there are for each number that is fitted to it."""


def rolled_together(values: Floats, split: int, origin: int) -> list[Rolled]:
    """What every method says of the held-out parts of O series.

    Args:
        values: (n, O) NaN where nothing is known.
        split, origin: as of `methods.rolled`.
    """
    alone = np.where((np.arange(len(values)) < origin)[:, None], values, np.nan)
    joint = [
        Rolled(m.name, m.roll(values)[split:], m.roll(alone)[origin:])
        for m in _var(values, split)
    ]
    return _one_each([rolled(column, split, origin) for column in values.T]) + joint


def _one_each(found: list[list[Rolled]]) -> list[Rolled]:
    """What was said of each series by its own method of a kind, where each has one;
    a method that is not the same for all is named by its kind."""
    by_kind = [{each.name.partition("(")[0]: each for each in some} for some in found]
    kinds = [kind for kind in by_kind[0] if all(kind in some for some in by_kind)]
    joined = []
    for kind in kinds:
        every = [some[kind] for some in by_kind]
        name = every[0].name if len({each.name for each in every}) == 1 else kind
        one_step = np.stack([each.one_step for each in every], 1)
        joined.append(Rolled(name, one_step, np.stack([e.free for e in every], 1)))
    return joined


def _var(values: Floats, split: int) -> Iterator[Method]:
    """The VAR that is fitted to the part before `split`, if that is long enough and
    each series moves there."""
    from statsmodels.tsa.vector_ar.var_model import (  # type: ignore[import-untyped]
        VAR,
    )

    begin = max(0, split - MOST_FITTED)
    part = _filled(values[begin:split])
    lags = min(MOST_LAGS, (len(part) // ENOUGH - 1) // values.shape[1])
    if len(part) < LEAST_FITTED or lags < 1 or not np.ptp(part, axis=0).all():
        return
    with warnings.catch_warnings():
        # How places are counted is no news: the model is given numbers alone.
        warnings.simplefilter("ignore")
        best = VAR(part).fit(maxlags=lags, ic="aic", trend="c")
    found = np.array(best.coefs, np.float64)  # (p, O, O)
    first = np.array(best.intercept, np.float64)  # (O,)
    yield Method(
        f"VAR({len(found)})", rolled_from(begin, lambda v: regressed(v, first, found))
    )


def regressed(
    values: Floats, intercept: Floats, weights: NDArray[np.float64]
) -> Floats:
    """(n, O) what is said of each place by weights (p, O, O) from the p before it, of
    which one that nobody knows is as it was said; NaN at the first p."""
    p = len(weights)
    known, said = np.array(values, np.float64), np.full(values.shape, np.nan)
    known[:p] = _filled(known[:p])
    for t in range(p, len(known)):
        before = known[t - p : t][::-1]  # (p, O), the newest first
        said[t] = intercept + np.einsum("pij,pj->i", weights, before)
        known[t] = np.where(np.isfinite(known[t]), known[t], said[t])
    return said


def _filled(values: Floats) -> Floats:
    """Each series (n, O) as `methods.filled` fills it; zeros where nothing is known."""
    columns = [filled(column) for column in values.T]
    return np.stack([c if len(c) else np.zeros(len(values)) for c in columns], 1)
