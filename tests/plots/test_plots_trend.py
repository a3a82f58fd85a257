"""Whether a loss still falls: the rule, its cases, and its two statistics."""

import numpy as np
import pytest
from scipy import stats

from explorer.plots.training import trend

pytestmark = pytest.mark.quick

STEPS = np.arange(0, 300, 12.0)
FALLING = 0.4 + 0.4 * np.exp(-STEPS / 100)
NOISE = np.random.default_rng(3).normal(size=len(STEPS))
TRENDS: list[tuple[np.ndarray, float, str]] = [
    (FALLING, 0.39, "falls"),
    (FALLING[:3], 0.39, "unknown"),
    (FALLING[:4], 0.39, "falls"),
    (np.full(25, 0.5), 0.4, "level"),
    (0.5 - 1e-5 * STEPS, 0.4, "level"),
    (0.5 - 4e-5 * STEPS, 0.49, "level"),
    (0.5 - 8e-5 * STEPS, 0.47, "falls"),
    (0.5 + 1e-3 * STEPS, 0.4, "rises"),
    (0.5 + 8e-5 * STEPS, 0.4, "rises"),
    (0.5 + 2e-5 * STEPS, 0.4, "level"),
    (0.5 - 1e-4 * STEPS + 0.1 * NOISE, 0.49, "unknown"),
    (1.04 + 0.001 * NOISE, 1.0, "level"),
    (np.where(STEPS == 204, 1.06, 1.04 - 1e-6 * STEPS), 1.0, "level"),
    (1.2 + 0.2 * np.exp(-np.clip(STEPS - 192, 0, None) / 10), 1.0, "level"),
    (0.5 - 1e-3 * STEPS + 0.004 * NOISE, 0.1, "falls"),
    (np.where(STEPS == 24, np.nan, FALLING), 0.39, "falls"),
    (np.full(25, np.nan), 0.4, "unknown"),
    (1 + 0.28 * (1 - STEPS / 288), 0.0, "level"),  # as many steps again win 28 %
    (1 + 0.32 * (1 - STEPS / 288), 0.0, "falls"),
    (np.array([4.0, 2.0, 3.0, 1.0]), 0.0, "unknown"),  # 1.4 deviations
]


@pytest.mark.parametrize(("losses", "floor", "moves"), TRENDS)
def test_whether_a_loss_still_falls(
    losses: np.ndarray, floor: float, moves: str
) -> None:
    assert trend.trend(STEPS[: len(losses)], losses, floor) == moves


@pytest.mark.parametrize(
    ("last", "now", "rise"),
    [(1.09, 0.5, None), (1.11, 0.5, 0.11), (1.11, 1.2, None), (1.11, None, None)],
)
def test_a_rise_by_a_tenth_while_training_falls_is_by_heart(
    last: float, now: float | None, rise: float | None
) -> None:
    validation = np.array([2.0, 1.0, last])
    training = np.array([1.5, 0.8, 0.7])
    found = trend.rise_by_heart(STEPS[:3], validation, STEPS[:3], training, now)
    assert found == (None if rise is None else pytest.approx(rise))


def test_a_rise_that_is_small_beside_the_fall_before_is_none_by_heart() -> None:
    """A net that is right nearly always, and at times sure of what is wrong."""
    training = np.array([1.5, 0.02, 0.01])
    for last, said in ((0.05, None), (0.12, 11.0)):
        validation = np.array([1.4, 0.01, last])
        found = trend.rise_by_heart(STEPS[:3], validation, STEPS[:3], training, 0.005)
        assert found == (said and pytest.approx(said))


def test_the_statistics_are_those_of_theil_and_sen_mann_and_kendall() -> None:
    """Found again by scipy."""
    for n in (4, 9, 25):
        x, y = STEPS[:n], (FALLING + 0.05 * NOISE)[:n]
        assert trend._slope(x, y) == pytest.approx(stats.theilslopes(y, x).slope)
        more = -stats.kendalltau(x, y).statistic * n * (n - 1) / 2
        scatter = np.sqrt(n * (n - 1) * (2 * n + 5) / 18)
        assert trend._sureness(y) == pytest.approx(more / scatter)
