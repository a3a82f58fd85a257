r"""How far a forecast can be trusted: bands by split conformal prediction.

A model says one number. How far it misses is measured, horizon by horizon, on a part of
the series that it has not learned from: the calibration part, the first half of the
held-out part. With the n misses |y - f| of one horizon in order, the band of level c is

    f +- the k-th smallest miss,    k = ceil((n + 1) c)

which holds the next value with chance c or more, where the misses to come are like
those that were seen (exchangeable). What is scored comes after the calibration part.

Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World; Lei, G'Sell,
Rinaldo, Tibshirani and Wasserman (2018), https://doi.org/10.1080/01621459.2017.1307116
"""

import math
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.data.base import Data, Floats
from explorer.data.onward import known_values, rest_beyond
from explorer.models.base import SequenceModel
from explorer.models.forecast_heads import band, futures
from explorer.training.forecasting import (
    AT_ONCE,
    Forecast,
    forecast,
    left_alone,
    stretch,
    windows_before,
)
from explorer.training.proper import crps, pinball

LEVELS = (0.5, 0.9)
"""Of the bands that are drawn."""

FEWEST = math.ceil(LEVELS[-1] / (1 - LEVELS[-1]) - 1e-9)
"""Misses that the widest band needs."""

LEAST = 4
"""Misses that make a distribution; the spread of fewer says nothing."""


class Forecasts(NamedTuple):
    """Free forecasts from N origins, H places each, and what came."""

    predicted: Floats  # (N, H) as scaled
    truth: Floats  # (N, H) as scaled; NaN where nobody knows
    predicted_shown: (
        Floats  # (N, H) in shown units, or their logarithm where ratios count
    )
    truth_shown: Floats  # (N, H)


Bands = Literal["own", "measured"]
"""Whose bands: those of the model's own head where that says a distribution, else, or
in any case, those that its misses tell (split conformal)."""

PATHS = 199
"""Futures that are drawn from a head for the bands of one forecast."""


def free_forecasts(
    model: SequenceModel, data: Data, origins: NDArray[np.int64], horizon: int
) -> Forecasts:
    """Leave the model alone from each origin on, as `left_alone` says."""
    return compared(data, origins, left_alone(model, data, origins, horizon))


def compared(data: Data, origins: NDArray[np.int64], predicted: Floats) -> Forecasts:
    """What was said from the origins (N,), as scaled (N, H), beside what came."""
    series = data.series
    assert series is not None  # only series are forecast
    ahead = origins[:, None] + np.arange(predicted.shape[1])  # (N, H)
    shown = np.asarray(series.values, np.float64)
    path = _path(data, predicted, shown[origins - 1])
    truth_shown = shown[ahead]
    truth = known_values(series)[ahead]
    if data.ratios:
        path, truth_shown = np.log(path), np.log(truth_shown)
    return Forecasts(predicted, truth, path, truth_shown)


def drawn(
    model: SequenceModel,
    data: Data,
    origins: NDArray[np.int64],
    horizon: int,
    count: int,
) -> Floats:
    """(N, S, H) futures from each origin, drawn from the model's head, as scaled; the
    same at every call."""
    series = data.series
    assert series is not None  # only series are forecast
    was_training = model.training
    model.eval()
    at_once = max(1, 8 * AT_ONCE // count)
    found, number = [], series.number
    for first in range(0, len(origins), at_once):
        some = origins[first : first + at_once]
        rest = torch.from_numpy(rest_beyond(series, some, horizon))
        window = windows_before(data, some)
        paths = futures(model, model.tells, window, rest, count, first)
        found.append(paths[..., number].double())
    model.train(was_training)
    return np.asarray(torch.cat(found).numpy())


def _path(data: Data, predicted: Floats, previous: Floats) -> Floats:
    """(N, H) what predictions as scaled mean in shown units, each after the last."""
    path = np.empty(predicted.shape)
    for k in range(predicted.shape[1]):
        previous = path[:, k] = data.restore(predicted[:, k], previous, data.scaler)
    return path


class Parts(NamedTuple):
    """Where bands are calibrated, and where they are scored: origins of each."""

    calibration: NDArray[np.int64]
    scored: NDArray[np.int64]


def parts(data: Data, horizon: int, most: int | None = None) -> Parts:
    """The origins whose H places all lie in the first half of the held-out part, and
    those whose places all lie in its second half; at most so many of each, evenly
    spread."""
    series = data.series
    assert series is not None  # only series are forecast
    n, first = len(series.values), max(series.split, data.steps)
    middle = (series.split + n) // 2
    return Parts(
        _spread(first, middle - horizon, most), _spread(middle, n - horizon, most)
    )


def _spread(first: int, last: int, most: int | None) -> NDArray[np.int64]:
    """The places from the first to the last one, or so many of them."""
    every = np.arange(first, last + 1)
    if most is None or len(every) <= most:
        return every
    chosen = np.linspace(0, len(every) - 1, most).round().astype(np.int64)
    return first + chosen


def half_width(misses: Floats, level: float) -> Floats:
    """(N, H) misses -> (H,) half the width of the band; infinite where N is too small.

    Misses that nobody knows do not count.
    """
    ascending = np.sort(np.abs(misses), axis=0)  # NaN last
    counts = np.isfinite(ascending).sum(0)  # (H,)
    places = np.ceil((counts + 1) * level - 1e-9).astype(int)
    widths = np.full(misses.shape[1], np.inf)
    for h, (place, count) in enumerate(zip(places, counts, strict=True)):
        if place <= count:
            widths[h] = ascending[place - 1, h]
    return widths


class Fan(NamedTuple):
    """Bands about one free forecast of H places, in shown units."""

    low: Floats  # (levels, H)
    high: Floats  # (levels, H)
    origins: int  # from which the misses are known; 0 where the head says it


def calibration(
    model: SequenceModel, data: Data, horizon: int, most: int | None, bands: Bands
) -> NDArray[np.int64]:
    """The origins from which bands are calibrated: none where the model's head says
    them, nor where there are too few."""
    if bands == "own" and model.tells != "point":
        return np.empty(0, np.int64)
    origins = parts(data, horizon, most).calibration
    return origins if len(origins) >= FEWEST else origins[:0]


def foretell(
    model: SequenceModel, data: Data, most: int | None = None, bands: Bands = "own"
) -> tuple[Forecast, Fan | None]:
    """The forecast of the drawn end, and its bands as `fan` has them: the model is left
    alone from all origins together."""
    begin, horizon = stretch(data)
    before = calibration(model, data, horizon, most, bands)
    origins = np.append(before, begin + data.steps)
    alone = left_alone(model, data, origins, horizon)
    found = forecast(model, data, alone[-1])
    free = found.free[found.context :]
    return found, fan(model, data, free, most, bands, alone[:-1])


def fan(
    model: SequenceModel,
    data: Data,
    free: Floats,
    most: int | None = None,
    bands: Bands = "own",
    alone: Floats | None = None,
) -> Fan | None:
    """Bands about a free forecast (H,) of the drawn end, in shown units; None where
    they must be calibrated and the calibration part has too few origins.

    Args:
        most: origins at most.
        alone: (N, H) what `left_alone` says from these, where that is known already.
    """
    if bands == "own" and model.tells != "point":
        return _own_fan(model, data, len(free))
    origins = calibration(model, data, len(free), most, bands)
    if not len(origins):
        return None
    if alone is None:
        alone = left_alone(model, data, origins, len(free))
    seen = compared(data, origins, alone)
    misses = seen.truth_shown - seen.predicted_shown
    widths = np.array([half_width(misses, level) for level in LEVELS])  # (levels, H)
    if data.ratios:
        return Fan(free * np.exp(-widths), free * np.exp(widths), len(origins))
    return Fan(free - widths, free + widths, len(origins))


def _own_fan(model: SequenceModel, data: Data, horizon: int) -> Fan:
    """Between which of the futures that the head draws the bands lie."""
    series = data.series
    assert series is not None  # only series are forecast
    origin = np.array([len(series.values) - horizon])
    paths = drawn(model, data, origin, horizon, PATHS)[0]  # (S, H)
    before = np.full(PATHS, float(series.values[origin[0] - 1]))
    shown = torch.from_numpy(_path(data, paths, before))
    ends = [band(shown, level) for level in LEVELS]
    low, high = (torch.stack(each).numpy() for each in zip(*ends, strict=True))
    return Fan(low, high, 0)


def scaled_widths(
    model: SequenceModel, data: Data, horizon: int, most: int | None = None
) -> Floats:
    """(levels, H) half the widths of the bands about free forecasts as scaled."""
    origins = parts(data, horizon, most).calibration
    if len(origins) < FEWEST:
        return np.full((len(LEVELS), horizon), np.inf)
    seen = free_forecasts(model, data, origins, horizon)
    return np.array(
        [half_width(seen.truth - seen.predicted, level) for level in LEVELS]
    )


def banded(calibration: Floats, errors: Floats) -> dict[str, float]:
    """CRPS and pinball loss of an answer plus misses, as intervals are made of them.

    Args:
        calibration: (M,) truth minus answer, whose spread stands about every answer.
        errors: (N,) truth minus answer where that is scored.

    Returns:
        NaN, for undefined, where fewer than `LEAST` misses are known, or no error is.
    """
    counts = [int(np.isfinite(each).sum()) for each in (calibration, errors)]
    if counts[0] < LEAST or not counts[1]:
        return {"crps": math.nan, "pinball": math.nan}
    return {
        "crps": crps(calibration, errors),
        "pinball": pinball(calibration, errors),
    }
