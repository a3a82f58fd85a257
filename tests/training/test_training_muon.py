"""Muon in float32 against its singular values in float64, and against PyTorch's."""

import math
from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor, nn

from explorer.training.flat import Flat
from explorer.training.muon import ROUNDS, Muon, orthogonal

torch.set_num_threads(1)


def by_singular_values(matrix: Tensor) -> Tensor:
    """The polynomial on each singular value instead of on the matrix."""
    left, values, right = torch.linalg.svd(matrix.double(), full_matrices=False)
    values = values / values.square().sum().sqrt().clamp(min=1e-7)
    for _ in range(ROUNDS):
        values = 3.4445 * values - 4.775 * values**3 + 2.0315 * values**5
    return (left * values @ right).to(matrix.dtype)


class OneByOne(torch.optim.Optimizer):
    """The rule as its paper has it, every weight by itself."""

    def __init__(
        self, weights: Sequence[nn.Parameter], lr: float, momentum: float, decay: float
    ) -> None:
        super().__init__(weights, {"lr": lr})
        self.momentum, self.decay = momentum, decay

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        lr, beta = self.param_groups[0]["lr"], self.momentum
        for weight in self.param_groups[0]["params"]:
            before = self.state[weight].get("momentum_buffer", torch.zeros(()))
            average = beta * before + (1 - beta) * weight.grad
            self.state[weight]["momentum_buffer"] = average
            move = by_singular_values((1 - beta) * weight.grad + beta * average)
            move = 0.2 * math.sqrt(max(weight.shape)) * move
            weight.copy_((1 - lr * self.decay) * weight - lr * move)


@pytest.mark.parametrize("shape", [(1, 3, 3), (2, 5, 11), (3, 11, 5), (1, 2, 64)])
def test_what_is_orthogonal_has_the_same_directions_and_equal_lengths(
    shape: tuple[int, ...],
) -> None:
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(7))
    found = orthogonal(matrices)
    for each, wanted in zip(found, map(by_singular_values, matrices), strict=True):
        torch.testing.assert_close(each, wanted, rtol=1e-3, atol=1e-4)
    assert ((torch.linalg.svdvals(found) - 0.91).abs() < 0.24).all()


def test_the_length_of_a_gradient_does_not_matter_and_none_moves_nothing() -> None:
    matrices = torch.randn(2, 5, 7, generator=torch.Generator().manual_seed(7))
    torch.testing.assert_close(orthogonal(1e-4 * matrices), orthogonal(matrices))
    assert not orthogonal(torch.zeros(1, 3, 5)).any()
    assert orthogonal(torch.full((1, 3, 5), math.nan)).isnan().all()


def test_a_step_is_pytorchs_up_to_what_its_bfloat16_rounds_away() -> None:
    shapes = ((5, 11), (11, 5), (5, 11), (7, 7))
    source = torch.Generator().manual_seed(7)
    values = [torch.randn(shape, generator=source) for shape in shapes]
    ours, theirs = ([nn.Parameter(v.clone()) for v in values] for _ in range(2))
    flat = Flat(ours)
    muon, memory = Muon(momentum=0.9, decay=0.1), dict[str, Tensor]()
    other = torch.optim.Muon(
        theirs, 0.05, weight_decay=0.1, momentum=0.9, adjust_lr_fn="match_rms_adamw"
    )
    for _ in range(3):
        for w, v in zip(ours, theirs, strict=True):
            slope = torch.randn(w.shape, generator=source)
            w.grad.copy_(slope)  # a view of the gradient of all
            v.grad = slope
        with torch.no_grad():
            muon(flat, memory, rate=0.05)
        other.step()
    for before, w, v in zip(values, ours, theirs, strict=True):
        assert (w - v).norm() < 0.02 * (w - before).norm()
