"""How forecasts and their bands did from many origins of the held-out part."""

from typing import NamedTuple

import numpy as np
import torch

from explorer.data.base import Data, Floats
from explorer.models.base import SequenceModel
from explorer.models.forecast_heads import band
from explorer.training.forecasting import stretch
from explorer.training.intervals import (
    FEWEST,
    LEVELS,
    Bands,
    drawn,
    free_forecasts,
    half_width,
    parts,
)
from explorer.training.proper import (
    crps,
    crps_of_draws,
    pinball,
    pinball_of_draws,
)

FEW_PATHS = 39
"""Futures that are drawn from a head at each of many origins: in order, the second from
either side are the ends of the band of 90 %, the tenth those of the one of 50 %."""


class Backtest(NamedTuple):
    """How forecasts and bands did from many origins, by horizon (H,), as scaled."""

    calibrated: int  # origins
    scored: int  # origins
    mae: Floats
    rmse: Floats
    coverage: Floats  # (levels, H) share of what came that the bands held
    width: Floats  # (levels, H) of the bands
    pinball: Floats  # mean over the quantiles of `proper.TAUS`
    crps: Floats


def backtest(
    model: SequenceModel,
    data: Data,
    horizon: int = 0,
    most: int | None = None,
    bands: Bands = "own",
) -> Backtest | None:
    """Roll the origin over the second half of the held-out part; None where a half has
    too few origins.

    Args:
        horizon: H; 0 takes that of the drawn forecast, or what fits.
        most: origins of each half at most.
        bands: "own" scores those of the model's head where it says a distribution;
            others are calibrated on the first half of the held-out part.
    """
    if horizon == 0:
        horizon = stretch(data)[1]
    calibration, scored = parts(data, horizon, most)
    own = bands == "own" and model.tells != "point"
    if not len(scored) or (len(calibration) < FEWEST and not own):
        return None
    came = free_forecasts(model, data, scored, horizon)
    errors = came.truth - came.predicted  # (N, H)
    if own:
        paths = drawn(model, data, scored, horizon, FEW_PATHS)  # (N, S, H)
        judged, calibrated = _by_paths(paths, came.truth), 0
    else:
        seen = free_forecasts(model, data, calibration, horizon)
        judged, calibrated = (
            _by_misses(seen.truth - seen.predicted, errors),
            len(calibration),
        )
    return Backtest(
        calibrated,
        len(scored),
        np.nanmean(np.abs(errors), 0),
        np.sqrt(np.nanmean(errors**2, 0)),
        *judged,
    )


Judged = tuple[Floats, Floats, Floats, Floats]
"""Coverage and width (levels, H), pinball loss and CRPS (H,)."""


def _by_misses(misses: Floats, errors: Floats) -> Judged:
    """Of a forecast plus its misses (M, H), by errors (N, H)."""
    widths = np.array([half_width(misses, level) for level in LEVELS])
    known = np.isfinite(errors)
    held = np.abs(errors)[None] <= widths[:, None]  # (levels, N, H)
    pairs = list(zip(misses.T, errors.T, strict=True))
    return (
        np.where(known, held, False).sum(1) / known.sum(0),
        2 * widths,
        np.array([pinball(m, e) for m, e in pairs]),
        np.array([crps(m, e) for m, e in pairs]),
    )


def _by_paths(paths: Floats, truth: Floats) -> Judged:
    """Of futures (N, S, H), by what came (N, H)."""
    known = np.isfinite(truth)
    by_path = torch.from_numpy(paths).transpose(0, 1)  # (S, N, H)
    ends = [[end.numpy() for end in band(by_path, level)] for level in LEVELS]
    held = np.array([(low <= truth) & (truth <= high) for low, high in ends])
    return (
        np.where(known, held, False).sum(1) / known.sum(0),
        np.array([(high - low).mean(0) for low, high in ends]),
        np.array([pinball_of_draws(paths[..., h], y) for h, y in enumerate(truth.T)]),
        np.array([crps_of_draws(paths[..., h], y) for h, y in enumerate(truth.T)]),
    )
