"""What hidden Markov models and conditional random fields have in common."""

import torch
from torch import Tensor


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
