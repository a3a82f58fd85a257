r"""How little each held-out value of a series belongs, by models and by two rules.

    score_t = \|d_t - median(d)\| / (1.4826 median \|d - median(d)\|)

with d the model's residual one step ahead, what a small encoder-decoder misses that
writes windows back (`explorer.training.reconstruction`), the value itself (robust
z-score), or its difference from the value one season ago. Medians are those of the
training part, which single odd values hardly move; for normal noise the divisor is a
standard deviation.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.catalog.specs import Resolved, task_of
from explorer.config.settings import Settings
from explorer.data.base import Data, Floats
from explorer.data.baselines import season_of
from explorer.errors import N_
from explorer.inspection.base import Subject, ViewSpec
from explorer.inspection.shown_series import series_choices, series_field, showing
from explorer.runs.records import View
from explorer.training.reconstruction import missed
from explorer.training.residuals import residuals

MOST = 4000
"""Places of either part that are looked at: the last ones."""

NORMAL = 1.4826
"""Standard deviations of normal noise in one median of its sizes."""


class AnomaliesOptions(Settings):
    """Which series; the threshold belongs to the picture."""

    series: str = series_field()


def applies(resolved: Resolved) -> bool:
    """Whether one series is forecast."""
    forecast = task_of(resolved.data, resolved.model) == "forecast"
    return forecast and (resolved.data.resembled or resolved.data.surprising)


def knows(resolved: Resolved) -> bool:
    """Whether it is known besides which places do not belong."""
    return applies(resolved) and resolved.data.surprising


def look(subject: Subject, options: AnomaliesOptions) -> View:
    """values (n,) of the held-out part in shown units, positions (n,), dates as days;
    scores (k, n) by each way of scoring; where it is known, odd (n,): 0 where a place
    belongs, else 1 + the place of its kind among the notes' kinds."""
    data = showing(subject.data, options.series)
    series = data.series
    assert series is not None  # `applies`
    end, split = len(series.values), series.split
    begin, first = max(split, end - MOST), max(0, split - MOST)
    shown = subject._replace(data=data)
    learning = by_models(shown, (first, split), (begin, end))
    scores = {**learning, **rules(data, begin, end)}
    positions = series.positions[begin:end]
    dates = bool(np.issubdtype(positions.dtype, np.datetime64))
    if dates:
        positions = positions.astype("datetime64[D]")
    arrays: dict[str, Any] = {
        "positions": positions.astype(np.int64 if dates else np.float64),
        "values": np.asarray(series.values[begin:end], np.float64),
        "scores": np.stack([*scores.values()]).astype(np.float32),
    }
    kinds: tuple[str, ...] = ()
    if data.odd is not None:
        arrays["odd"] = data.odd.kinds[begin:end].astype(np.uint8)
        kinds = data.odd.names
    notes = {
        "dates": dates,
        "axis": series.axis,
        "label": series.label,
        "ways": list(scores),
        "learning": len(learning),
        "kinds": list(kinds),
    }
    return View("anomalies", subject.step, arrays, notes)


def by_models(
    subject: Subject, learned: tuple[int, int], held: tuple[int, int]
) -> Mapping[str, Floats]:
    """The scores (n,) of those that learn, by name.

    Args:
        subject: the model, and the data.
        learned, held: where a stretch of the training part, by which scores are
            measured, and the scored one begin and end.
    """
    data, seed = subject.data, subject.config.seed
    own, usual = (residuals(subject.model, data, *part) for part in (held, learned))
    found = {N_("the model"): standardised(own, usual)}
    written, before = (missed(data, seed, *part) for part in (held, learned))
    if written is not None and before is not None:
        found[N_("encoder-decoder")] = standardised(written, before)
    return found


def rules(data: Data, begin: int, end: int) -> Mapping[str, Floats]:
    """The scores (end - begin,) of those that learn nothing, by name."""
    series = data.series
    assert series is not None
    scaled = series.asked.astype(np.float64)
    known = np.where(np.isfinite(series.values), scaled, np.nan)
    found = {
        N_("robust z-score"): standardised(known[begin:end], known[: series.split])
    }
    season = season_of(known[: series.split])
    if season is not None:
        since = np.full(len(known), np.nan)
        since[season:] = known[season:] - known[:-season]
        found[N_("seasonal residual")] = standardised(
            since[begin:end], since[: series.split]
        )
    return found


def standardised(values: Floats, learned: Floats) -> Floats:
    """How many robust standard deviations values (n,) lie from the median of others;
    NaN where a value is not known, or the others do not move.

    >>> learned = np.array([1.0, 2, 3, 4, 5])
    >>> standardised(np.array([3.0, 9.0]), learned).round(3).tolist()
    [0.0, 4.047]
    """
    finite = learned[np.isfinite(learned)]
    if not len(finite):
        return np.full(len(values), np.nan)
    middle = float(np.median(finite))
    spread = NORMAL * float(np.median(np.abs(finite - middle)))
    if spread <= 0:
        return np.full(len(values), np.nan)
    return np.asarray(np.abs(values - middle) / spread)


VIEW = ViewSpec(
    "anomalies",
    AnomaliesOptions,
    look,
    applies,
    series_choices,
    {
        "positions": ("place",),
        "values": ("place",),
        "scores": ("way", "place"),
        "odd": ("place",),
    },
    learns=True,
)
