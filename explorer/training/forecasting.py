"""What a model says of a series: one step ahead, and left alone."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.data.base import Data, Floats
from explorer.data.onward import rest_beyond
from explorer.models.base import SequenceModel

MOST_FREE_STEPS = 48


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


@torch.no_grad()
def forecast(model: SequenceModel, data: Data) -> Forecast:
    """Predict the end of the held-out part.

    One step ahead, the model is always given the true past. Left alone, it is given
    the true context once and then its own predictions, each as the next input.
    """
    series = data.series
    assert series is not None  # only series are forecast
    steps, last = data.steps, len(series.values)
    begin, horizon = stretch(data)
    inputs = torch.from_numpy(series.given[begin:].copy())  # (steps + horizon, I)
    was_training = model.training
    model.eval()
    ahead = inputs.unfold(0, steps, 1)[:horizon].mT  # (horizon, T, I)
    answers = model(ahead)[..., series.number]  # (horizon, T)
    # for places 1 .. T + horizon - 1
    predicted = torch.cat([answers[0], answers[1:, -1]])
    alone = inputs[:steps].clone()
    origin = np.array([begin + steps])
    rest = torch.from_numpy(rest_beyond(series, origin, horizon))[0]  # (horizon, I - O)
    for h in range(horizon):
        answer = model(alone[None, -steps:])[0, -1:, : series.foretold]  # (1, O)
        alone = torch.cat([alone, torch.cat([answer, rest[h : h + 1]], 1)])
    model.train(was_training)
    shown = np.asarray(series.values[begin:], np.float64)  # (n,)
    one_step = np.full(len(shown), np.nan)
    one_step[1:] = data.restore(predicted.double().numpy(), shown[:-1], data.scaler)
    one_step[: data.counted_from + 1] = np.nan
    free = np.full(len(shown), np.nan)
    previous: Floats = shown[steps - 1 : steps]
    for k in range(steps, steps + horizon):
        previous = data.restore(
            alone[k : k + 1, series.number].double().numpy(), previous, data.scaler
        )
        free[k] = previous[0]
    return Forecast(np.arange(begin, last), shown, one_step, free, steps)
