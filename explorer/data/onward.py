"""What a model is given beside a series where nobody has measured it yet."""

import numpy as np
from numpy.typing import NDArray

from explorer.data.base import Floats, Ints, Series


def rest_beyond(series: Series, origins: Ints, horizon: int) -> NDArray[np.float32]:
    """(B, H, I - O) what is given beside the predictions at the places from each of the
    origins (B,) on."""
    given = series.given[:, series.foretold :]  # (n, I - O)
    ahead = origins[:, None] + np.arange(horizon)  # (B, H)
    rest = np.zeros((*ahead.shape, given.shape[1]), np.float32)
    for k, rule in enumerate(series.beyond):
        if rule == "known":
            rest[..., k] = given[ahead, k]
        elif rule == "held":
            rest[..., k] = given[origins - 1, k][:, None]
    return rest


def known_values(series: Series) -> Floats:
    """(n,) the values that a model is given, NaN where they are marked as missing."""
    given = series.given.astype(np.float64)
    marks = given[:, series.foretold :]
    if series.beyond:
        marks = marks[:, [rule == "zero" for rule in series.beyond]]
    return np.where((marks != 0).any(1), np.nan, given[:, series.number])
