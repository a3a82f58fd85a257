"""A person's own series: one column of numbers, and how it is prepared.

The stored column stays as it was given, gaps and all; the settings say what becomes of
it, in the order in which they stand.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config import Settings, setting
from explorer.data import content, prepare
from explorer.data.base import (
    MAX_VALIDATION_WINDOWS,
    Data,
    DataSpec,
    Floats,
    Restore,
    Scaler,
    Series,
    Windows,
    next_value,
    windows,
)
from explorer.data.fields import validation_field, window_field
from explorer.data.times import places, spans
from explorer.errors import N_, ExplorerError, Words

FARTHEST = 1e6
"""Scaled values beyond this make losses that float32 cannot hold."""

RESTORE: dict[prepare.Change, Restore] = {
    "none": next_value,
    "difference": prepare.difference_after,
    "log_return": prepare.log_return_after,
}


class OwnSeriesSettings(Settings):
    """Which series, how it is prepared, and how it is cut."""

    digest: str = setting(
        content.NO_DIGEST,
        N_("The fingerprint of the uploaded values; it is filled in for you."),
        title=N_("Content"),
        pattern="^[0-9a-f]{64}$",
        more=True,
    )
    missing: prepare.Missing = setting(
        "forward",
        N_(
            "What becomes of rows without a value. With a mask the model is given the "
            "last value and told that it is old, and is never judged there."
        ),
        title=N_("Missing values"),
        more=True,
        choices={
            "forward": N_("repeat the last value"),
            "drop": N_("leave the row out"),
            "linear": N_("draw a line across"),
            "mask": N_("tell the model (mask)"),
        },
    )
    outliers: prepare.Outliers = setting(
        "none",
        N_(
            "Values further out than the training part's bounds are moved to the "
            "nearest bound, so that one spike does not rule the loss."
        ),
        title=N_("Outliers"),
        more=True,
        choices={
            "none": N_("keep"),
            "iqr": N_("clip by quartiles (IQR)"),
            "zscore": N_("clip by z-score"),
        },
    )
    reach: float = setting(
        3.0,
        N_(
            "Where outliers begin: so many interquartile ranges beyond the quartiles, "
            "or so many standard deviations from the mean."
        ),
        title=N_("Bounds of outliers"),
        more=True,
        ge=0.5,
        le=10.0,
        step=0.5,
    )
    resample: prepare.Resample = setting(
        "none",
        N_(
            "Fewer rows, so that a window reaches further back: one of every n, the "
            "mean of every n, or the mean of each span of time."
        ),
        title=N_("Resampling"),
        more=True,
        choices={
            "none": N_("every row"),
            "nth": N_("one of every n"),
            "mean": N_("mean of every n"),
            "time": N_("mean of each span of time"),
        },
    )
    every: int = setting(
        10,
        N_("How many rows become one."),
        title=N_("Rows that become one (n)"),
        more=True,
        ge=2,
        le=10000,
        scale="log",
    )
    span: prepare.Span = setting(
        "day",
        N_("The span of time that becomes one value."),
        title=N_("Span of time"),
        more=True,
        choices={
            "minute": N_("minute"),
            "hour": N_("hour"),
            "day": N_("day"),
            "week": N_("week"),
            "month": N_("month"),
        },
    )
    change: prepare.Change = setting(
        "none",
        N_(
            "What the model is given and asked for: the value, or its change since the "
            "step before, which takes a trend away. Predictions are shown as values "
            "either way."
        ),
        title=N_("Changes"),
        more=True,
        choices={
            "none": N_("the values themselves"),
            "difference": N_("differences"),
            "log_return": N_("log returns"),
        },
    )
    scaling: prepare.Scaling = setting(
        "standard",
        N_(
            "The numbers that the model sees. Fitted on the training part alone; "
            "pictures keep the real units."
        ),
        title=N_("Scaling"),
        more=True,
        choices={
            "standard": N_("standard (mean 0, deviation 1)"),
            "minmax": N_("min-max (0 to 1)"),
            "none": N_("none"),
        },
    )
    window: int = window_field(48)
    validation_share: float = validation_field()


class Prepared(NamedTuple):
    """A series after every step but windows; n places."""

    positions: NDArray[Any]  # (n,) numbers or datetime64[D]
    axis: str
    levels: Floats  # (n,) in real units, NaN where nothing was measured
    held: Floats  # (n,) the same, gaps filled with the last value
    asked: NDArray[np.float32]  # (n,) scaled, NaN where nothing was measured
    given: NDArray[np.float32]  # (n, I) scaled, and whether it is missing, if masked
    split: int
    scaler: Scaler
    clipped: int  # outliers that were moved


def make(settings: OwnSeriesSettings, seed: int) -> Data:
    """The values are what they are: the seed changes nothing.

    Raises:
        ExplorerError: if there is no such content, it is too short for the window, or
            its training part tells nothing about its size.
    """
    own, ready = content.get_series(settings.digest), prepared(settings)
    steps, split = settings.window, ready.split
    counted_from = steps // 2
    train, validation = (
        Windows(
            windows(ready.given[part], steps, most).x,
            windows(ready.asked[part, None], steps, most).y,
        )
        for part, most in (
            (slice(None, split), None),
            (slice(split, None), MAX_VALIDATION_WINDOWS),
        )
    )
    masked = ready.given.shape[1] > 1
    return Data(
        task="forecast",
        train=train,
        validation=validation,
        baselines=_baselines(ready, validation, counted_from, settings.change),
        counted_from=counted_from,
        series=Series(
            ready.positions,
            ready.levels if settings.change == "none" else ready.held,
            ready.given if masked else ready.given[:, 0],
            split,
            ready.axis,
            own.label,
        ),
        channels=(own.label, N_("missing")) if masked else (),
        scaler=ready.scaler,
        restore=RESTORE[settings.change],
        shifted=not masked,
        gaps=bool(np.isnan(ready.asked).any()),
    )


def prepared(settings: OwnSeriesSettings) -> Prepared:
    """The stored series after the steps that the settings name.

    Raises:
        ExplorerError: if there is no such content, or the steps leave too little.
    """
    values, _label, times = content.get_series(settings.digest)
    if settings.missing == "drop":
        there = np.isfinite(values)
        values, times = values[there], None if times is None else times[there]
    at, axis = _places(values, times)
    groups = _groups(settings, len(values), times)
    at = at[np.flatnonzero(np.diff(groups, prepend=-1))]
    levels, split, clipped = _levels(settings, values, groups)
    if settings.missing == "drop":
        full = np.isfinite(levels)
        split, levels = int(full[:split].sum()), levels[full]
    elif len(at) < len(levels):
        at = _evenly(at, groups, len(levels))
    first = int(np.isfinite(levels).argmax())
    at, levels, split = at[first:], levels[first:], split - first
    held = prepare.forward(levels)
    asked = levels
    if settings.change != "none":
        asked = prepare.changes(levels[1:], held[:-1], settings.change)
        at, levels, held, split = at[1:], levels[1:], held[1:], split - 1
    known = np.isfinite(asked)
    _check_parts(known, split, settings)
    training = asked[:split][known[:split]]
    scaler = prepare.fitted(training, settings.scaling)
    _check_spread(asked[known], training, scaler)
    scaled = scaler.apply(asked)
    given = _given(scaled, settings.missing == "mask")
    return Prepared(at, axis, levels, held, scaled, given, split, scaler, clipped)


def _levels(
    settings: OwnSeriesSettings, values: Floats, groups: NDArray[np.int64]
) -> tuple[Floats, int, int]:
    """Values (g,) in real units, where their validation part begins, and outliers."""
    split = round((int(groups[-1]) + 1) * (1 - settings.validation_share))
    rows = int((groups < split).sum())
    filled = prepare.fill(values, rows, settings.missing)
    bounds = prepare.outlier_bounds(filled[:rows], settings.outliers, settings.reach)
    clipped = int(((filled < bounds.low) | (filled > bounds.high)).sum())
    levels = np.clip(filled, *bounds)
    if settings.resample != "none":
        levels = prepare.gathered(levels, groups, settings.resample != "nth")
        levels = prepare.fill(levels, split, settings.missing)
    return levels, split, clipped


def _places(values: Floats, times: NDArray[Any] | None) -> tuple[NDArray[Any], str]:
    if times is None or not len(times):
        return np.arange(len(values)), N_("Place in the file (rows)")
    return places(times)


def _groups(
    settings: OwnSeriesSettings, n: int, times: NDArray[Any] | None
) -> NDArray[np.int64]:
    """(n,) which rows become one.

    Raises:
        ExplorerError: for spans of time where there are no dates, or too many spans.
    """
    rows = np.arange(n)
    if settings.resample == "none":
        return rows
    if settings.resample != "time":
        return rows // settings.every
    if times is None or times.dtype.kind != "M":
        raise ExplorerError(
            N_(
                "Resampling by time needs a column of dates, but this series has none. "
                "Take every n-th row or the mean of n, or give the file again and "
                "choose its time column."
            )
        )
    found = spans(times, settings.span)
    if n and found[-1] >= content.MAX_SERIES_VALUES:
        raise ExplorerError(
            N_(
                "A series may have %(most)s values, but from its first to its last "
                "date there are %(came)s spans of a %(span)s. Choose a longer span."
            ),
            most=f"{content.MAX_SERIES_VALUES:,}",
            came=f"{found[-1] + 1:,}",
            span=Words(settings.span),
        )
    return found


def _evenly(at: NDArray[Any], groups: NDArray[np.int64], count: int) -> NDArray[Any]:
    """Places (count,) of all groups, those without a row between their neighbours."""
    between = np.interp(np.arange(count), np.unique(groups), at.astype(np.float64))
    return (
        between.astype(np.int64).astype(at.dtype) if at.dtype.kind == "M" else between
    )


def _given(scaled: NDArray[np.float32], masked: bool) -> NDArray[np.float32]:
    """(n, I) what a model is given: the newest value, and whether it is an old one."""
    newest = np.nan_to_num(prepare.forward(scaled))
    if not masked:
        return newest[:, None].astype(np.float32)
    return np.stack([newest, np.isnan(scaled)], 1).astype(np.float32)


def _baselines(
    ready: Prepared, validation: Windows, counted_from: int, change: prepare.Change
) -> dict[str, float]:
    """Of the known targets: the same value again, or no change; and the mean."""
    x, y = validation.x[:, counted_from:, :1], validation.y[:, counted_from:]
    again = x if change == "none" else ready.scaler.apply(np.zeros(1))
    mean = float(np.nanmean(ready.asked[: ready.split]))
    return {
        N_("repeat last"): float(np.nanmean((y - again) ** 2)),
        N_("mean"): float(np.nanmean((y - mean) ** 2)),
    }


def _check_parts(
    known: NDArray[np.bool_], split: int, settings: OwnSeriesSettings
) -> None:
    """See that both parts are long enough, and that something is known in each."""
    n, least = len(known), settings.window + 1
    if min(split, n - split) < least:
        raise ExplorerError(
            N_(
                "Training and validation part each need at least %(least)d values for "
                "a window of %(steps)d steps, but after preparation there are "
                "%(first)d and %(rest)d. Shorten the window, resample less, or give "
                "more data."
            ),
            least=least,
            steps=settings.window,
            first=max(0, split),
            rest=n - max(0, split),
        )
    if min(known[:split].sum(), known[split + least :].sum()) == 0:
        raise ExplorerError(
            N_(
                "Something must be known in the training and in the validation part, "
                "but one of them is all gaps. Change the validation share, or give "
                "other data."
            )
        )


def _check_spread(known: Floats, training: Floats, scaler: Scaler) -> None:
    if np.ptp(training) == 0:
        raise ExplorerError(
            N_(
                "A series must vary in its training part, but its first %(count)d "
                "values are all %(value)s. Give another part, or lower the validation "
                "share."
            ),
            count=len(training),
            value=f"{training[0]:g}",
        )
    farthest = float(np.max(np.abs(known - scaler.mean)) / scaler.scale)
    if farthest > FARTHEST:
        raise ExplorerError(
            N_(
                "A series must stay in a range that its training part shows, but one "
                "value lies %(distance).1e scaled units away. Mend or remove it, clip "
                "outliers, or choose the standard scaling."
            ),
            distance=farthest,
        )


SPEC = DataSpec(
    name="own_series",
    title=N_("Own series"),
    summary=N_("A column of numbers of yours."),
    settings=OwnSeriesSettings,
    make=make,
    task="forecast",
    order=90,
    offered=False,
    resembled=True,
)
