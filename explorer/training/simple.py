"""What simple methods reach on a run's own held-out windows, by its own loss."""

import os
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from explorer.catalog import building
from explorer.config.run import RunConfig
from explorer.data.base import Data, Floats
from explorer.data.methods import Rolled
from explorer.data.noise import counted_places
from explorer.data.old_methods import in_own_process
from explorer.data.onward import known_values
from explorer.runs.records import Awaited, Simple, SimpleMethod
from explorer.training.forecasting import stretch

Rolling = Callable[[Floats, int, int], list[Rolled]]
"""(values, split, origin) -> what each method says, as `old_methods.in_own_process`."""


METHODS = "EXPLORER_SIMPLE_METHODS"
"""Environment variable; "off" where nobody shall wait for them, nor see them."""


class Given(NamedTuple):
    """What the methods are given of a series, or of O that are forecast together."""

    values: Floats  # (n,) or (n, O) scaled; NaN where nothing is known
    split: int
    origin: int  # from here on free forecasts are given nothing more


def rolls(config: RunConfig) -> bool:
    """Whether a run forecasts a series in its order in time, so that methods that are
    fitted to its beginning can be rolled over its end."""
    data = building.make_data(config)
    ordered = data.series is not None and data.streamed and not config.fold
    return data.task == "forecast" and ordered


def offered(config: RunConfig) -> Awaited:
    """Whether there will be such methods of a run's data, and of what."""
    if os.environ.get(METHODS, "") == "off" or not rolls(config):
        return ""
    return "together" if building.make_data(config).together else "alone"


def given(data: Data) -> Given:
    """The very values that a model is given; those that are marked as missing are not
    known to the methods either."""
    series = data.series
    assert series is not None  # `rolls`
    values = known_values(series)
    if data.together:
        shown = (each.series for each in data.each)
        values = np.stack([known_values(one) for one in shown if one is not None], 1)
    begin, _horizon = stretch(data)
    return Given(values, series.split, begin + data.steps)


def simple_methods(config: RunConfig, rolling: Rolling = in_own_process) -> Simple:
    """Fit the methods to a run's training part and roll them over its held-out part.

    Raises:
        ExplorerError: if there is no such data, or the fitting fails.
    """
    data = building.make_data(config)
    found = rolling(*given(data))
    return Simple(
        tuple(
            SimpleMethod(each.name, loss(data, each.one_step), lines(data, each))
            for each in found
        )
    )


def loss(data: Data, one_step: Floats) -> float:
    """Mean squared error over the places that the held-out loss counts, once for each
    window that counts them.

    Args:
        data: its targets are NaN where nobody knows them; these do not count.
        one_step: (n - split[, O]) what was said of the held-out part, as scaled.
    """
    series = data.series
    assert series is not None  # `rolls`
    n, first = len(series.values), data.counted_from
    places = counted_places(n, series.split, data.steps, first) - series.split
    truth = data.validation.y[:, first:]  # (N, T - first, O)
    predicted = one_step[places].reshape(truth.shape)
    return float(np.nanmean((truth - predicted) ** 2))


def lines(data: Data, method: Rolled) -> Floats:
    """(T + horizon,) what a method says of the drawn end, in shown units; (O, T +
    horizon) of series that are forecast together."""
    if not data.together:
        return line(data, method)
    return np.stack(
        [
            line(each, Rolled(method.name, one_step, free))
            for each, one_step, free in zip(
                data.each, method.one_step.T, method.free.T, strict=True
            )
        ]
    )


def line(data: Data, method: Rolled) -> Floats:
    """(T + horizon,) what a method says of the drawn end of one series, in shown
    units."""
    series = data.series
    assert series is not None  # `rolls`
    begin, horizon = stretch(data)
    values = np.asarray(series.values[begin:], np.float64)
    ahead = method.one_step[begin - series.split :]
    drawn = np.full(len(values), np.nan)
    seen = slice(1, data.steps)
    drawn[seen] = data.restore(ahead[seen], values[: data.steps - 1], data.scaler)
    previous: Floats = values[data.steps - 1 : data.steps]
    for k in range(horizon):
        previous = data.restore(method.free[k : k + 1], previous, data.scaler)
        drawn[data.steps + k] = previous[0]
    return drawn
