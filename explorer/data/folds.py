"""Cross-validation in time: learn from the beginning, be judged by what comes next.

Fold k of n ("k/n") trains on the first k of n + 1 equal stretches of the training part
and is judged by stretch k + 1: a rolling origin, because a model of time must never
learn from what comes after. The held-out part itself stays unseen.

Source: Tashman (2000), Out-of-sample tests of forecasting accuracy,
https://doi.org/10.1016/S0169-2070(00)00065-0
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.data.base import Data, Scaler, Series, without_lines
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows, windows
from explorer.errors import N_, ExplorerError


def folded(data: Data, fold: str) -> Data:
    """The data of one fold, prepared and scaled by what it learns from alone.

    The symbols of a text are those of the whole: losses over others do not compare.
    The whole's floor and baselines hold for its own held-out part and are left out.

    Args:
        data: whose windows are cut from one sequence, in its order.
        fold: as in "2/3".

    Raises:
        ExplorerError: if there is no order in time, or a stretch is too short.
    """
    k, n = map(int, fold.split("/"))
    if not data.streamed:
        raise ExplorerError(
            N_(
                "Folds in time need windows that are cut from one sequence, but here "
                "each is made by itself. Judge by the held-out part instead."
            )
        )
    edge, end = _stretch(len(data.train.x), data.steps, k, n)
    begin = edge + data.steps  # no value is in both parts
    if data.learning is not None:
        data = data.learning(begin)
    judged = np.unique(
        np.linspace(begin, end - 1, MAX_VALIDATION_WINDOWS).round().astype(int)
    )
    cut = replace(
        without_lines(_cut(data, begin, end)),
        train=Windows(data.train.x[:edge], data.train.y[:edge]),
        validation=Windows(data.train.x[judged], data.train.y[judged]),
    )
    if data.text is not None and data.text.sizes is not None:
        targets = windows(data.text.sizes[: data.text.split], data.steps).y[judged]
        size = float(targets[:, data.counted_from :].mean())
        cut = replace(cut, bytes_per_token=size)
    return cut if cut.series is None else _rescaled(cut, cut.series)


def _rescaled(data: Data, series: Series) -> Data:
    """Values scaled by the known targets of the training windows, which are the first
    channels of what is given; other channels say no values."""
    y = data.train.y  # (N, T, O)
    learned = np.concatenate([y[0], y[1:, -1]])  # (n, O)
    fits = [data.fit(v[np.isfinite(v)].astype(np.float64)) for v in learned.T]

    def scaled(values: NDArray[np.float32]) -> NDArray[np.float32]:
        if values.ndim == 1:
            return fits[0].apply(values)
        first = [fit.apply(values[..., k]) for k, fit in enumerate(fits)]
        rest = values[..., len(fits) :]
        return np.concatenate([np.stack(first, -1), rest], -1)

    def whole(scaler: Scaler, again: Scaler) -> Scaler:
        """Both scalers, one after the other."""
        mean = scaler.mean + scaler.scale * again.mean
        return Scaler(mean, scaler.scale * again.scale)

    return replace(
        data,
        train=Windows(*map(scaled, data.train)),
        validation=Windows(*map(scaled, data.validation)),
        series=series._replace(scaled=scaled(series.scaled)),
        scaler=whole(data.scaler, fits[series.number]),
        together=tuple(
            one._replace(scaler=whole(one.scaler, fit))
            for one, fit in zip(data.together, fits[: len(data.together)], strict=True)
        ),
    )


def _stretch(count: int, steps: int, k: int, n: int) -> tuple[int, int]:
    """Where among `count` windows of so many steps the stretch begins and ends that
    judges fold k of n."""
    begin, end = (round(count * j / (n + 1)) for j in (k, k + 1))
    if end <= begin + steps:
        raise ExplorerError(
            N_(
                "Each of %(count)d stretches needs more than %(least)d windows, but "
                "this data has %(came)d in all. Take fewer folds or shorter windows."
            ),
            count=n + 1,
            least=steps,
            came=count,
        )
    return begin, end


def _cut(data: Data, begin: int, end: int) -> Data:
    """The sequence up to the last of the windows from `begin` to `end`, which are its
    validation part."""
    split, last = _places(data, begin), _places(data, end - 1) + data.steps + 1
    series, text = data.series, data.text
    if series is not None:
        series = series._replace(
            positions=series.positions[:last],
            values=series.values[:last],
            scaled=series.scaled[:last],
            split=split,
        )
    joint = tuple(one._replace(values=one.values[:last]) for one in data.together)
    if text is not None:
        sizes = None if text.sizes is None else text.sizes[:last]
        text = text._replace(tokens=text.tokens[:last], split=split, sizes=sizes)
    return replace(data, series=series, together=joint, text=text)


def _places(data: Data, window: int) -> int:
    """Where in the sequence a training window begins."""
    sequence = data.series or data.text
    if sequence is None:
        return window
    room = sequence.split - data.steps - 1
    return round(window * room / max(1, len(data.train.x) - 1))
