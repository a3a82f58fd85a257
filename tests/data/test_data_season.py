"""The seasonal guess: what was seen one season ago, by plain loops."""

from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import building, choosing
from explorer.data import content
from explorer.data.baselines import season_of, seasonal_baseline

HOURS = np.arange(1200)
DAYS = np.sin(2 * np.pi * HOURS / 24) + 0.3 * np.sin(2 * np.pi * HOURS / 12)
QUICK = np.sin(2 * np.pi * HOURS / 6)
"""Its first peak of the autocorrelation lies before that of the days."""
SPIKES = np.zeros(200)
SPIKES[2 ** np.arange(8)] = 1
"""No two pairs of them lie equally far apart: each peak is chance."""
NOISE = np.random.default_rng(3).normal(size=1200)


@pytest.mark.parametrize("missing", ["forward", "mask"])
def test_the_same_hour_yesterday(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    values = 15 + 5 * DAYS + 0.1 * NOISE
    values[[700, 1100, 1101]] = np.nan
    settings = {"data.digest": content.put_series(values, "x"), "data.missing": missing}
    data = building.make_data(choosing.make_config("own_series", "rnn", settings))
    series = data.series
    assert series is not None
    scaled = (series.values - data.scaler.mean) / data.scaler.scale
    errors = []
    for window in range(len(data.validation.x)):
        last = len(scaled) - series.split - data.steps - 1
        count = len(data.validation.x)
        begin = series.split + round(window * last / (count - 1))
        for t in range(data.counted_from, data.steps):
            at = begin + t + 1
            errors.append((scaled[at] - scaled[at - 24]) ** 2)
    expected = np.nanmean(errors)
    assert data.baselines["a season ago"] == pytest.approx(expected, rel=1e-3)
    assert data.baselines["a season ago"] < 0.1 * data.baselines["repeat last"]


@pytest.mark.parametrize("name", ["sine", "weather"])
def test_waves_have_a_season(name: str) -> None:
    data = building.make_data(choosing.make_config(name))
    assert data.baselines["a season ago"] < data.baselines["mean"]


@pytest.mark.parametrize(
    ("values", "season"),
    [
        (DAYS, 24),
        (DAYS + 0.2 * NOISE, 24),
        (DAYS * 1e-6, 24),
        (DAYS + 0.9 * QUICK, 24),
        (HOURS * 1.0, None),
        (np.ones(100), None),
        (SPIKES, None),
        (np.arange(3.0), None),
        (np.where(HOURS % 7, DAYS, np.nan), 24),
    ],
)
def test_a_season_is_the_greatest_peak_not_the_first(
    values: np.ndarray, season: int | None
) -> None:
    assert season_of(values) == season


def test_the_held_out_part_does_not_tell_its_own_season() -> None:
    values = np.r_[DAYS[:900], 10 * np.sin(2 * np.pi * HOURS[900:] / 10)]
    assert season_of(values) != 24
    found = seasonal_baseline(values, 900, 24, 12)
    assert found["a season ago"] > 10


def test_the_next_value_is_no_season_where_the_large_ones_stand_side_by_side() -> None:
    """Of known pairs, neighbours may agree more than values do with themselves."""
    values = np.where(HOURS % 2, np.nan, DAYS)[:200]
    values[90:96] = 9
    assert season_of(values) != 1


def test_a_season_that_foretells_no_better_than_the_mean_is_not_told() -> None:
    weak = 0.5 * DAYS + NOISE
    assert season_of(weak[:900]) is not None
    assert seasonal_baseline(weak, 900, 24, 12) == {}
    assert set(seasonal_baseline(DAYS + 0.2 * NOISE, 900, 24, 12)) == {"a season ago"}
