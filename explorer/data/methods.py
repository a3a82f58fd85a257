r"""Three ways of forecasting that are older than networks, and often no worse.

Each is fitted to the training part once. Then it is rolled over what follows: its
parameters stay, its state takes in every value that becomes known, and each place is
foretold from all that lies before it.

    a season ago  the value one season before (seasonal naive)
    ETS           level, trend and season, each smoothed exponentially; additive errors
    ARIMA         the d-th differences follow from p values and q errors before them

ETS: Hyndman, Koehler, Ord and Snyder (2008), https://doi.org/10.1007/978-3-540-71918-2
ARIMA: Box and Jenkins (1970); d is chosen by the KPSS test, p and q by AICc, as in
Hyndman and Khandakar (2008), https://doi.org/10.18637/jss.v027.i03

Fitting takes seconds, so that it is done in a process of its own: `old_methods`.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from explorer.data.base import Floats
from explorer.data.baselines import season_of
from explorer.errors import N_

MOST_FITTED = 2000
"""Values that are fitted to, the latest of the training part: more take long."""

LEAST_FITTED = 30
LONGEST_SEASON = 400

ORDERS = {
    0: ((1, 0), (2, 0), (1, 1), (2, 1), (2, 2)),
    1: ((0, 1), (1, 1), (2, 1), (2, 2)),
}
"""By d: the p and q that are tried."""

ITERATIONS = 50

Roll = Callable[[Floats], Floats]
"""(n,) values, NaN where nothing is known -> (n,) what is said of each from all before;
NaN where nothing can be said. What follows the last known value is foretold freely."""


class Method(NamedTuple):
    """A method that has been fitted."""

    name: str
    roll: Roll


class Rolled(NamedTuple):
    """What one method says of a series, or of O series that are forecast together."""

    name: str
    one_step: Floats  # (n - split[, O]) of each place, from all before it
    free: Floats  # (n - origin[, O]) of each place, from all before `origin`


def rolled(values: Floats, split: int, origin: int) -> list[Rolled]:
    """What every method says of the held-out part.

    Args:
        values: (n,) NaN where nothing is known.
        split: first place of the held-out part; nothing from there on is fitted to.
        origin: from here on the free forecasts are given nothing more.
    """
    alone = np.where(np.arange(len(values)) < origin, values, np.nan)
    return [
        Rolled(m.name, m.roll(values)[split:], m.roll(alone)[origin:])
        for m in fitted(values, split)
    ]


def fitted(values: Floats, split: int) -> Iterator[Method]:
    """The methods that can be fitted to the part before `split`.

    A part that is too short, or that does not move, has nothing to be fitted to.
    """
    begin = max(0, split - MOST_FITTED)
    part = filled(values[begin:split])
    if len(part) < LEAST_FITTED or np.ptp(part) == 0:
        return
    season = season_of(values[:split])
    if season is not None and _says_more(values[:split], season):
        yield Method(N_("a season ago"), lambda v: seasonal(v, season))
    with warnings.catch_warnings():
        # That a search ended early is no news: what it found is told by its loss.
        warnings.simplefilter("ignore")
        found = [_ets(part, season), _arima(values[begin:split])]
    yield from (Method(each.name, rolled_from(begin, each.roll)) for each in found)


def _says_more(part: Floats, season: int) -> bool:
    """Whether the value one season before misses by less than the mean."""
    error = (part[season:] - part[:-season]) ** 2
    return bool(np.isfinite(error).any() and np.nanmean(error) < np.nanvar(part))


def filled(values: Floats) -> Floats:
    """The last known value where there is none; the first known one before it."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(0)
    places = np.maximum.accumulate(np.where(known, np.arange(len(values)), 0))
    places[: known.argmax()] = known.argmax()
    return np.asarray(values[places], np.float64)


def rolled_from(begin: int, roll: Roll) -> Roll:
    """A method that knows nothing of the places before `begin`."""

    def whole(values: Floats) -> Floats:
        forecasts = np.full(values.shape, np.nan)
        forecasts[begin:] = roll(values[begin:])
        return forecasts

    return whole


def seasonal(values: Floats, season: int) -> Floats:
    """(n,) what was known, or said, one season before."""
    filled_up, forecasts = np.array(values, np.float64), np.full(len(values), np.nan)
    for t in range(season, len(values)):
        forecasts[t] = filled_up[t - season]
        if not np.isfinite(filled_up[t]):
            filled_up[t] = forecasts[t]
    return forecasts


class Smoothing(NamedTuple):
    """The parameters of an ETS method with additive errors, and its first state."""

    alpha: float
    beta: float  # 0 where there is no trend
    gamma: float  # 0 where there is no season
    phi: float  # how much of the trend stays
    level: float
    trend: float
    season: Floats  # (m,) of the first m places; one 0 where there is none

    def roll(self, values: Floats) -> Floats:
        """(n,) what is said of each value; one that is missing changes no state but
        by what is expected."""
        level, trend, season = self.level, self.trend, np.array(self.season)
        forecasts = np.empty(len(values))
        for t, value in enumerate(values):
            place = t % len(season)
            trend *= self.phi
            forecasts[t] = level + trend + season[place]
            error = value - forecasts[t] if np.isfinite(value) else 0.0
            level += trend + self.alpha * error
            trend += self.beta * error
            season[place] += self.gamma * error
        return forecasts


def _ets(part: Floats, season: int | None) -> Method:
    """The best by AICc, among those with and without a damped trend and a season."""
    from statsmodels.tsa.exponential_smoothing.ets import (  # type: ignore[import-untyped]
        ETSModel,
    )

    damped = {"trend": "add", "damped_trend": True}
    tried: list[dict[str, Any]] = [{}, damped]
    if season is not None and season <= min(LONGEST_SEASON, len(part) // 3):
        cycle = {"seasonal": "add", "seasonal_periods": season}
        tried += [cycle, damped | cycle]
    results = [
        ETSModel(part, error="add", initialization_method="heuristic", **each).fit(
            disp=False, maxiter=100
        )
        for each in tried
    ]
    best = min(results, key=lambda result: float(result.aicc))
    model = best.model
    found = Smoothing(
        float(best.alpha),
        float(best.beta) if model.has_trend else 0.0,
        float(best.gamma) if model.has_seasonal else 0.0,
        float(best.phi) if model.has_trend else 0.0,
        float(best.initial_level),
        float(best.initial_trend) if model.has_trend else 0.0,
        np.array(best.initial_seasonal) if model.has_seasonal else np.zeros(1),
    )
    parts = "Ad" if model.has_trend else "N", "A" if model.has_seasonal else "N"
    return Method(f"ETS(A,{parts[0]},{parts[1]})", found.roll)


def _arima(part: Floats) -> Method:
    """The best by AICc, of the order of differences that the KPSS test asks for."""
    from statsmodels.tsa.arima.model import ARIMA  # type: ignore[import-untyped]
    from statsmodels.tsa.stattools import kpss  # type: ignore[import-untyped]

    whole = filled(part)
    d = 1 if kpss(whole, regression="c")[1] < 0.05 else 0
    results = [
        ARIMA(part, order=(p, d, q), trend="n" if d else "c").fit(
            method_kwargs={"maxiter": ITERATIONS}
        )
        for p, q in ORDERS[d]
    ]
    best = min(results, key=lambda result: float(result.aicc))

    def roll(values: Floats) -> Floats:
        return np.array(best.apply(values).fittedvalues, np.float64)

    p, d, q = best.model.order
    return Method(f"ARIMA({p},{d},{q})", roll)
