"""How forecasts and their bands did from many origins of the held-out part."""

from typing import Any

import numpy as np

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.inspection.base import Subject, ViewSpec
from explorer.inspection.shown_series import series_choices, series_field, showing
from explorer.runs.records import View
from explorer.training.backtesting import Backtest, backtest
from explorer.training.intervals import LEVELS, Bands


class BacktestOptions(Settings):
    """How far ahead, and from how many origins."""

    horizon: int = setting(
        0,
        N_("How many steps are foretold from each origin; 0: as many as are drawn."),
        title=N_("Steps ahead (0: as drawn)"),
        ge=0,
        le=48,
        unit=N_("steps"),
    )
    origins: int = setting(
        64,
        N_("From how many places of each half of the held-out part, at most."),
        title=N_("Origins"),
        ge=10,
        le=4000,
    )
    series: str = series_field()
    bands: Bands = setting(
        "own",
        N_(
            "A head that says a distribution has bands of its own; those of any other "
            "model, or of any at wish, are as wide as it missed on the calibration "
            "part (split conformal)."
        ),
        title=N_("Interval bands"),
        choices={"own": N_("the head's, if any"), "measured": N_("split conformal")},
    )


def look(subject: Subject, options: BacktestOptions) -> View:
    """mae, rmse, pinball and crps (H,), coverage and width (levels, H), as scaled;
    H = 0 where the held-out part has too few origins."""
    data = showing(subject.data, options.series)
    found = None
    if data.series is not None:
        found = backtest(
            subject.model, data, options.horizon, options.origins, options.bands
        )
    if found is None:
        none, empty = np.empty(0), np.empty((len(LEVELS), 0))
        found = Backtest(0, 0, none, none, empty, empty, none, none)
    values = found._asdict()
    notes: dict[str, Any] = {n: values.pop(n) for n in ("calibrated", "scored")}
    arrays = {name: value.astype(np.float32) for name, value in values.items()}
    notes |= {"levels": list(LEVELS), "head": _head(subject, options)}
    if data.series is not None and data.together:
        notes["series"] = data.series.label
    return View("backtest", subject.step, arrays, notes)


def _head(subject: Subject, options: BacktestOptions) -> str:
    """Whose distribution is judged: "gaussian", "quantile", or "point" where it is made
    of misses."""
    return subject.model.tells if options.bands == "own" else "point"


def applies(resolved: Resolved) -> bool:
    """Whether a model forecasts."""
    return specs.task_of(resolved.data, resolved.model) == "forecast"


AXES: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("mae", "rmse", "pinball", "crps"), ("horizon",)
)
AXES |= dict.fromkeys(("coverage", "width"), ("level", "horizon"))


VIEW = ViewSpec("backtest", BacktestOptions, look, applies, series_choices, AXES)
