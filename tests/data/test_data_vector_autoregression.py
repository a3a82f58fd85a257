"""A VAR: found again where it made the series, and rolled as statsmodels does."""

import numpy as np
import pytest

from explorer.data import methods
from explorer.data.vector_autoregression import regressed, rolled_together

rng = np.random.default_rng(3)
N, SPLIT = 600, 480
WEIGHTS = np.array([[[0.5, 0.0], [0.0, 0.3]], [[0.0, 0.0], [0.6, 0.0]]])
"""The second series follows the first by two places."""


def made() -> np.ndarray:
    values = np.zeros((N, 2))
    for t in range(2, N):
        values[t] = 0.1 * rng.normal(size=2) + [1.0, 0.5]
        values[t] += WEIGHTS[0] @ values[t - 1] + WEIGHTS[1] @ values[t - 2]
    return values


PAIR = made()


@pytest.fixture(autouse=True)
def few_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "ORDERS", {0: ((1, 0),), 1: ((0, 1),)})


def test_a_var_reads_the_other_series() -> None:
    found = {each.name: each for each in rolled_together(PAIR, SPLIT, 590)}
    assert [*found][-1] == "VAR(2)"
    miss = {
        name: np.square(each.one_step - PAIR[SPLIT:]).mean(0)
        for name, each in found.items()
    }
    assert miss["VAR(2)"] == pytest.approx([0.01, 0.01], rel=0.4)
    alone = min(each[1] for name, each in miss.items() if name != "VAR(2)")
    assert alone > 1.3 * miss["VAR(2)"][1]
    assert all(each.free.shape == (10, 2) for each in found.values())


def test_it_rolls_as_statsmodels_forecasts() -> None:
    from statsmodels.tsa.vector_ar.var_model import VAR

    result = VAR(PAIR[:SPLIT]).fit(maxlags=2)
    said = regressed(PAIR, result.intercept, result.coefs)
    for place in (SPLIT, 590):
        expected = result.forecast(PAIR[place - 2 : place], 1)[0]
        np.testing.assert_allclose(said[place], expected, rtol=1e-9)
    alone = np.where(np.arange(N)[:, None] < 590, PAIR, np.nan)
    free = regressed(alone, result.intercept, result.coefs)[590:]
    np.testing.assert_allclose(free, result.forecast(PAIR[588:590], 10), rtol=1e-9)


def test_a_missing_value_is_as_good_as_what_was_said() -> None:
    gap = PAIR.copy()
    gap[300, 1] = np.nan
    said = regressed(gap, np.zeros(2), WEIGHTS)
    filled = np.where(np.isnan(gap), said, gap)
    np.testing.assert_allclose(regressed(filled, np.zeros(2), WEIGHTS), said)


def test_nothing_of_the_held_out_part_is_fitted_to() -> None:
    changed = np.concatenate([PAIR[:500], PAIR[500:] + 9])
    for one, other in zip(
        rolled_together(PAIR, SPLIT, 500),
        rolled_together(changed, SPLIT, 500),
        strict=True,
    ):
        assert one.name == other.name
        np.testing.assert_array_equal(one.one_step[:21], other.one_step[:21])
        np.testing.assert_array_equal(one.free, other.free)


def test_a_series_that_does_not_move_is_fitted_by_nothing() -> None:
    still = PAIR.copy()
    still[:, 1] = 4
    assert rolled_together(still, SPLIT, 590) == []
