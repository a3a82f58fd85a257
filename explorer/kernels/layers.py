"""The recurrences of layers, compiled.

What each computes stands in `loops`, which is used where nothing is compiled.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from explorer.kernels import loops
from explorer.kernels.nets import is_plain, kernel, plain, start


class _Carried(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor) -> Tensor:
        states = b.new_empty(b.shape)
        kernel("gated").forward(*plain(a, b, states))
        ctx.save_for_backward(a, states)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, ...]:
        a, states = ctx.saved_tensors
        found = slopes.new_empty(2, *slopes.shape)
        kernel("gated").backward(*plain(slopes, a, states, *found))
        return found[0], found[1]


class _Turned(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, p: Tensor, q: Tensor) -> Tensor:
        states = p.new_empty(2, *p.shape)
        kernel("turned").forward(*plain(a, b, p, q, *states))
        ctx.save_for_backward(a, b, states)
        return torch.cat([*states], -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, ...]:
        a, b, states = ctx.saved_tensors
        found = states.new_empty(states.shape)
        given = plain(*slopes.chunk(2, -1), a, b, *states, *found)
        poles = torch.from_numpy(kernel("turned").backward(*given)).to(a)
        return poles[0], poles[1], found[0], found[1]


class _Selected(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, a: Tensor, w: Tensor, B: Tensor, C: Tensor) -> Tensor:
        states, y = a.new_empty(*a.shape, B.shape[-1]), a.new_empty(a.shape)
        kernel("selected").forward(*plain(a, w, B, C, states, y))
        ctx.save_for_backward(a, w, B, C, states)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, ...]:
        a, w, B, C, states = ctx.saved_tensors
        by_rows = a.new_empty(2, *a.shape)
        by_columns = B.new_zeros(2, *B.shape)
        given = plain(slopes, a, w, B, C, states, *by_rows, *by_columns)
        kernel("selected").backward(*given)
        return by_rows[0], by_rows[1], by_columns[0], by_columns[1]


class _Corrected(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, a: Tensor, b: Tensor, q: Tensor, k: Tensor, v: Tensor
    ) -> Tensor:
        states = v.new_empty(*v.shape, v.shape[-1])
        written, y = v.new_empty(v.shape), v.new_empty(v.shape)
        kernel("corrected").forward(*plain(a, b, q, k, v, states, written, y))
        ctx.save_for_backward(a, b, q, k, v, states, written)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, ...]:
        kept = ctx.saved_tensors
        gates = slopes.new_empty(2, *kept[0].shape)
        reads = slopes.new_zeros(3, *slopes.shape)
        kernel("corrected").backward(*plain(slopes, *kept, *gates, *reads))
        return *gates, *reads


class _Stabilised(torch.autograd.Function):
    """W x + b (T, B, 4H) and U (4H, H) -> states (T, B, H)."""

    @staticmethod
    def forward(ctx: Any, sums: Tensor, U: Tensor) -> Tensor:
        T, B, _rows = sums.shape
        states = start(sums.new_zeros(B, U.shape[1]), T)
        kept = sums.new_empty(7, *states[1:].shape)
        kernel("slstm").forward(*plain(sums, U.t(), states, kept))
        ctx.save_for_backward(U, states, kept)
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, ...]:
        U, states, kept = ctx.saved_tensors
        by_sums = slopes.new_empty(*slopes.shape[:2], len(U))
        kernel("slstm").backward(*plain(slopes, U, kept, by_sums))
        return by_sums, by_sums.flatten(0, 1).t() @ states[:-1].flatten(0, 1)


def gated_states(a: Tensor, b: Tensor) -> Tensor:
    """As `loops.gated_states`."""
    if not is_plain(a):
        return loops.gated_states(a, b)
    return _Carried.apply(a, b)  # type: ignore[no-untyped-call, no-any-return]


def turned_states(a: Tensor, b: Tensor, p: Tensor, q: Tensor) -> Tensor:
    """As `loops.turned_states`."""
    if not is_plain(p):
        return loops.turned_states(a, b, p, q)
    return _Turned.apply(a, b, p, q)  # type: ignore[no-untyped-call, no-any-return]


def selected_reads(a: Tensor, w: Tensor, B: Tensor, C: Tensor) -> Tensor:
    """As `loops.selected_reads`."""
    if not is_plain(a):
        return loops.selected_reads(a, w, B, C)
    return _Selected.apply(a, w, B, C)  # type: ignore[no-untyped-call, no-any-return]


def corrected_reads(a: Tensor, b: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """As `loops.corrected_reads`."""
    if not is_plain(v):
        return loops.corrected_reads(a, b, q, k, v)
    return _Corrected.apply(a, b, q, k, v)  # type: ignore[no-untyped-call, no-any-return]


def stabilised_states(sums: Tensor, U: Tensor) -> Tensor:
    """As `loops.stabilised_states`."""
    if not is_plain(sums):
        return loops.stabilised_states(sums, U)
    states: Tensor = _Stabilised.apply(sums.transpose(0, 1), U)  # type: ignore[no-untyped-call]
    # batch first in memory, as in `loops`: dropout then draws the same mask
    return states.transpose(0, 1).contiguous()
