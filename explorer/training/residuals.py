"""By how much a series surprises a model that foresees its next value."""

import numpy as np
import torch

from explorer.data.base import Data, Floats
from explorer.models.base import SequenceModel

BATCH = 256
"""Windows that are read at once."""


@torch.no_grad()
def residuals(model: SequenceModel, data: Data, begin: int, end: int) -> Floats:
    """Truth minus prediction, one step ahead, as scaled.

    Every place is predicted once, by a window that shows the model at least
    `counted_from` values before it.

    Args:
        model, data: of a forecast of a series.
        begin, end: the places of the series.

    Returns:
        (end - begin,) NaN where the value is not known, or has too few before it.
    """
    series = data.series
    assert series is not None  # only series are forecast
    given = series.given  # (n, I)
    steps, least = data.steps, data.counted_from
    stride = steps - least
    starts = np.arange(max(0, begin - 1 - least), end - 1 - least, stride)
    starts = np.unique(np.minimum(starts, max(0, end - 1 - steps)))
    was_training = model.training
    model.eval()
    predicted = np.full(len(given), np.nan)
    for k in range(0, len(starts), BATCH):
        rows = starts[k : k + BATCH, None] + np.arange(steps)  # (B, T)
        answers = model(torch.from_numpy(given[rows]))[..., series.number]  # (B, T)
        places = rows[:, least:] + 1
        predicted[places] = answers[:, least:].double().numpy()
    model.train(was_training)
    truth = np.where(np.isfinite(series.values), series.asked, np.nan)
    return np.asarray((truth - predicted)[begin:end])
