import numpy as np
import pytest

from explorer.data.statistics import (
    autocorrelation,
    balance,
    series_numbers,
    stationarity,
    text_numbers,
)

RNG = np.random.default_rng(1)
NOISE = RNG.normal(size=700)


def test_numbers_of_a_series() -> None:
    found = series_numbers(np.array([1.0, np.nan, 3, 8]))
    assert found[:2] == (4, 1)
    assert found[2:] == pytest.approx((4, np.sqrt(26 / 3), 1, 8))
    assert series_numbers(np.full(3, np.nan)).missing == 3


def test_entropy_of_tokens() -> None:
    found = text_numbers(np.array([0, 0, 1, 2]), 4)
    assert found == (4, 4, pytest.approx(1.5), 2.0)
    assert text_numbers(np.zeros(5, int), 1).entropy == 0


def test_autocorrelation() -> None:
    wave = autocorrelation(np.sin(2 * np.pi * np.arange(2000) / 20))
    assert wave.values[0] == 1
    assert wave.values[10] == pytest.approx(-1, abs=0.02)
    assert wave.values[20] == pytest.approx(1, abs=0.02)
    noise = autocorrelation(NOISE)
    assert noise.band == pytest.approx(1.96 / np.sqrt(700))
    assert np.mean(np.abs(noise.values[1:]) < noise.band) > 0.9
    assert len(autocorrelation(np.ones(50)).values) == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (NOISE, "steady"),
        (np.cumsum(NOISE), "wandering"),
        (np.sin(np.arange(900) / 8), "steady"),
        (NOISE[:20], "unknown"),
        (np.ones(300), "unknown"),
        (np.append([np.nan] * 9, NOISE), "steady"),
    ],
)
def test_stationarity(values: np.ndarray, message: str) -> None:
    assert stationarity(values) == message


def test_balance_counts_answers_only() -> None:
    answers = np.array([[0, 2, -100], [2, 2, 0]])
    assert balance(answers, ("a", "b", "c")) == (("a", 0.4), ("b", 0), ("c", 0.6))
