"""Repeated random sequences: their periods, and the Bayes predictor's loss."""

import math

import numpy as np
import pytest

from explorer.data.repeats import RepeatsSettings, bayes_losses, make
from explorer.errors import ExplorerError

SMALL = RepeatsSettings(symbols=3, shortest=1, longest=3, count=100, window=8)


def test_every_window_repeats_a_block_of_an_allowed_length() -> None:
    settings = RepeatsSettings(shortest=4, longest=9)
    data = make(settings, 0)
    found = set()
    for window in np.concatenate((data.train.x, data.validation.x)):
        fits = [p for p in range(4, 10) if (window[p:] == window[:-p]).all()]
        assert fits
        found.add(fits[0])
    assert found == set(range(4, 10))


def brute_force(window: list[int], settings: RepeatsSettings) -> list[float]:
    """-ln P(token | before) by summing over every block of every period."""
    V, longest = settings.symbols, settings.longest
    periods = range(settings.shortest, settings.longest + 1)

    def chance(prefix: list[int]) -> float:
        total = 0.0
        for period in periods:
            for number in range(V**longest):
                block = [number // V**k % V for k in range(longest)]
                said = [block[t % period] for t in range(len(prefix))]
                total += (said == prefix) / V**longest / len(periods)
        return total

    return [
        -math.log(chance(window[: t + 1]) / chance(window[:t]))
        for t in range(len(window))
    ]


def test_the_floor_is_the_bayes_predictors_loss() -> None:
    data = make(SMALL, 0)
    window = [*data.validation.x[0].tolist(), int(data.validation.y[0, -1])]
    expected = brute_force(window, SMALL)
    found = bayes_losses(np.array([window]), SMALL)[0]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert data.floor is not None
    assert 0 < data.floor < data.baselines["uniform"]


def test_a_short_period_may_not_exceed_the_long_one() -> None:
    with pytest.raises(ExplorerError, match="Swap them"):
        make(RepeatsSettings(shortest=9, longest=4), 0)
