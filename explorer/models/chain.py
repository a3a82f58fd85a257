"""What hidden Markov models and conditional random fields have in common."""

from typing import Protocol, TypeGuard

import torch
from torch import Tensor


class Chain(Protocol):
    """A model in which each step's state (or label) follows from the one before."""

    transitions: Tensor
    """(K, K): from a state (row) to another; chances, or scores."""
    as_chances: bool
    """Whether its tables are chances; else they are scores."""

    def labels(self) -> Tensor:
        """The label (K,) that goes with each state; -1 where there are no labels."""
        ...

    def likes(self, x: Tensor) -> Tensor:
        """What each state makes of x alone (B, T, K): log p(x_t | state), or scores."""
        ...

    def decode(self, x: Tensor) -> Tensor:
        """The likeliest sequence by Viterbi (B, T): labels, or where there are none
        states."""
        ...


def is_chain(model: object) -> TypeGuard[Chain]:
    """Whether a model is one.

    `isinstance` does not tell: since Python 3.12 it looks past what a module of torch
    has registered, as a table of transitions is.
    """
    names = ("transitions", "as_chances", "labels", "likes", "decode")
    return all(hasattr(model, name) for name in names)


def best_path(first: Tensor, moves: Tensor, later: Tensor) -> Tensor:
    """Viterbi: the path (B, T) whose scores add up to the most.

    Args:
        first: scores of the states at the first step (B, K).
        moves: scores of going from a state (row) to another (K, K).
        later: scores of the states at the other steps (B, T - 1, K).
    """
    best, came = first, []
    for score in later.unbind(1):
        best, back = (best[:, :, None] + moves).max(1)  # (B, K)
        came.append(back)
        best = best + score
    path = [best.argmax(-1)]
    for back in reversed(came):
        path.append(back.gather(1, path[-1][:, None])[:, 0])
    return torch.stack(path[::-1], 1)
