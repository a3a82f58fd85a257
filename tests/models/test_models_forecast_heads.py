"""Heads of a forecast by second ways of computing them."""

import math
from statistics import NormalDist

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from explorer.models.forecast_heads import (
    N_QUANTILES,
    NUMBERS,
    Head,
    band,
    by_series,
    futures,
    gaussian,
    head_floor,
    head_loss,
    levels,
    quantile_at,
    quantiles,
)

pytestmark = pytest.mark.quick

random = torch.Generator().manual_seed(5)
TAUS = np.arange(1, 20) / 20
BOTH: tuple[Head, ...] = ("gaussian", "quantile")


def outputs(head: Head, *shape: int) -> torch.Tensor:
    size = (*shape, NUMBERS[head])
    return torch.randn(size, generator=random, dtype=torch.float64)


def test_a_gaussian_learns_by_its_likelihood() -> None:
    output, y = outputs("gaussian", 7, 3), torch.randn(7, 3, generator=random).double()
    spread = (output[..., 1] / 2).exp()
    expected = -torch.distributions.Normal(output[..., 0], spread).log_prob(y)
    torch.testing.assert_close(head_loss("gaussian", output, y), expected)


def test_a_variance_stays_within_bounds() -> None:
    wild = torch.tensor([[0.0, 1e6], [0.0, -1e6]])
    assert gaussian(wild)[1].tolist() == [14, -14]
    assert head_loss("gaussian", wild, torch.ones(2)).isfinite().all()


def test_quantiles_learn_by_the_pinball_loss_and_never_cross() -> None:
    output, y = 20 * outputs("quantile", 5), torch.tensor([-3.0, 0, 1, 2, 30]).double()
    q = quantiles(output)
    assert (q.diff(dim=-1) >= 0).all()
    torch.testing.assert_close(q[:, 9], output[:, 0])  # the median
    found = head_loss("quantile", output, y)
    for k in range(5):
        each = [
            t * (y[k] - v) if y[k] >= v else (1 - t) * (v - y[k])
            for t, v in zip(TAUS, q[k], strict=True)
        ]
        assert float(found[k]) == pytest.approx(float(sum(each)) / N_QUANTILES)


def test_gaps_between_quantiles_are_ninths_of_a_softplus() -> None:
    output = outputs("quantile", 3)
    (low, q, high) = quantiles(output)[:, :9], output[:, :1], quantiles(output)[:, 10:]
    gaps = torch.log1p(output[:, 1:].exp()) / 9
    for k in range(9):
        torch.testing.assert_close(low[:, 8 - k], q[:, 0] - gaps[:, : k + 1].sum(1))
        torch.testing.assert_close(high[:, k], q[:, 0] + gaps[:, 9 : 10 + k].sum(1))
    even = quantiles(torch.zeros(N_QUANTILES))
    assert float(even[-1] - even[9]) == pytest.approx(math.log(2))


@pytest.mark.parametrize("head", BOTH)
def test_levels_and_quantiles_are_each_others_inverse(head: Head) -> None:
    output = outputs(head, 4)[:, None].expand(-1, 999, -1)
    u = (torch.arange(1, 1000).double() / 1000).expand(4, -1)
    q = quantile_at(head, output, u)
    assert (q.diff(dim=1) >= 0).all()
    if head == "gaussian":
        mean, log_variance = gaussian(output[:, 0])
        for row, m, v in zip(q, mean, log_variance, strict=True):
            normal = NormalDist(float(m), math.exp(float(v) / 2))
            below = [normal.cdf(float(each)) for each in row[::111]]
            assert below == pytest.approx(u[0, ::111].tolist())
    else:
        torch.testing.assert_close(q[:, 49::50], quantiles(output[:, 0]))
        # beyond the last quantile half of what is left lies each as far out again
        assert float(q[0, 974] - q[0, 949]) == pytest.approx(
            float(q[0, 949] - q[0, 899])
        )
        assert float(q[0, 49] - q[0, 24]) == pytest.approx(float(q[0, 99] - q[0, 49]))


def test_the_floor_is_what_the_truth_itself_reaches() -> None:
    s = 0.3
    density = NormalDist(0, s).pdf
    nats = quad(lambda y: -density(y) * math.log(density(y)), -3, 3)[0]
    assert head_floor("gaussian", s**2) == pytest.approx(nats)
    losses = []
    for tau in TAUS:
        q = NormalDist(0, s).inv_cdf(tau)
        above = quad(lambda y, t=tau, q=q: t * (y - q) * density(y), q, 3)[0]
        below = quad(lambda y, t=tau, q=q: (1 - t) * (q - y) * density(y), -3, q)[0]
        losses.append(above + below)
    assert head_floor("quantile", s**2) == pytest.approx(np.mean(losses))
    assert levels(torch.zeros(1)).tolist() == pytest.approx(TAUS.tolist())


class Halving(torch.nn.Module):
    """Half the last value, give or take a tenth."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        spread = torch.full_like(x[..., :1], 2 * math.log(0.1))
        return torch.cat([x[..., :1] / 2, spread], -1)


def test_futures_feed_back_what_was_drawn() -> None:
    window = torch.tensor([[[0.0, 1.0], [4.0, 1.0]]])  # (1, T, I)
    rest = torch.zeros(1, 3, 1)
    drawn = futures(Halving(), "gaussian", window, rest, 4000, 1)
    assert drawn.shape == (1, 4000, 3, 1)
    torch.testing.assert_close(
        drawn, futures(Halving(), "gaussian", window, rest, 4000, 1)
    )
    other = futures(Halving(), "gaussian", window, rest, 4000, 2)
    assert (drawn != other).all()
    mean, spread = drawn[0, ..., 0].mean(0), drawn[0, ..., 0].std(0)
    torch.testing.assert_close(mean, torch.tensor([2.0, 1, 0.5]), atol=0.01, rtol=0)
    grown = [0.1 * math.sqrt(sum(0.25**k for k in range(h + 1))) for h in range(3)]
    torch.testing.assert_close(spread, torch.tensor(grown), atol=0.004, rtol=0)


class Following(torch.nn.Module):
    """The last number beside the series, all but surely."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x[..., 1:], torch.full_like(x[..., :1], -14)], -1)


def test_futures_are_given_what_stands_beside_them() -> None:
    window = torch.tensor([[[0.0, 5.0]], [[0.0, 7.0]]])  # (2, T, I)
    rest = torch.tensor([[[1.0], [2.0], [9.0]], [[3.0], [4.0], [9.0]]])  # (2, H, 1)
    drawn = futures(Following(), "gaussian", window, rest, 50, 1)[..., 0].mean(1)
    expected = torch.tensor([[5.0, 1, 2], [7, 3, 4]])
    torch.testing.assert_close(drawn, expected, atol=0.01, rtol=0)


class Swapping(torch.nn.Module):
    """Two series that take each other's place, give or take 0.1 and 0.2."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        spread = 2 * torch.tensor([0.1, 0.2]).log().expand_as(x)
        return torch.cat([x.flip(-1), spread], -1)


def test_futures_of_several_series_feed_each_other() -> None:
    window = torch.tensor([[[0.0, 0.0], [4.0, 8.0]]])  # (1, T, O)
    rest = torch.zeros(1, 2, 0)
    drawn = futures(Swapping(), "gaussian", window, rest, 4000, 1)[0]  # (S, H, O)
    expected = torch.tensor([[8.0, 4.0], [4.0, 8.0]])
    torch.testing.assert_close(drawn.mean(0), expected, atol=0.02, rtol=0)
    grown = torch.tensor([[0.1, 0.2], [math.hypot(0.1, 0.2)] * 2])
    torch.testing.assert_close(drawn.std(0), grown, atol=0.01, rtol=0)


def test_a_head_of_several_series_gives_each_its_numbers() -> None:
    output = torch.arange(12.0).view(2, 6)  # two steps, O = 3, K = 2
    found = by_series(output, 3)
    assert found.tolist()[0] == [[0, 3], [1, 4], [2, 5]]
    assert by_series(output, 1).tolist() == output[:, None].tolist()


def test_a_band_lies_between_paths() -> None:
    paths = torch.randperm(39, generator=random)[:, None].double()
    assert [float(end) for end in band(paths, 0.9)] == [1, 37]  # 36 of 40 gaps
    assert [float(end) for end in band(paths, 0.5)] == [9, 29]
