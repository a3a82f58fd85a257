"""What a model says of a series: one step ahead, and left alone."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.data.base import Data, Floats
from explorer.data.onward import rest_beyond
from explorer.models.base import SequenceModel

MOST_FREE_STEPS = 48

AT_ONCE = 256
"""Origins that are foretold together."""


class Forecast(NamedTuple):
    """A stretch of the held-out part, in shown units; n = context + horizon places."""

    places: NDArray[np.int64]  # (n,) indices into the series
    truth: Floats  # (n,)
    one_step: Floats  # (n,) NaN where the model had seen too little
    free: Floats  # (n,) NaN within the context
    context: int  # the model is left alone from this place on


def stretch(data: Data) -> tuple[int, int]:
    """Where the drawn end of the held-out part begins, and how many of its last places
    are foretold freely."""
    assert data.series is not None  # only series are forecast
    steps, last = data.steps, len(data.series.values)
    horizon = max(1, min(MOST_FREE_STEPS, steps, last - data.series.split - steps))
    return last - steps - horizon, horizon


def windows_before(data: Data, origins: NDArray[np.int64]) -> Tensor:
    """(B, T, I) the true windows that end before the origins (B,)."""
    assert data.series is not None  # only series are forecast
    places = origins[:, None] + np.arange(-data.steps, 0)
    return torch.from_numpy(data.series.given[places])


@torch.no_grad()
def left_alone(
    model: SequenceModel, data: Data, origins: NDArray[np.int64], horizon: int
) -> Floats:
    """(N, H) what is said of the shown series from each origin on, as scaled.

    The model is given the true window before the origin once and then its own
    predictions, each as the next input.

    Args:
        origins: (N,) places, each with a whole window before it.
        horizon: H; the last origin has so many places after it.
    """
    series, steps = data.series, data.steps
    assert series is not None  # only series are forecast
    was_training = model.training
    model.eval()
    parts = []
    for first in range(0, len(origins), AT_ONCE):
        some = origins[first : first + AT_ONCE]
        alone = windows_before(data, some)  # (B, T, I)
        rest = torch.from_numpy(rest_beyond(series, some, horizon))  # (B, H, I - O)
        for h in range(horizon):
            answers = model.last_answer(alone[:, -steps:])  # (B, 1, O)
            said = answers[..., : series.foretold]
            given = torch.cat([said, rest[:, h : h + 1]], 2)
            alone = torch.cat([alone, given], 1)
        parts.append(alone[:, steps:, series.number].double().numpy())
    model.train(was_training)
    return np.concatenate(parts)


@torch.no_grad()
def forecast(model: SequenceModel, data: Data, alone: Floats | None = None) -> Forecast:
    """Predict the end of the held-out part.

    One step ahead, the model is always given the true past.

    Args:
        alone: (H,) what `left_alone` says of this end, where that is known already.
    """
    series = data.series
    assert series is not None  # only series are forecast
    steps, last = data.steps, len(series.values)
    begin, horizon = stretch(data)
    if alone is None:
        (alone,) = left_alone(model, data, np.array([begin + steps]), horizon)
    inputs = torch.from_numpy(series.given[begin:].copy())  # (steps + horizon, I)
    was_training = model.training
    model.eval()
    ahead = inputs.unfold(0, steps, 1)[:horizon].mT  # (horizon, T, I)
    answers = model(ahead)[..., series.number]  # (horizon, T)
    model.train(was_training)
    # for places 1 .. T + horizon - 1
    predicted = torch.cat([answers[0], answers[1:, -1]])
    shown = np.asarray(series.values[begin:], np.float64)  # (n,)
    one_step = np.full(len(shown), np.nan)
    one_step[1:] = data.restore(predicted.double().numpy(), shown[:-1], data.scaler)
    one_step[: data.counted_from + 1] = np.nan
    free = np.full(len(shown), np.nan)
    previous: Floats = shown[steps - 1 : steps]
    for k in range(horizon):
        previous = data.restore(alone[k : k + 1], previous, data.scaler)
        free[steps + k] = previous[0]
    return Forecast(np.arange(begin, last), shown, one_step, free, steps)
