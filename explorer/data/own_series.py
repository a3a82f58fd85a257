"""A person's own series: one column of numbers, prepared as its settings say, and
those that are given beside it."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.data import content, prepare
from explorer.data.base import Beyond, Data, DataSpec, Restore, Series, next_value
from explorer.data.baselines import seasonal_baseline
from explorer.data.covariates import MOST_SHIFT, leaks
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.prepared import Prepared, all_gaps, prepared
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
    train, validation = both_parts(ready.given, ready.asked[:, None], split, steps)
    if not np.isfinite(validation.y[:, counted_from:]).any():
        raise all_gaps()
    masked, alone = settings.missing == "mask", ready.given.shape[1] == 1
    marks = (N_("missing"),) if masked else ()
    label = AsWritten(own.label)
    names = tuple(AsWritten(other.name) for other in ready.others)
    marked: tuple[Beyond, ...] = ("zero",) if masked else ()
    beside: list[Beyond] = ["known" if o.known else "held" for o in ready.others]
    return Data(
        task="forecast",
        train=train,
        validation=validation,
        baselines=_baselines(ready, validation, counted_from, settings.change)
        | seasonal_baseline(ready.asked, split, steps, counted_from),
        counted_from=counted_from,
        series=Series(
            ready.positions,
            ready.levels if settings.change == "none" else ready.held,
            ready.given[:, 0] if alone else ready.given,
            split,
            ready.axis,
            label,
            (*marked, *beside),
        ),
        channels=() if alone else (label, *marks, *names),
        scaler=ready.scaler,
        fit=partial(prepare.fitted, scaling=settings.scaling),
        learning=partial(_learning, settings, ready.rows),
        restore=RESTORE[settings.change],
        ratios=settings.change == "log_return",
        shifted=alone,
        gaps=bool(np.isnan(ready.asked).any()),
        leaks=tuple(_leaks(ready, settings)),
    )


def _leaks(ready: Prepared, settings: OwnSeriesSettings) -> list[Words]:
    """What the columns beside the series tell of what is asked for within a window."""
    targets = [ready.levels]
    if settings.change != "none":
        targets.append(ready.asked.astype(np.float64))
    return leaks(targets, ready.others, min(MOST_SHIFT, settings.window))


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
