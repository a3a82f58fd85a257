"""Regression in context: the floor is Bayes' own, and a window tells its answers."""

import numpy as np
import pytest

from explorer.data.in_context import InContextSettings, make, problems, regressed


def test_a_step_gives_its_numbers_and_the_answer_before() -> None:
    data = make(InContextSettings(dimensions=2, window=8, count=100), 1)
    x, y = data.train
    assert x.shape == (100, 8, 3)
    assert y.shape == (100, 8, 1)
    assert (x[:, 0, 2] == 0).all()
    np.testing.assert_array_equal(x[:, 1:, 2], y[:, :-1, 0])


def test_ridge_is_the_mean_of_the_weights_given_the_pairs() -> None:
    """In one dimension by hand: w | pairs has mean sum(u v) / (sum(u^2) + sigma^2)."""
    u = np.array([[[1.0], [2.0], [3.0]]])
    v = np.array([[0.5, 2.0, 9.0]])
    said = regressed(u, v, 0.25)[0]
    np.testing.assert_allclose(said, [0, 2 * 0.5 / 1.25, 3 * 4.5 / 5.25], rtol=1e-12)
    plain = regressed(u, v, 0.0)[0]
    np.testing.assert_allclose(plain, [0, 2 * 0.5, 3 * 4.5 / 5], rtol=1e-12)


def test_no_other_ridge_does_better_on_average() -> None:
    settings = InContextSettings(dimensions=3, noise=0.4, window=8)
    u, v = problems(settings, 4000, np.random.default_rng(2))
    errors = {
        factor: float(np.mean((v - regressed(u, v, factor * 3 * 0.16)) ** 2))
        for factor in (0.25, 1.0, 4.0)
    }
    assert errors[1.0] < min(errors[0.25], errors[4.0])


def test_the_floor_lies_between_the_noise_and_least_squares() -> None:
    data = make(InContextSettings(count=100), 3)
    assert data.floor is not None
    assert 0.04 < data.floor < data.baselines["least squares"]
    u, v = data.validation.x[..., :3].astype(float), data.validation.y[..., 0]
    best = np.mean((v - regressed(u, v.astype(float), 3 * 0.2**2)) ** 2)
    assert data.floor == pytest.approx(best, rel=1e-4)
    assert data.baselines["mean"] == pytest.approx(1.04, abs=0.25)
