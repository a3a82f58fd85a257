"""The adding problem: its answers, and what always answering 1 costs."""

import numpy as np
import pytest

from explorer.data.adding import AddingSettings, make, problems, spread_pairs, windows


def test_always_answering_one_costs_a_sixth() -> None:
    """The integral of (u + v - 1)^2 over the unit square, and a big sample."""
    nodes, weights = np.polynomial.legendre.leggauss(3)
    u, w = (nodes + 1) / 2, weights / 2  # exact for polynomials up to degree 5
    integral = np.einsum("i,j,ij->", w, w, np.square(np.add.outer(u, u) - 1))
    assert integral == pytest.approx(1 / 6, abs=1e-12)
    assert round(1 / 6, 5) == 0.16667
    rng = np.random.default_rng(0)
    sums = windows(*problems(rng, 200_000, 10)).y[:, -1, 0]
    # Four standard errors: the square's own variance is 1/15 - 1/36.
    room = 4 * np.sqrt((1 / 15 - 1 / 36) / 200_000)
    assert np.square(sums - 1).mean() == pytest.approx(1 / 6, abs=room)
    assert room < 0.1767 - 1 / 6  # the misprint is told apart


@pytest.mark.parametrize("seed", range(5))
def test_the_held_out_windows_measure_the_same(seed: int) -> None:
    baseline = make(AddingSettings(), seed).baselines["always 1"]
    assert baseline == pytest.approx(1 / 6, abs=0.015)


@pytest.mark.parametrize("steps", [10, 50, 400])
def test_one_step_of_each_half_is_marked_and_their_sum_is_asked(steps: int) -> None:
    data = make(AddingSettings(window=steps, count=300), 3)
    for x, y in (data.train, data.validation):
        first, second = x[:, : steps // 2, 1], x[:, steps // 2 :, 1]
        assert (first.sum(1) == 1).all()
        assert (second.sum(1) == 1).all()
        assert set(np.unique(x[:, :, 1])) == {0.0, 1.0}
        for one, answer in zip(x, y[:, -1, 0], strict=True):
            assert answer == pytest.approx(sum(one[one[:, 1] == 1, 0]), abs=1e-6)
        assert x[:, :, 0].min() >= 0
        assert x[:, :, 0].max() <= 1
    assert data.counted_from == steps - 1


def test_spread_pairs_fill_every_cell_once() -> None:
    pairs = spread_pairs(np.random.default_rng(1))
    cells = np.floor(pairs * 8).astype(int)
    assert len({(i, j) for i, j in cells}) == 64
