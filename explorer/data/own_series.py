"""A person's own series: one column of numbers, evenly spaced in time."""

import numpy as np

from explorer.config import Settings, setting
from explorer.data import content
from explorer.data.base import (
    MAX_VALIDATION_WINDOWS,
    Data,
    DataSpec,
    Floats,
    Scaler,
    Series,
    series_baselines,
    split_point,
    windows,
)
from explorer.data.fields import validation_field, window_field
from explorer.errors import N_, ExplorerError

FARTHEST = 1e6
"""Scaled values beyond this make losses that float32 cannot hold."""


class OwnSeriesSettings(Settings):
    """Which series, and how it is cut."""

    digest: str = setting(
        content.NO_DIGEST,
        N_("The fingerprint of the uploaded values; it is filled in for you."),
        title=N_("Content"),
        pattern="^[0-9a-f]{64}$",
        more=True,
    )
    window: int = window_field(48)
    validation_share: float = validation_field()


def make(settings: OwnSeriesSettings, seed: int) -> Data:
    """The values are what they are: the seed changes nothing.

    Raises:
        ExplorerError: if there is no such content, it is too short for the window, or
            its training part tells nothing about its size.
    """
    values, label = content.get_series(settings.digest)
    steps = settings.window
    split = split_point(len(values), settings.validation_share, steps)
    counted_from = steps // 2
    scaler = Scaler.fit(values[:split])
    _check_spread(values, split, scaler)
    scaled = scaler.apply(values)
    validation = windows(scaled[split:, None], steps, MAX_VALIDATION_WINDOWS)
    return Data(
        task="forecast",
        train=windows(scaled[:split, None], steps),
        validation=validation,
        baselines=series_baselines(validation, counted_from),
        counted_from=counted_from,
        series=Series(
            np.arange(len(values)),
            values,
            scaled,
            split,
            N_("Place in the file (rows)"),
            label,
        ),
        scaler=scaler,
    )


def _check_spread(values: Floats, split: int, scaler: Scaler) -> None:
    if np.ptp(values[:split]) == 0:
        raise ExplorerError(
            N_(
                "A series must vary in its training part, but its first %(count)d "
                "values are all %(value)s. Give another part, or lower the validation "
                "share."
            ),
            count=split,
            value=f"{values[0]:g}",
        )
    farthest = float(np.max(np.abs(values - scaler.mean)) / scaler.scale)
    if farthest > FARTHEST:
        raise ExplorerError(
            N_(
                "A series must stay in a range that its training part shows, but one "
                "value lies %(distance).1e standard deviations away. Mend or remove it."
            ),
            distance=farthest,
        )


SPEC = DataSpec(
    name="own_series",
    title=N_("Own series"),
    summary=N_("A column of numbers from a file of yours."),
    settings=OwnSeriesSettings,
    make=make,
    task="forecast",
    order=90,
    offered=False,
    resembled=True,
)
