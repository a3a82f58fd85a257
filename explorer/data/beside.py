"""The columns beside an own series, after every step that its settings name."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.data import covariates, prepare
from explorer.data.base import Scaler
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.resampled import Left
from explorer.data.stored_series import Other
from explorer.errors import N_, ExplorerError

FARTHEST = 1e6
"""Scaled values beyond this make losses that float32 cannot hold."""


def prepared_beside(
    others: Iterable[Other], left: Left, rows: NDArray[np.int64], seen: int
) -> tuple[Other, ...]:
    """The columns beside a series at those of its gathered rows that are in it.

    Args:
        others: as they were given.
        left: the rows of the file that are left.
        rows: (n,) places among the gathered ones.
        seen: how many of these are learned from.
    """
    found = []
    for other in others:
        values = left.gathered(other.values[left.there])
        filled = covariates.without_gaps(values[rows], seen)
        found.append(other._replace(values=filled))
    return tuple(found)


def parted(
    others: Sequence[Other], settings: OwnSeriesSettings
) -> tuple[list[Other], list[Other]]:
    """The columns that are forecast together with the series, and those that are given
    beside it: what is known in advance is never forecast."""
    match settings.beside:
        case "left_out":
            return [], []
        case "given":
            return [], list(others)
        case "foretold":
            known = [other for other in others if other.known]
            return [other for other in others if not other.known], known


def scaler_beside(other: Other, settings: OwnSeriesSettings, seen: int) -> Scaler:
    """What scales a column beside the series, fitted to its first `seen` values."""
    return prepare.fitted(other.values[:seen], settings.scaling)


def beside(other: Other, settings: OwnSeriesSettings, seen: int) -> NDArray[np.float32]:
    """(n,) a column beside the series as a model is given it, scaled by its first
    `seen` values.

    Raises:
        ExplorerError: if a value lies far beyond what these show.
    """
    scaled = scaler_beside(other, settings, seen).apply(other.values)
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
