"""The columns beside an own series, after every step that its settings name."""

import numpy as np
from numpy.typing import NDArray

from explorer.data import content, covariates, prepare
from explorer.data.base import Floats
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.resampled import groups_of
from explorer.data.stored_series import Other
from explorer.errors import N_, ExplorerError

FARTHEST = 1e6
"""Scaled values beyond this make losses that float32 cannot hold."""


def others_of(
    settings: OwnSeriesSettings, rows: NDArray[np.int64], seen: int
) -> tuple[Other, ...]:
    """The columns beside the series at the rows (n,) that are left of it."""
    own = content.get_series(settings.digest)
    if settings.beside == "left_out" or not own.others:
        return ()
    drop = settings.missing == "drop"
    there = np.isfinite(own.values) if drop else np.ones(len(own.values), bool)
    times = None if own.times is None else own.times[there]
    groups = groups_of(settings, int(there.sum()), times)
    found = []
    for other in own.others:
        values: Floats = other.values[there]
        if settings.resample != "none":
            values = prepare.gathered(values, groups, settings.resample != "nth")
        filled = covariates.without_gaps(values[rows], seen)
        found.append(other._replace(values=filled))
    return tuple(found)


def beside(other: Other, settings: OwnSeriesSettings, seen: int) -> NDArray[np.float32]:
    """(n,) a column beside the series as a model is given it, scaled by its first
    `seen` values."""
    scaled = prepare.fitted(other.values[:seen], settings.scaling).apply(other.values)
    if (farthest := float(np.abs(scaled).max())) > FARTHEST:
        raise ExplorerError(
            N_(
                "A column beside the series must stay in a range that the training "
                "part shows, but one value of '%(column)s' lies %(distance).1e scaled "
                "units away. Mend it, choose the standard scaling, or leave it out."
            ),
            column=other.name,
            distance=farthest,
        )
    return np.asarray(covariates.placed(scaled, other.known), np.float32)
