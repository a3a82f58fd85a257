"""An own series after every step that its settings name: ready for windows."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import extra_of
from explorer.data import content, prepare
from explorer.data.base import Floats, Scaler
from explorer.data.beside import (
    FARTHEST,
    beside,
    parted,
    prepared_beside,
    scaler_beside,
)
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.resampled import Left, evenly, left
from explorer.data.stored_series import Other
from explorer.data.times import places
from explorer.errors import N_, ExplorerError, Words


class Prepared(NamedTuple):
    """A series after every step but windows; n places."""

    positions: NDArray[Any]  # (n,) numbers or datetime64[D]
    axis: str
    levels: Floats  # (n,) in real units, NaN where nothing was measured
    held: Floats  # (n,) the same, gaps filled with the last value
    asked: NDArray[np.float32]  # (n,) scaled, NaN where nothing was measured
    given: NDArray[np.float32]  # (n, I) scaled: the series, those that are forecast
    # with it, missing or not, if masked, and the others
    others: tuple[Other, ...]  # (n,) each, of `given`: in real units, without gaps
    scalers: tuple[Scaler, ...]  # of the first of these, which are forecast as well
    split: int
    scaler: Scaler
    clipped: int  # outliers that were moved
    filled: int  # places asked for where nothing was measured
    rows: NDArray[np.int64]  # (n,) which row of the resampled series each one is


class Rows(NamedTuple):
    """The rows of a series that are left once gaps and outliers are dealt with."""

    positions: NDArray[Any]  # (n,) numbers or datetime64[D]
    axis: str
    levels: Floats  # (n,) in real units, NaN where nothing was measured
    places: NDArray[np.int64]  # (n,) which row of the resampled series each one is
    split: int
    clipped: int
    filled: int


def prepared(settings: OwnSeriesSettings, learned: int | None = None) -> Prepared:
    """The stored series after the steps that the settings name.

    Args:
        settings: which series, and what becomes of it.
        learned: rows of the resampled series by which bounds are fitted and beyond
            which no line looks; those of the training part if left out.

    Raises:
        ExplorerError: if there is no such content, or the steps leave too little.
    """
    own = content.get_series(settings.digest)
    kept = left(settings, own)
    whole = _rows(settings, own.values[kept.there], kept, learned)
    at, axis, levels, rows, split, clipped, filled = whole
    held = prepare.forward(levels)
    asked = levels
    if settings.change != "none":
        asked = prepare.changes(levels[1:], held[:-1], settings.change)
        at, levels, held, rows = at[1:], levels[1:], held[1:], rows[1:]
        split -= 1
    finite = np.isfinite(asked)
    _check_parts(len(finite), split, settings)
    seen = split if learned is None else int((rows < learned).sum())
    training = asked[:seen][finite[:seen]]
    _check_constant(training, settings, clipped)
    scaler = prepare.fitted(training, settings.scaling)
    _check_spread(asked[finite], scaler)
    scaled = scaler.apply(asked)
    foretold, rest = parted(own.others, settings)
    others = prepared_beside([*foretold, *rest], kept, rows, seen)
    columns = [beside(each, settings, seen) for each in others]
    given, marks = np.split(_given(scaled, settings.missing == "mask"), [1], 1)
    first, last = columns[: len(foretold)], columns[len(foretold) :]
    given = np.column_stack([given, *first, marks, *last])
    scalers = tuple(scaler_beside(o, settings, seen) for o in others[: len(foretold)])
    series = at, axis, levels, held, scaled, given, others, scalers
    return Prepared(*series, split, scaler, clipped, filled, rows)


def _rows(
    settings: OwnSeriesSettings, values: Floats, kept: Left, learned: int | None
) -> Rows:
    """The series resampled, filled and bounded, from its first known value on."""
    at, axis = _places(values, kept.times)
    at = at[np.flatnonzero(np.diff(kept.groups, prepend=-1))]
    levels, split, clipped = _levels(settings, values, kept, learned)
    rows = np.arange(len(levels))
    filled = int((np.isfinite(levels) & np.isnan(kept.gathered(values))).sum())
    if settings.missing == "drop":
        full = np.isfinite(levels)
        split, levels, rows = int(full[:split].sum()), levels[full], rows[full]
    elif len(at) < len(levels):
        at = evenly(at, kept.groups, len(levels))
    first = int(np.isfinite(levels).argmax())
    return Rows(
        at[first:], axis, levels[first:], rows[first:], split - first, clipped, filled
    )


def _levels(
    settings: OwnSeriesSettings, values: Floats, kept: Left, learned: int | None
) -> tuple[Floats, int, int]:
    """Values (g,) in real units, where their validation part begins, and outliers."""
    split = round((int(kept.groups[-1]) + 1) * (1 - settings.validation_share))
    seen = split if learned is None else learned
    rows = int((kept.groups < seen).sum())
    filled = prepare.fill(values, rows, settings.missing)
    bounds = prepare.outlier_bounds(filled[:rows], settings.outliers, settings.reach)
    clipped = int(((filled < bounds.low) | (filled > bounds.high)).sum())
    levels = np.clip(filled, *bounds)
    if settings.resample != "none":
        levels = prepare.fill(kept.gathered(levels), seen, settings.missing)
    return levels, split, clipped


def _places(values: Floats, times: NDArray[Any] | None) -> tuple[NDArray[Any], str]:
    if times is None or not len(times):
        return np.arange(len(values)), N_("Place in the file (rows)")
    return places(times)


def _given(scaled: NDArray[np.float32], masked: bool) -> NDArray[np.float32]:
    """(n, I) what a model is given: the newest value, and whether it is an old one."""
    newest = np.nan_to_num(prepare.forward(scaled))
    if not masked:
        return newest[:, None].astype(np.float32)
    return np.stack([newest, np.isnan(scaled)], 1).astype(np.float32)


def _check_parts(n: int, split: int, settings: OwnSeriesSettings) -> None:
    """See that both parts are long enough."""
    least = settings.window + 1
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


def all_gaps() -> ExplorerError:
    """The refusal of a part in which nothing is known."""
    return ExplorerError(
        N_(
            "Something must be known in the training and in the validation part, but "
            "one of them is all gaps. Change the validation share, or give other data."
        )
    )


def _check_constant(
    training: Floats, settings: OwnSeriesSettings, clipped: int
) -> None:
    """See that the known values of the training part vary; else say what made them
    constant."""
    if not len(training):
        raise all_gaps()
    if np.ptp(training) > 0:
        return
    if clipped:
        rule = extra_of(OwnSeriesSettings.model_fields["outliers"])["choices"]
        raise ExplorerError(
            N_(
                "A series must vary in its training part, but '%(rule)s' takes all "
                "values other than %(value)s for outliers: %(clipped)d of them. Keep "
                "outliers, or clip them by another rule."
            ),
            rule=Words(rule[settings.outliers]),
            value=f"{training[0]:g}",
            clipped=clipped,
        )
    if settings.change != "none":
        raise ExplorerError(
            N_(
                "Changes must vary in the training part, but the first %(count)d are "
                "all %(value)s. Choose the values themselves instead."
            ),
            count=len(training),
            value=f"{training[0]:g}",
        )
    raise ExplorerError(
        N_(
            "A series must vary in its training part, but its first %(count)d "
            "values are all %(value)s. Give another part, or lower the validation "
            "share."
        ),
        count=len(training),
        value=f"{training[0]:g}",
    )


def _check_spread(finite: Floats, scaler: Scaler) -> None:
    farthest = float(np.max(np.abs(finite - scaler.mean)) / scaler.scale)
    if farthest > FARTHEST:
        raise ExplorerError(
            N_(
                "A series must stay in a range that its training part shows, but one "
                "value lies %(distance).1e scaled units away. Mend or remove it, clip "
                "outliers, or choose the standard scaling."
            ),
            distance=farthest,
        )
