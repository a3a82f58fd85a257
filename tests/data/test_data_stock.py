import numpy as np
import pytest

from explorer.data.base import Data
from explorer.data.noise import counted_places
from explorer.data.stock import (
    DAYS_A_YEAR,
    START_PRICE,
    WEEK,
    StockSettings,
    make,
    volatilities,
)


def innovations(data: Data, settings: StockSettings) -> np.ndarray:
    """(n - 2,) what of each log price was not foreseeable, from prices alone."""
    log_price = np.log(data.series.values)
    days = np.arange(len(log_price))
    drift = np.log1p(settings.drift / 100) / DAYS_A_YEAR
    gap = log_price - np.log(START_PRICE) - drift * days
    push = settings.weekly / 100 * WEEK[days % 5]
    return gap[1:] - (1 - settings.mean_reversion) * gap[:-1] - push[1:]


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    "values",
    [{}, {"mean_reversion": 0.3}, {"weekly": 1.0}, {"turbulence": 1.0}],
    ids=str,
)
def test_floor_is_the_loss_of_whoever_knows_the_simulator(
    values: dict[str, float], seed: int
) -> None:
    settings = StockSettings(**values)
    data = make(settings, seed)
    unforeseen = np.append(0.0, innovations(data, settings)) / data.scaler.scale
    places = counted_places(
        settings.length, data.series.split, data.steps, data.counted_from
    )
    assert np.mean(unforeseen[places] ** 2) == pytest.approx(data.floor, rel=1e-6)


def test_floor_of_prices_is_the_variance_of_a_lognormal_step() -> None:
    """One regime: draw many next prices from each counted day and take the variance."""
    settings = StockSettings(target="price", turbulence=1.0, volatility=60.0)
    data = make(settings, 4)
    places = counted_places(
        settings.length, data.series.split, data.steps, data.counted_from
    )
    s = settings.volatility / 100 / np.sqrt(DAYS_A_YEAR)
    drift = np.log1p(settings.drift / 100) / DAYS_A_YEAR
    draws = np.exp(drift + s * np.random.default_rng(0).normal(size=200_000))
    before = data.series.values[places - 1]
    expected = np.mean(before**2) * np.var(draws) / data.scaler.scale**2
    assert data.floor == pytest.approx(expected, rel=0.02)
    step = np.exp(2 * drift + s**2) * (np.exp(s**2) - 1)  # Var exp(N(drift, s^2))
    exact = np.mean(before**2) * step / data.scaler.scale**2
    assert data.floor == pytest.approx(exact, rel=1e-9)


def test_volatility_is_what_was_set_and_has_two_regimes() -> None:
    settings = StockSettings(volatility=30, turbulence=4, length=10000)
    rng = np.random.default_rng(0)
    found = np.concatenate([volatilities(settings, rng) for _ in range(20)])
    levels = np.unique(found)
    assert len(levels) == 2
    assert levels[1] / levels[0] == pytest.approx(4)
    yearly = np.sqrt(np.mean(found**2) * DAYS_A_YEAR)
    assert yearly == pytest.approx(0.30, rel=0.03)


def test_one_regime_where_turbulence_is_one() -> None:
    settings = StockSettings(turbulence=1, volatility=20)
    found = volatilities(settings, np.random.default_rng(0))
    np.testing.assert_allclose(found, 0.20 / np.sqrt(DAYS_A_YEAR))


def test_prices_start_at_100_on_business_days() -> None:
    series = make(StockSettings(), 0).series
    assert series.values[0] == pytest.approx(START_PRICE)
    assert series.positions.dtype == np.dtype("datetime64[D]")
    assert np.is_busday(series.positions).all()
    assert (np.diff(series.positions) > np.timedelta64(0)).all()


def test_model_is_given_log_returns_while_prices_are_shown() -> None:
    data = make(StockSettings(), 3)
    given = data.scaler.undo(data.series.scaled)
    expected = np.diff(np.log(data.series.values))
    np.testing.assert_allclose(given[1:], expected, atol=1e-8)


def test_model_is_given_prices() -> None:
    data = make(StockSettings(target="price"), 3)
    given = data.scaler.undo(data.series.scaled)
    np.testing.assert_allclose(given, data.series.values, rtol=1e-5)


def test_repeat_last_repeats_the_price() -> None:
    """Equal to the mean squared raw return, in scaled units."""
    data = make(StockSettings(), 2)
    y = data.scaler.undo(data.validation.y[:, data.counted_from :])
    expected = np.mean(y**2) / data.scaler.scale**2
    assert data.baselines["repeat last"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("target", ["log_return", "price"])
@pytest.mark.parametrize("seed", range(5))
def test_repeating_the_last_price_stands_at_the_floor(target: str, seed: int) -> None:
    data = make(StockSettings(target=target), seed)
    assert data.baselines["repeat last"] == pytest.approx(data.floor, rel=0.05)


@pytest.mark.parametrize("values", [{"mean_reversion": 0.5}, {"weekly": 2.0}], ids=str)
def test_what_can_be_foreseen_lifts_repeat_last_off_the_floor(
    values: dict[str, float],
) -> None:
    data = make(StockSettings(**values), 0)
    assert data.baselines["repeat last"] > 1.2 * data.floor
    assert data.hint == ""


def test_random_walk_comes_with_a_hint() -> None:
    assert "no model is expected to beat" in make(StockSettings(), 0).hint


def test_weekday_effect_is_on_its_days() -> None:
    data = make(StockSettings(weekly=2.0, volatility=10.0, length=10000), 0)
    returns = np.append(0.0, np.diff(np.log(data.series.values)))
    means = [returns[day::5].mean() * 100 for day in range(5)]
    np.testing.assert_allclose(means, 2.0 * WEEK, atol=0.15)


def test_drift_is_the_growth_of_a_middling_year() -> None:
    settings = StockSettings(drift=20.0, volatility=1.0, turbulence=1.0, length=2521)
    values = make(settings, 0).series.values
    assert (values[2520] / values[0]) ** 0.1 == pytest.approx(1.20, abs=0.02)
