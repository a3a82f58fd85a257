r"""Additive attention: how well a step of the source fits is learned by a small net.

    e_ts = v . tanh(W_a g_{t-1} + U_a h_s)
    A_t  = softmax(e_t);  a_t = sum_s A_ts h_s

Bahdanau, Cho and Bengio (2015). https://arxiv.org/abs/1409.0473
"""

import torch
from torch import Tensor, nn

from explorer.models.captures import Probe
from explorer.models.notation import real


class Additive(nn.Module):
    """e_ts = v . tanh(W_a g + U_a h_s), over the steps of the source that say much."""

    def __init__(self, hidden: int, width: int) -> None:
        super().__init__()
        self.query = nn.Linear(hidden, hidden, bias=False)  # W_a
        self.key = nn.Linear(width, hidden, bias=False)  # U_a
        self.score = nn.Linear(hidden, 1, bias=False)  # v

    def forward(
        self, g: Tensor, h: Tensor, keys: Tensor, filled: Tensor, probe: Probe
    ) -> Tensor:
        """What g (B, H) takes of h (B, S, K): (B, K).

        Args:
            g, h: the decoder's state and the source.
            keys: U_a h (B, S, H), the same at all steps.
            filled: (B, S), where nothing is to be seen.
            probe: is given A (B, 1, 1, S).
        """
        e = self.score(torch.tanh(self.query(g)[:, None] + keys))[..., 0]  # (B, S)
        A = e.masked_fill(filled, -torch.inf).softmax(-1)
        A = probe("attention", A[:, None, None])[:, 0]  # (B, 1, S)
        return (A @ h)[:, 0]


def equations(S: int, K: int, top: str = "") -> list[str]:
    """Over S steps of a source of K numbers each; `top` marks the last layer."""
    return [
        rf"e_{{ts}} &= v^\top \tanh(W_a\, g_{{t-1}}{top} + U_a h_s{top})",
        rf"A_t &= \operatorname{{softmax}}(e_t) \in {real(S)}, \quad "
        r"A_{ts} = 0 \;\; (s > n)",
        rf"a_t &= \textstyle\sum_s A_{{ts}}\, h_s{top} \in {real(K)}",
    ]


def shapes(H: int, K: int) -> list[str]:
    """The shapes of what is learned."""
    return [
        rf"W_a &\in {real(H, H)}, \quad U_a \in {real(H, K)}, \quad v \in {real(H)}"
    ]
