r"""The block that Transformers are built from: attention, then a feed-forward net.

    Q, K, V = W_Q n, W_K n, W_V n           for each head, of n = LayerNorm(h)
    A = softmax(Q K^T / sqrt(D))
    h' = h + W_O [A V of every head]        heads side by side, then projected
    h" = h' + W_2 gelu(W_1 LayerNorm(h'))

Pre-norm: Xiong et al. (2020). https://arxiv.org/abs/2002.04745
"""

import math

import torch
from torch import Tensor, nn

from explorer.models.captures import Probe, ignore
from explorer.models.notation import real, span
from explorer.models.positions import Positions
from explorer.models.style import GPT_2, OutputsName, Style, bent, directed, norm_of


class Block(nn.Module):
    """Attention, then a feed-forward net, each added to the residual stream."""

    def __init__(
        self,
        hidden: int,
        heads: int,
        feed_forward: int,
        dropout: float,
        causal: bool,
        style: Style = GPT_2,
    ) -> None:
        super().__init__()
        H, R = hidden, feed_forward
        self.style = style
        self.causal = causal
        self.heads = heads
        self.dropout = dropout
        self.attention_norm = norm_of(style, H)
        self.attention_in = nn.Linear(H, 3 * H, bias=False)  # W_Q, W_K, W_V
        self.attention_out = nn.Linear(H, H, bias=False)  # W_O
        self.feed_forward_norm = norm_of(style, H)
        self.feed_forward_in = nn.Linear(H, R * H, bias=False)  # W_1
        self.feed_forward_out = nn.Linear(R * H, H, bias=False)  # W_2

    def forward(
        self,
        h: Tensor,
        positions: Positions,
        probe: Probe = ignore,
        filled: Tensor | None = None,
    ) -> Tensor:
        """h (B, T, H) -> (B, T, H); no step looks where `filled` (B, 1, 1, T) is."""
        h = self.look(h, positions, probe, filled)
        return probe("hidden", self.think(h))

    def last(
        self, h: Tensor, positions: Positions, filled: Tensor | None = None
    ) -> Tensor:
        """What the last step alone comes to: h (B, T, H) -> (B, 1, H)."""
        Q, K, V = self.asked(h)
        q, K = positions.turn(Q)[:, :, -1:], positions.turn(K)
        dropout = self.dropout if self.training else 0.0
        seen = attend(q, K, V, ignore, dropout, False, filled)  # it sees every step
        seen = seen.transpose(1, 2).flatten(2)
        return self.think(h[:, -1:] + self.drop(self.attention_out(seen)))

    def look(
        self, h: Tensor, positions: Positions, probe: Probe, filled: Tensor | None
    ) -> Tensor:
        """Attention: each head by itself, then side by side and projected."""
        B, T, H = h.shape
        Q, K, V = self.asked(h)
        seen = self.attend(positions.turn(Q), positions.turn(K), V, probe, filled)
        seen = seen.transpose(1, 2).reshape(B, T, H)
        return h + self.drop(self.attention_out(seen))

    def asked(self, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of every head, (B, N, T, D) each."""
        B, T, _H = h.shape
        n = self.attention_in(self.attention_norm(h)).view(B, T, 3, self.heads, -1)
        Q, K, V = n.permute(2, 0, 3, 1, 4)
        return directed(self.style, Q), directed(self.style, K), V

    def think(self, h: Tensor) -> Tensor:
        """Feed-forward: each step by itself."""
        m = bent(self.style, self.feed_forward_in(self.feed_forward_norm(h)))
        return h + self.drop(self.feed_forward_out(m))

    def attend(
        self,
        Q: Tensor,
        K: Tensor,
        V: Tensor,
        probe: Probe,
        filled: Tensor | None = None,
    ) -> Tensor:
        """What each head sees: (B, N, T, D); causal ones see no later step."""
        dropout = self.dropout if self.training else 0.0
        return attend(Q, K, V, probe, dropout, self.causal, filled)

    def drop(self, x: Tensor) -> Tensor:
        return nn.functional.dropout(x, self.dropout, self.training)


def attend(
    Q: Tensor,
    K: Tensor,
    V: Tensor,
    probe: Probe,
    dropout: float = 0.0,
    causal: bool = False,
    filled: Tensor | None = None,
) -> Tensor:
    """softmax(Q K^T / sqrt(D)) V: (B, N, T, D), from K and V (B, N, S, D).

    Args:
        causal: step t sees no step after t.
        filled: (B, 1, 1, S) steps that nothing sees.
    """
    if probe is ignore:
        return nn.functional.scaled_dot_product_attention(
            Q,
            K,
            V,
            attn_mask=None if filled is None else ~filled,
            dropout_p=dropout,
            is_causal=causal,
        )
    T, D = Q.shape[2:]
    scores = Q @ K.mT / math.sqrt(D)
    if causal:
        later = torch.ones(T, T, dtype=torch.bool, device=Q.device).triu(1)
        scores = scores.masked_fill(later, -torch.inf)
    if filled is not None:
        scores = scores.masked_fill(filled, -torch.inf)
    A = probe("attention", scores.softmax(-1))  # (B, N, T, S)
    return nn.functional.dropout(A, dropout) @ V


def initialise(model: nn.Module, layers: int, outputs: OutputsName = "small") -> None:
    """As in GPT-2: normal 0.02, smaller or nothing for what is added to the stream."""
    for name, p in model.named_parameters():
        if name == "head.bias" or (outputs == "zero" and name.endswith("_out.weight")):
            nn.init.zeros_(p)
        elif name.endswith("_out.weight"):
            nn.init.normal_(p, std=0.02 / math.sqrt(2 * layers))
        elif "norm" not in name and "blend" not in name:
            # a series' entry bias too: of x times one vector, a LayerNorm
            # would let through nothing but the sign
            nn.init.normal_(p, std=0.02)


def block_shapes(
    hidden: int, heads: int, feed_forward: int, blocks: int, mark: str = ""
) -> list[str]:
    """The shapes of what each block learns, its letters under a `mark`."""
    H, D, F = hidden, hidden // heads, hidden * feed_forward
    reach = span("k", 1, blocks)
    W = f"{mark}{{W}}" if mark else "W"
    return [
        *attention_shapes(H, D, heads, blocks, W),
        rf"{W}_1^{{(k)}} &\in {real(F, H)}, \quad {reach}",
        rf"{W}_2^{{(k)}} &\in {real(H, F)}, \quad {reach}",
    ]


def attention_shapes(H: int, D: int, heads: int, blocks: int, W: str) -> list[str]:
    """The shapes of the matrices of every head, and of the one that joins them."""
    reach = span("k", 1, blocks)
    each = r",\, ".join(f"{W}_{{{letter},i}}^{{(k)}}" for letter in "QKV")
    return [
        rf"{each} &\in {real(D, H)}, \quad {span('i', 1, heads)}, \quad {reach}",
        rf"{W}_O^{{(k)}} &\in {real(H, H)}, \quad {reach}",
    ]


def dropped(p: float) -> str:
    """What is written around a value that dropout acts on, as a %-format."""
    return rf"\operatorname{{dropout}}_{{{p:g}}}(%s)" if p else "%s"


def all_heads(heads: int) -> str:
    """What all heads see, side by side."""
    return r"A_1 V_1" if heads == 1 else rf"A_1 V_1, \dots, A_{{{heads}}} V_{{{heads}}}"
