"""Bands and scores of forecasts, by hand and by a second way of computing them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.catalog import building, choosing
from explorer.data import content
from explorer.data.base import Data
from explorer.models.base import SequenceModel
from explorer.training.backtesting import _by_misses, _by_paths, backtest
from explorer.training.forecasting import forecast, stretch
from explorer.training.intervals import (
    FEWEST,
    LEAST,
    LEVELS,
    banded,
    fan,
    foretell,
    free_forecasts,
    half_width,
    parts,
    scaled_widths,
)
from explorer.training.measures import judge
from explorer.training.proper import TAUS, crps, pinball

rng = np.random.default_rng(3)


def made(name: str) -> tuple[SequenceModel, Data]:
    size = {"data.days": 90} if name == "weather" else {"data.length": 300}
    size |= {"data.window": 17, "model.hidden_size": 5}
    config = choosing.make_config(name, "gru", size)
    torch.manual_seed(0)
    return building.build_model(config), building.make_data(config)


def test_a_band_reaches_to_the_kth_smallest_miss() -> None:
    misses = np.array([3.0, -1, 2, -5, 4, 9, -8, 7, 6])[:, None]
    assert half_width(misses, 0.9) == [9]  # k = ceil(10 * 0.9)
    assert half_width(misses, 0.5) == [5]  # k = ceil(10 * 0.5)
    assert half_width(misses[:8], 0.9) == [np.inf]
    assert half_width(np.append(misses, [[np.nan]], 0), 0.5) == [5]
    assert FEWEST == 9


def test_a_band_holds_what_it_promises() -> None:
    seen, to_come = rng.normal(size=(400, 7)), rng.normal(size=(4000, 7))
    held = np.abs(to_come) <= half_width(seen, 0.9)
    assert 0.87 < held.mean() < 0.93


def test_the_crps_is_the_area_between_two_distributions() -> None:
    misses, error = rng.normal(size=11), 0.4
    x = np.linspace(-6, 6, 200001)
    below = (misses[:, None] <= x).mean(0)
    area = np.sum((below - (x >= error)) ** 2) * (x[1] - x[0])
    assert crps(misses, np.array([error])) == pytest.approx(area, abs=1e-3)
    everyone = np.abs(misses - error).mean()
    apart = np.abs(misses[:, None] - misses).mean()
    assert crps(misses, np.array([error])) == pytest.approx(everyone - apart / 2)
    # Of one certain answer it is the absolute error.
    assert crps(np.array([2.0]), np.array([5.0, np.nan])) == 3


def test_the_pinball_loss_by_loops() -> None:
    misses, errors = rng.normal(size=13), rng.normal(size=5)
    each = []
    for tau in TAUS:
        q = np.quantile(misses, tau)
        each += [tau * (e - q) if e >= q else (1 - tau) * (q - e) for e in errors]
    assert pinball(misses, errors) == pytest.approx(np.mean(each))


def test_the_crps_is_twice_the_pinball_loss_of_all_quantiles() -> None:
    misses, errors = rng.normal(size=4000), rng.normal(size=3)
    taus = (np.arange(4000) + 0.5) / 4000
    beyond = errors[:, None] - np.sort(misses)
    area = 2 * np.maximum(taus * beyond, (taus - 1) * beyond).mean()
    assert crps(misses, errors) == pytest.approx(area, rel=1e-6)


def test_half_of_the_windows_calibrate_and_half_are_scored() -> None:
    model, data = made("sine")
    y = torch.from_numpy(data.validation.y.copy())
    with torch.no_grad():
        misses = (y - model(torch.tensor(data.validation.x)))[:, -1, 0].numpy()
    half = len(misses) // 2
    found = judge(model, data).measures
    assert found["crps"] == pytest.approx(crps(misses[:half], misses[half:]))
    assert found["pinball"] == pytest.approx(pinball(misses[:half], misses[half:]))


def test_too_few_misses_score_nothing() -> None:
    four, none = rng.normal(size=LEAST), np.array([np.nan])
    assert all(np.isfinite(list(banded(four, four).values())))
    assert np.isnan(list(banded(np.append(four[1:], np.nan), four).values())).all()
    assert np.isnan(list(banded(four, none).values())).all()


@pytest.mark.parametrize("name", ["sine", "stock", "weather"])
def test_many_origins_say_what_one_says(name: str) -> None:
    model, data = made(name)
    begin, horizon = stretch(data)
    origin = begin + data.steps
    drawn = forecast(model, data)
    seen = free_forecasts(model, data, np.array([origin - 5, origin]), horizon)
    path = np.exp(seen.predicted_shown[1]) if data.ratios else seen.predicted_shown[1]
    np.testing.assert_allclose(path, drawn.free[data.steps :], rtol=1e-5)
    truth = np.exp(seen.truth_shown[1]) if data.ratios else seen.truth_shown[1]
    np.testing.assert_allclose(truth, drawn.truth[data.steps :], rtol=1e-6)
    assert data.ratios == (name == "stock")


def test_what_calibrates_is_not_learned_from_nor_scored() -> None:
    _model, data = made("sine")
    assert data.series is not None
    n, split = len(data.series.values), data.series.split
    calibration, scored = parts(data, 7)
    assert calibration[0] == split
    assert calibration[-1] + 7 == scored[0] == (split + n) // 2
    assert scored[-1] + 7 == n
    few = parts(data, 7, 5)
    assert [len(each) for each in few] == [5, 5]
    assert (few.scored[0], few.scored[-1]) == (scored[0], scored[-1])


def test_the_fan_is_about_the_forecast_and_grows_with_its_level() -> None:
    for name in ("sine", "stock"):
        model, data = made(name)
        free = forecast(model, data).free[data.steps :]
        bands = fan(model, data, free)
        assert bands is not None
        assert (bands.low[1] <= bands.low[0]).all()
        assert (bands.high[1] >= bands.high[0]).all()
        if data.ratios:
            np.testing.assert_allclose(bands.low * bands.high, [free**2] * 2, rtol=1e-6)
        else:
            np.testing.assert_allclose(bands.low + bands.high, [2 * free] * 2)


@pytest.mark.parametrize("name", ["sine", "stock"])
def test_bands_are_as_wide_as_misses_of_the_calibration_part_in_shown_units(
    name: str,
) -> None:
    model, data = made(name)
    free = forecast(model, data).free[data.steps :]
    horizon = len(free)
    seen = free_forecasts(model, data, parts(data, horizon).calibration, horizon)
    k = int(np.ceil((len(seen.truth) + 1) * 0.9))
    shown = np.sort(np.abs(seen.truth_shown - seen.predicted_shown), 0)[k - 1]
    bands = fan(model, data, free)
    assert bands is not None
    high = np.log(bands.high[1] / free) if data.ratios else bands.high[1] - free
    np.testing.assert_allclose(high, shown, rtol=1e-6)
    scaled = np.sort(np.abs(seen.truth - seen.predicted), 0)[k - 1]
    np.testing.assert_allclose(scaled_widths(model, data, horizon)[1], scaled)
    assert not np.allclose(scaled, shown, rtol=0.1)


@pytest.mark.parametrize("name", ["sine", "stock"])
def test_a_forecast_and_its_bands_come_from_one_batch(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, data = made(name)
    free = forecast(model, data)
    alone = fan(model, data, free.free[data.steps :], 12)
    batches, answer = [], type(model).last_answer
    monkeypatch.setattr(
        type(model),
        "last_answer",
        lambda self, x: batches.append(len(x)) or answer(self, x),
    )
    drawn, bands = foretell(model, data, 12)
    assert batches == [13] * stretch(data)[1]
    assert alone is not None
    assert bands is not None
    for each, other in ((drawn, free), (bands, alone)):
        for value, wanted in zip(each, other, strict=True):
            np.testing.assert_allclose(value, wanted, rtol=1e-5)


def test_a_short_held_out_part_has_no_bands() -> None:
    config = choosing.make_config(
        "sine", "gru", {"data.length": 200, "data.window": 34, "model.hidden_size": 5}
    )
    model, data = building.build_model(config), building.make_data(config)
    assert fan(model, data, np.zeros(stretch(data)[1] + 12)) is None
    assert foretell(model, data)[1] is not None
    assert backtest(model, data, 18) is None


def test_a_backtest_counts_what_its_bands_hold() -> None:
    model, data = made("sine")
    found = backtest(model, data, 3)
    assert found is not None
    calibration, scored = parts(data, 3)
    seen, came = (free_forecasts(model, data, o, 3) for o in (calibration, scored))
    for h in range(3):
        k = int(np.ceil((len(calibration) + 1) * 0.9))
        misses = np.sort(np.abs(seen.truth[:, h] - seen.predicted[:, h]))
        errors = np.abs(came.truth[:, h] - came.predicted[:, h])
        assert found.coverage[1, h] == pytest.approx((errors <= misses[k - 1]).mean())
        assert found.width[1, h] == pytest.approx(2 * misses[k - 1])
        assert found.mae[h] == pytest.approx(errors.mean())
        assert found.rmse[h] == pytest.approx(np.sqrt((errors**2).mean()))


def test_a_backtest_passes_over_gaps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    values = np.sin(np.arange(320) / 6) + rng.normal(0, 0.1, 320)
    values[5::7] = np.nan
    settings = {"data.digest": content.put_series(values, "x"), "data.window": 16}
    config = choosing.make_config(
        "own_series", "gru", settings | {"data.missing": "mask"}
    )
    model, data = building.build_model(config), building.make_data(config)
    origins = parts(data, 3).scored
    came = free_forecasts(model, data, origins, 3)
    gaps = np.isnan(values[origins[:, None] + np.arange(3)])
    np.testing.assert_array_equal(np.isnan(came.truth), gaps)
    found = backtest(model, data, 3)
    assert found is not None
    for h in range(3):
        errors = (came.truth - came.predicted)[~gaps[:, h], h]
        assert found.mae[h] == pytest.approx(np.abs(errors).mean())
        assert found.rmse[h] == pytest.approx(np.sqrt((errors**2).mean()))


def test_what_nobody_knows_counts_neither_as_held_nor_as_missed() -> None:
    """Some truths are NaN: coverage is the share of the others, counted one by one."""
    rng = np.random.default_rng(4)
    misses, errors = rng.normal(size=(40, 3)), rng.normal(size=(31, 3))
    errors[::2, 1] = np.nan
    errors[5:, 2] = np.nan
    paths = rng.normal(size=(31, 39, 3))
    by_misses, width, *_scores = _by_misses(misses, errors)
    by_paths, *_rest = _by_paths(paths, errors)
    for row, level in enumerate(LEVELS):
        for h in range(3):
            came = [(n, e) for n, e in enumerate(errors[:, h]) if not np.isnan(e)]
            held = [abs(e) <= width[row, h] / 2 for _n, e in came]
            assert by_misses[row, h] == np.mean(held)
            out = round(20 * (1 - level))  # of 40 gaps, below and above
            ends = [np.sort(paths[n, :, h])[[out - 1, -out]] for n, _e in came]
            held = [
                low <= e <= high
                for (low, high), (_n, e) in zip(ends, came, strict=True)
            ]
            assert by_paths[row, h] == np.mean(held)
