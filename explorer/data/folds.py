"""Cross-validation in time: learn from the beginning, be judged by what comes next.

Fold k of n ("k/n") trains on the first k of n + 1 equal stretches of the training part
and is judged by stretch k + 1: a rolling origin, because a model of time must never
learn from what comes after. The held-out part itself stays unseen.

Source: Tashman (2000), Out-of-sample tests of forecasting accuracy,
https://doi.org/10.1016/S0169-2070(00)00065-0
"""

from dataclasses import replace

import numpy as np

from explorer.data.base import MAX_VALIDATION_WINDOWS, Data, Windows
from explorer.errors import N_, ExplorerError


def folded(data: Data, fold: str) -> Data:
    """The data of one fold, in the units of the whole, so that losses compare.

    Its floor and its baselines hold for the whole's held-out part and are left out.

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
    edges = [round(len(data.train.x) * j / (n + 1)) for j in range(n + 2)]
    begin, end = edges[k] + data.steps, edges[k + 1]  # no value is in both parts
    if end <= begin:
        raise ExplorerError(
            N_(
                "Each of %(count)d stretches needs more than %(least)d windows, but "
                "this data has %(came)d in all. Take fewer folds or shorter windows."
            ),
            count=n + 1,
            least=data.steps,
            came=len(data.train.x),
        )
    judged = np.unique(
        np.linspace(begin, end - 1, MAX_VALIDATION_WINDOWS).round().astype(int)
    )
    first, last = _places(data, begin), _places(data, end - 1) + data.steps + 1
    series, text = data.series, data.text
    return replace(
        data,
        train=Windows(data.train.x[: edges[k]], data.train.y[: edges[k]]),
        validation=Windows(data.train.x[judged], data.train.y[judged]),
        baselines={},
        floor=None,
        floor_note="",
        series=series
        and series._replace(
            positions=series.positions[:last],
            values=series.values[:last],
            scaled=series.scaled[:last],
            split=first,
        ),
        text=text and text._replace(tokens=text.tokens[:last], split=first),
    )


def _places(data: Data, window: int) -> int:
    """Where in the sequence a training window begins."""
    sequence = data.series or data.text
    if sequence is None:
        return window
    room = sequence.split - data.steps - 1
    return round(window * room / max(1, len(data.train.x) - 1))
