"""Compiled recurrences of layers against the same ones step by step in PyTorch."""

import math
from collections.abc import Callable, Sequence
from itertools import product

import pytest
import torch
from torch import Tensor

from explorer.kernels import layers, loops

Shape = tuple[int, ...]

KINDS: dict[str, Callable[[int, int, int], Sequence[Shape]]] = {
    "gated_states": lambda B, T, H: [(B, T, H)] * 2,
    "turned_states": lambda B, T, H: [(H,)] * 2 + [(B, T, H)] * 2,
    "selected_reads": lambda B, T, H: [(B, T, H)] * 2 + [(B, T, 3)] * 2,
    "stabilised_states": lambda B, T, H: [(B, T, 4 * H), (4 * H, H)],
    "corrected_reads": lambda B, T, H: [(B, T)] * 2 + [(B, T, min(H, 5))] * 3,
}
"""By recurrence: the shapes of what it is given."""


def given(kind: str, B: int, T: int, H: int, dtype: torch.dtype) -> list[Tensor]:
    """Numbers between -0.9 and 0.9, as parts of a larger tensor where they are cut."""
    random = torch.Generator().manual_seed(T)
    whole = [
        torch.rand(*s[:-1], 2 * s[-1], generator=random) for s in KINDS[kind](B, T, H)
    ]
    cut = [1.8 * each.chunk(2, -1)[0].to(dtype) - 0.9 for each in whole]
    return [
        0.7 * each if each.dim() == 1 else each for each in cut
    ]  # poles stay inside


def passed(room: object, kind: str, parts: Sequence[Tensor]) -> list[Tensor]:
    """What comes out, and the gradients of what was given."""
    parts = [part.clone().requires_grad_() for part in parts]
    out: Tensor = getattr(room, kind)(*parts)
    random = torch.Generator().manual_seed(3)
    (out * torch.randn(out.shape, generator=random, dtype=out.dtype)).sum().backward()
    return [out.detach(), *(part.grad for part in parts if part.grad is not None)]


@pytest.mark.quick
@pytest.mark.parametrize("kind", KINDS)
def test_values_and_gradients_are_those_of_the_loop(kind: str) -> None:
    for B, T, H in product((1, 3), (1, 2, 9, 40), (1, 2, 33)):
        for dtype, rounding in ((torch.float32, 2e-5), (torch.float64, 1e-12)):
            parts = given(kind, B, T, H, dtype)
            ours, theirs = (passed(room, kind, parts) for room in (layers, loops))
            assert len(ours) == 1 + len(parts)
            torch.testing.assert_close(ours, theirs, rtol=rounding, atol=rounding)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_the_slopes_of_the_values(kind: str) -> None:
    parts = [p.requires_grad_() for p in given(kind, 2, 4, 3, torch.float64)]
    assert torch.autograd.gradcheck(getattr(layers, kind), parts)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30])
def test_what_is_no_number_is_seen(kind: str, value: float) -> None:
    for place in range(len(KINDS[kind](1, 1, 1))):
        parts = given(kind, 2, 5, 3, torch.float32)
        parts[place].view(-1)[1] = value
        ours, theirs = (getattr(room, kind)(*parts) for room in (layers, loops))
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-5, equal_nan=True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_compiled_is_the_loops(kind: str) -> None:
    parts = given(kind, 2, 5, 3, torch.bfloat16)
    ours, theirs = (getattr(room, kind)(*parts) for room in (layers, loops))
    assert torch.equal(ours, theirs)
