"""A person's own series: one column of numbers, prepared as its settings say, and
those that are given beside it."""

from collections.abc import Iterable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.data import content, prepare
from explorer.data.base import Beyond, Data, Joint, Restore, Series, next_value
from explorer.data.baselines import seasonal_baselines
from explorer.data.beside import parted
from explorer.data.covariates import MOST_SHIFT, leaks
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.prepared import Prepared, all_gaps, prepared
from explorer.data.spec import DataSpec, Together
from explorer.data.stored_series import Other
from explorer.data.windows import Windows, both_parts
from explorer.errors import N_, AsWritten, Words

RESTORE: dict[prepare.Change, Restore] = {
    "none": next_value,
    "difference": prepare.difference_after,
    "log_return": prepare.log_return_after,
}


def make(settings: OwnSeriesSettings, seed: int) -> Data:
    """The values are what they are: the seed changes nothing.

    Raises:
        ExplorerError: if there is no such content, it is too short for the window, or
            its training part tells nothing about its size.
    """
    return _made(settings, prepared(settings))


def _learning(settings: OwnSeriesSettings, rows: NDArray[np.int64], n: int) -> Data:
    """The same as its first n places tell to prepare it; `rows` says which they are."""
    return _made(settings, prepared(settings, int(rows[n - 1]) + 1))


def _made(settings: OwnSeriesSettings, ready: Prepared) -> Data:
    own = content.get_series(settings.digest)
    steps, split = settings.window, ready.split
    counted_from = steps // 2
    count = 1 + len(ready.scalers)  # series that are forecast together, O
    asked = np.column_stack([ready.asked, ready.given[:, 1:count]])  # (n, O)
    train, validation = both_parts(ready.given, asked, split, steps)
    if not np.isfinite(validation.y[:, counted_from:]).any():
        raise all_gaps()
    masked, rest = settings.missing == "mask", ready.others[count - 1 :]
    alone = ready.given.shape[1] == 1
    marks = (N_("missing"),) if masked else ()
    marked: tuple[Beyond, ...] = ("zero",) if masked else ()
    beside: list[Beyond] = ["known" if other.known else "held" for other in rest]
    joint = _joint(own.label, settings, ready)
    first = joint[0]
    names = *(each.label for each in joint), *marks, *_names(rest)
    return Data(
        task="forecast",
        train=train,
        validation=validation,
        baselines=_baselines(ready, asked, validation, counted_from, settings.change)
        | seasonal_baselines(asked, split, steps, counted_from),
        counted_from=counted_from,
        series=Series(
            ready.positions,
            first.values,
            ready.given[:, 0] if alone else ready.given,
            split,
            ready.axis,
            first.label,
            (*marked, *beside),
            foretold=count,
        ),
        together=joint if count > 1 else (),
        channels=() if alone else names,
        scaler=ready.scaler,
        fit=partial(prepare.fitted, scaling=settings.scaling),
        learning=partial(_learning, settings, ready.rows),
        restore=first.restore,
        ratios=first.ratios,
        shifted=ready.given.shape[1] == count,
        gaps=bool(np.isnan(ready.asked).any()),
        leaks=tuple(_leaks(ready, settings)),
    )


def _joint(
    label: str, settings: OwnSeriesSettings, ready: Prepared
) -> tuple[Joint, ...]:
    """The series, and those that are forecast with it, which are asked for as they
    are."""
    levels = ready.levels if settings.change == "none" else ready.held
    rule = RESTORE[settings.change], settings.change == "log_return"
    return (
        Joint(levels, AsWritten(label), ready.scaler, *rule),
        *(
            Joint(other.values, AsWritten(other.name), scaler)
            for other, scaler in zip(ready.others, ready.scalers, strict=False)
        ),
    )


def _names(others: Iterable[Other]) -> list[str]:
    return [AsWritten(other.name) for other in others]


def _leaks(ready: Prepared, settings: OwnSeriesSettings) -> list[Words]:
    """What the columns beside the series tell of what is asked for within a window."""
    targets = [ready.levels]
    if settings.change != "none":
        targets.append(ready.asked.astype(np.float64))
    return leaks(targets, ready.others, min(MOST_SHIFT, settings.window))


def _baselines(
    ready: Prepared,
    asked: NDArray[np.float32],
    validation: Windows,
    counted_from: int,
    change: prepare.Change,
) -> dict[str, float]:
    """Of the known targets (n, O): the same value again, or no change; and the mean."""
    y = validation.y[:, counted_from:]
    again = np.array(validation.x[:, counted_from:, : y.shape[2]])
    if change != "none":
        again[..., 0] = ready.scaler.apply(np.zeros(1))
    mean = np.array([np.nanmean(v) for v in asked[: ready.split].T])  # (O,)
    return {
        N_("repeat last"): float(np.nanmean((y - again) ** 2)),
        N_("mean"): float(np.nanmean((y - mean) ** 2)),
    }


def together(settings: OwnSeriesSettings) -> Together:
    """The series and the columns that are forecast with it; none of what is deleted."""
    if settings.beside != "foretold" or not content.there(settings.digest):
        return Together()
    own = content.get_series(settings.digest)
    foretold, _rest = parted(own.others, settings)
    names = [AsWritten(own.label), *_names(foretold)]
    return Together(names if foretold else [])


SPEC = DataSpec(
    name="own_series",
    title=N_("Own series"),
    summary=N_("A column of numbers of yours."),
    settings=OwnSeriesSettings,
    make=make,
    task="forecast",
    together=together,
    order=90,
    offered=False,
    resembled=True,
)
