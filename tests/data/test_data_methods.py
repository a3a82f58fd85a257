"""Methods older than networks: fitted once, rolled on, each checked a second way."""

import sys
import warnings

import numpy as np
import pytest

from explorer.data import methods, old_methods
from explorer.data.methods import Smoothing, filled, rolled, seasonal
from explorer.errors import ExplorerError

rng = np.random.default_rng(5)
SPLIT, N = 90, 120
WAVE = 2 + np.sin(np.arange(N) * 2 * np.pi / 7) + 0.1 * rng.normal(size=N)


def test_a_season_ago_goes_on_from_what_it_said() -> None:
    values = np.array([1.0, 2, 3, 4, np.nan, np.nan, np.nan])
    said = seasonal(values, 2)
    np.testing.assert_array_equal(said, [np.nan, np.nan, 1, 2, 3, 4, 3])


def test_gaps_are_filled_with_what_was_known_last() -> None:
    np.testing.assert_array_equal(
        filled(np.array([np.nan, 1, np.nan, 3])), [1, 1, 1, 3]
    )
    assert not len(filled(np.full(4, np.nan)))


def test_smoothing_rolls_as_statsmodels_does() -> None:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    def model(values: methods.Floats, **first: object) -> ETSModel:
        return ETSModel(
            values,
            trend="add",
            damped_trend=True,
            seasonal="add",
            seasonal_periods=7,
            **first,
        )

    params = np.array([0.3, 0.05, 0.2, 0.9])
    first = {"level": 2.0, "trend": 0.1, "seasonal": [0.1, 0.5, 0, 0, 0.2, -0.4, 1]}
    known = {f"initial_{name}": value for name, value in first.items()}
    whole = model(WAVE, initialization_method="known", **known).smooth(params)
    ours = Smoothing(*params, 2.0, 0.1, np.array(first["seasonal"]))
    np.testing.assert_allclose(ours.roll(WAVE), whole.fittedvalues, rtol=1e-9)


def test_a_missing_value_is_as_good_as_the_expected_one() -> None:
    smoothing = Smoothing(0.4, 0.1, 0.0, 0.9, 1.0, 0.2, np.zeros(1))
    gap = np.where(np.arange(N) == 50, np.nan, WAVE)
    said = smoothing.roll(gap)
    np.testing.assert_allclose(smoothing.roll(np.where(np.isnan(gap), said, gap)), said)


def test_arima_rolls_as_one_that_is_told_value_by_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from statsmodels.tsa.arima.model import ARIMA

    monkeypatch.setattr(methods, "ORDERS", {0: ((1, 1),), 1: ((1, 1),)})
    (found,) = (m for m in methods.fitted(WAVE, SPLIT) if m.name.startswith("ARIMA"))
    order = tuple(map(int, found.name[6:-1].split(",")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = ARIMA(WAVE[:SPLIT], order=order, trend="n" if order[1] else "c").fit(
            method_kwargs={"maxiter": methods.ITERATIONS}
        )
    said = []
    for value in WAVE[SPLIT : SPLIT + 5]:
        said.append(float(result.forecast(1)[0]))
        result = result.append([value])
    np.testing.assert_allclose(found.roll(WAVE)[SPLIT : SPLIT + 5], said, rtol=1e-6)


def test_nothing_of_the_held_out_part_is_fitted_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(methods, "ORDERS", {0: ((1, 0),), 1: ((0, 1),)})
    changed = np.append(WAVE[:100], WAVE[100:] + 9)
    for one, other in zip(
        rolled(WAVE, SPLIT, 110), rolled(changed, SPLIT, 110), strict=True
    ):
        assert one.name == other.name
        np.testing.assert_array_equal(one.one_step[:11], other.one_step[:11])
        assert len(one.one_step) == N - SPLIT
        assert len(one.free) == 10
        # Left alone, nothing that comes later is known; the first step is the same.
        assert one.free[0] == pytest.approx(one.one_step[20])
    again = np.append(WAVE[:110], np.zeros(10))
    for one, other in zip(
        rolled(WAVE, SPLIT, 110), rolled(again, SPLIT, 110), strict=True
    ):
        np.testing.assert_array_equal(one.free, other.free)


def test_what_does_not_move_has_no_methods() -> None:
    assert rolled(np.ones(N), SPLIT, 110) == []
    assert rolled(WAVE[:40], 20, 30) == []


def test_a_process_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ExplorerError, match="process of their own, but it failed"):
        old_methods.in_own_process(WAVE, SPLIT, 110)
