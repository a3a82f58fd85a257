"""`torch.nn.RNN` and `torch.nn.GRU` with compiled recurrences.

The input of all time steps is one matrix product, and so is each weight's gradient;
only U h stays inside of the loop over time.
"""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


@cache
def kernel(name: str) -> Any:
    """The recurrence of that name; a compiler is loaded when the first one is asked."""
    return import_module(f"explorer.kernels.{name}")


def sums(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """W x + b of all steps: (T, B, I) -> (T, B, G)."""
    T, B, inputs = x.shape
    return torch.addmm(b, x.reshape(T * B, inputs), W.t()).view(T, B, len(W))


def sums_back(
    slopes: Tensor, x: Tensor, W: Tensor, wanted: bool
) -> tuple[Tensor | None, Tensor, Tensor]:
    """The gradients of x (where it is wanted), W and b, by that of `sums`."""
    flat = slopes.flatten(0, 1)  # (T B, G)
    dx = (flat @ W).view_as(x) if wanted else None
    return dx, flat.t() @ x.reshape(len(flat), -1), flat.sum(0)


def start(h: Tensor, steps: int) -> Tensor:
    """Room for the states (T + 1, B, H), of which the first is h (B, H)."""
    states = h.new_empty(steps + 1, *h.shape)
    states[0] = h
    return states


def plain(*tensors: Tensor) -> list[Any]:
    """The tensors as NumPy arrays over the same memory."""
    return [tensor.detach().contiguous().numpy() for tensor in tensors]


def is_plain(x: Tensor) -> bool:
    """Whether a compiled recurrence can read it where it lies."""
    return x.device.type == "cpu" and x.dtype in (torch.float32, torch.float64)


class RNNStates(torch.autograd.Function):
    """x (T, B, I), h (B, H), W (H, I), U (H, H), b (H) -> states (T, B, H)."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, relu: bool
    ) -> Tensor:
        states = start(h, len(x))
        kernel("rnn").forward(*plain(sums(x, W, b), U.t(), states), relu)
        ctx.save_for_backward(x, W, U, states)
        ctx.relu = relu
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor | None, ...]:
        x, W, U, states = ctx.saved_tensors
        by_sum = torch.empty_like(states[1:])
        dh = kernel("rnn").backward(*plain(slopes, U, states, by_sum), ctx.relu)
        dx, dW, db = sums_back(by_sum, x, W, ctx.needs_input_grad[0])
        dU = by_sum.flatten(0, 1).t() @ states[:-1].flatten(0, 1)
        return dx, torch.from_numpy(dh), dW, dU, db, None


class GRUStates(torch.autograd.Function):
    """x (T, B, I), h (B, H), W (3H, I), U (3H, H), b, e (3H) -> states (T, B, H)."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, e: Tensor
    ) -> Tensor:
        states = start(h, len(x))
        kept = states.new_empty(4, *states[1:].shape)
        kernel("gru").forward(*plain(sums(x, W, b), U.t(), e, states, kept))
        ctx.save_for_backward(x, W, U, states, kept)
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor | None, ...]:
        x, W, U, states, kept = ctx.saved_tensors
        by_x, by_h = slopes.new_empty(2, *slopes.shape[:2], len(W))
        dh = kernel("gru").backward(*plain(slopes, U, states, kept, by_x, by_h))
        dx, dW, db = sums_back(by_x, x, W, ctx.needs_input_grad[0])
        flat = by_h.flatten(0, 1)  # (T B, 3H)
        dU = flat.t() @ states[:-1].flatten(0, 1)
        return dx, torch.from_numpy(dh), dW, dU, db, flat.sum(0)


States = Callable[[Tensor, Tensor, Sequence[Tensor]], Tensor]
"""(x (T, B, I), h (B, H), a layer's weights as PyTorch has them) -> states (T, B, H)"""


def read(
    net: nn.RNNBase, states_of: States, x: Tensor, first: Tensor | None
) -> tuple[Tensor, Tensor]:
    """All layers and directions of `net` over x (B, T, I), as its own forward."""
    x = x.transpose(0, 1)
    ways, ends = 2 if net.bidirectional else 1, []
    zero = x.new_zeros(x.shape[1], net.hidden_size)
    for k in range(net.num_layers):
        if k > 0:
            x = nn.functional.dropout(x, net.dropout, net.training)
        found = []
        for reader in range(k * ways, (k + 1) * ways):
            back = reader % ways == 1
            h = zero if first is None else first[reader]
            states = states_of(x.flip(0) if back else x, h, net.all_weights[reader])
            ends.append(states[-1])
            found.append(states.flip(0) if back else states)
        x = found[0] if ways == 1 else torch.cat(found, -1)  # (T, B, H or 2H)
    return x.transpose(0, 1), torch.stack(ends)


def suits(net: nn.RNNBase, x: Tensor) -> bool:
    """Whether there is a compiled recurrence for it, which then is the faster one.

    For 1 to 512 units and 1 to 256 sequences it never was the slower one.
    """
    return net.batch_first and x.dim() == 3 and is_plain(x)


class RNN(nn.RNN):
    """`torch.nn.RNN` with `batch_first`, several times as fast for small nets."""

    def forward(  # type: ignore[override]
        self, x: Tensor, first: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        if not suits(self, x):
            return super().forward(x, first)
        return read(self, self._states, x, first)

    def _states(self, x: Tensor, h: Tensor, weights: Sequence[Tensor]) -> Tensor:
        W, U, b, d = weights
        relu = self.nonlinearity == "relu"
        return RNNStates.apply(x, h, W, U, b + d, relu)  # type: ignore[no-untyped-call, no-any-return]


class GRU(nn.GRU):
    """`torch.nn.GRU` with `batch_first`, several times as fast for small nets."""

    def forward(  # type: ignore[override]
        self, x: Tensor, first: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        if not suits(self, x):
            return super().forward(x, first)
        return read(self, self._states, x, first)

    def _states(self, x: Tensor, h: Tensor, weights: Sequence[Tensor]) -> Tensor:
        return GRUStates.apply(x, h, *weights)  # type: ignore[no-untyped-call, no-any-return]
