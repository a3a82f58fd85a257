r"""Linear attention: what attention sees, carried along in a matrix of fixed size.

    q, k, v = W n                            for each head, of n = LayerNorm(h)
    S' = S + v k^T,  z' = z + k              with q, k through elu(.) + 1, so above 0
    o  = S' q / (z' q)                       a weighted mean of the values so far

Without the softmax, attention's sum over all steps can be taken step by step: S is a
memory of D x D numbers, written by keys and read by queries. It can only be added to.
The gated delta rule can also correct and forget, with q and k of length 1:

    a, b = sigma(W n + c)                    how much is kept, how much is corrected
    S' = a S (I - b k k^T) + b v k^T         first what k stands for is taken out
    o  = S' q

Katharopoulos et al. (2020), Transformers are RNNs. https://arxiv.org/abs/2006.16236
Yang, Kautz and Hatamizadeh (2024), Gated delta networks; their decay is made another
way. https://arxiv.org/abs/2412.06464
"""

from typing import Any, Literal

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.kernels.layers import corrected_reads, selected_reads
from explorer.models import linear_attention_equations as written
from explorer.models import stream
from explorer.models.base import ModelSpec, SequenceModel, Sizes
from explorer.models.block import initialise
from explorer.models.captures import (
    Capture,
    Probe,
    forget_gate,
    gate,
    ignore,
    in_layer,
    signed,
)
from explorer.models.fields import (
    block_dropout_field,
    head_field,
    heads_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.forecast_heads import Head
from explorer.models.linear_attention_equations import Shape
from explorer.models.mixing import Mixed
from explorer.models.positions import MAX_HIDDEN_SIZE, Sinusoidal, check_heads

Rule = Literal["sum", "gated_delta"]


class LinearAttentionSettings(Settings):
    """What can be chosen of linear attention."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers describe each step. The heads share them out evenly, and "
            "each carries a memory of its share squared."
        ),
        most=MAX_HIDDEN_SIZE,
    )
    layers: int = layers_field(
        N_("How many blocks of attention and feed-forward stand on each other."),
        default=2,
    )
    heads: int = heads_field(4)
    rule: Rule = setting(
        "sum",
        N_(
            "How the memory is written: every step adds to it; or first what stood "
            "under its key is corrected, and all else fades by a gate."
        ),
        title=N_("Memory rule"),
        choices={"sum": N_("add"), "gated_delta": N_("gated delta")},
    )
    dropout: float = block_dropout_field()
    head: Head = head_field()


class LinearBlock(nn.Module):
    """h (B, T, H) -> (B, T, H): a memory for each head, then a feed-forward net."""

    def __init__(self, hidden: int, heads: int, rule: Rule, dropout: float) -> None:
        super().__init__()
        H = hidden
        self.heads, self.rule, self.dropout = heads, rule, dropout
        self.attention_norm = nn.LayerNorm(H, bias=False)
        self.attention_in = nn.Linear(H, 3 * H, bias=False)  # W_Q, W_K, W_V
        self.attention_out = nn.Linear(H, H, bias=False)  # W_O
        if rule == "gated_delta":
            self.gates = nn.Linear(H, 2 * heads)  # W_a, W_b and their biases
        self.feed_forward_norm = nn.LayerNorm(H, bias=False)
        self.feed_forward_in = nn.Linear(H, 4 * H, bias=False)  # W_1
        self.feed_forward_out = nn.Linear(4 * H, H, bias=False)  # W_2

    def forward(self, h: Tensor, probe: Probe) -> Tensor:
        seen = self.seen(h, probe).movedim(0, 1).flatten(2)  # (B, T, H)
        h = h + self.drop(self.attention_out(seen))
        m = nn.functional.gelu(self.feed_forward_in(self.feed_forward_norm(h)))
        return probe("hidden", h + self.drop(self.feed_forward_out(m)))

    def drop(self, x: Tensor) -> Tensor:
        return nn.functional.dropout(x, self.dropout, self.training)

    def asked(self, h: Tensor) -> Tensor:
        """Queries, keys and values (3, T, B, N, D), as the rule wants them."""
        B, T, _H = h.shape
        n = self.attention_in(self.attention_norm(h)).view(B, T, 3, self.heads, -1)
        Q, K, V = n.permute(2, 1, 0, 3, 4)
        if self.rule == "sum":
            Q, K = nn.functional.elu(Q) + 1, nn.functional.elu(K) + 1
        else:
            Q, K = (nn.functional.normalize(each, dim=-1) for each in (Q, K))
        return torch.stack([Q, K, V])

    def gated(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """How much each step keeps and corrects: 2 x (T, B, N)."""
        gates = torch.sigmoid(self.gates(self.attention_norm(h)))
        keep, write = gates.transpose(0, 1).chunk(2, dim=-1)
        return keep, write

    def seen(self, h: Tensor, probe: Probe = ignore) -> Tensor:
        """What each head reads out of its memory: (T, B, N, D)."""
        Q, K, V = self.asked(h)
        if self.rule == "gated_delta":
            return corrected(Q, K, V, *self.gated(h), probe)
        return summed(Q, K, V) if probe is ignore else weighed(Q, K, V, probe)


@torch.no_grad()
def keep_most(part: nn.Module) -> None:
    """Let every head of a block start by keeping 95 % a step and correcting half."""
    if isinstance(part, LinearBlock):
        part.gates.bias.copy_(torch.tensor([3.0, 0.0]).repeat_interleave(part.heads))


def by_head(x: Tensor) -> Tensor:
    """(T, B, N, ...) -> (B N, T, ...)."""
    return x.flatten(1, 2).transpose(0, 1)


def summed(Q: Tensor, K: Tensor, V: Tensor) -> Tensor:
    """The memory as a sum, step by step: all (T, B, N, D)."""
    rows = by_head(torch.cat([V, torch.ones_like(V[..., :1])], -1))
    # The last column sums the keys.
    y = selected_reads(torch.ones_like(rows), rows, by_head(K), by_head(Q))
    return (y[..., :-1] / y[..., -1:]).transpose(0, 1).view_as(V)


def weighed(Q: Tensor, K: Tensor, V: Tensor, probe: Probe) -> Tensor:
    """The same as attention: every step's weights (B, N, T, T) over those before."""
    A = torch.einsum("tbnd,sbnd->bnts", Q, K).tril()
    A = probe("attention", A / A.sum(-1, keepdim=True))
    return torch.einsum("bnts,sbnd->tbnd", A, V)


def corrected(
    Q: Tensor, K: Tensor, V: Tensor, keep: Tensor, write: Tensor, probe: Probe
) -> Tensor:
    """The memory by the gated delta rule; keep and write (T, B, N)."""
    if probe is ignore:
        parts = (by_head(each) for each in (keep, write, Q, K, V))
        return corrected_reads(*parts).transpose(0, 1).view_as(V)
    S, read = V.new_zeros(*V.shape[1:], V.shape[-1]), []
    for q, k, v, a_t, b_t in zip(Q, K, V, keep, write, strict=True):
        a, b = probe("forget_gate", a_t), probe("write_gate", b_t)  # (B, N)
        S = a[..., None, None] * S
        new = b[..., None] * (v - (S @ k[..., None])[..., 0])
        S = S + new[..., None] * k[..., None, :]
        read.append((S @ q[..., None])[..., 0])
    return torch.stack(read)


class LinearAttention(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O), or (B, O) for the whole sequence.

    Raises:
        ExplorerError: if the heads do not divide the hidden size.
    """

    def __init__(self, settings: LinearAttentionSettings, sizes: Sizes) -> None:
        super().__init__()
        H, N = settings.hidden_size, settings.heads
        check_heads(H, N)
        self.embedding = stream.entrance(sizes, H)
        self.positions = Sinusoidal(H, N, sizes.steps)
        self.blocks = nn.ModuleList(
            LinearBlock(H, N, settings.rule, settings.dropout)
            for _ in range(settings.layers)
        )
        self.norm = nn.LayerNorm(H, bias=False)
        self.head = nn.Linear(H, sizes.outputs)
        self.pooled = sizes.task == "classify"
        initialise(self, settings.layers)
        if settings.rule == "gated_delta":
            self.blocks.apply(keep_most)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        h = self.positions.enter(self.embedding(x))  # (B, T, H)
        for k, block in enumerate(self.blocks):
            h = block(h, in_layer(probe, k))
        return self.readout(h)

    def readout(self, h: Tensor) -> Tensor:
        """As in `SequenceModel`, after the last norm."""
        return super().readout(self.norm(h))


def mixing(model: "LinearAttention", layer: int, x: Tensor) -> Mixed:
    """A_ts of every head: what a query gets of a value that was written earlier."""
    h = model.positions.enter(model.embedding(x))
    blocks: list[Any] = list(model.blocks)
    for below in blocks[:layer]:
        h = below(h, ignore)
    block = blocks[layer]
    Q, K, V = (each[:, 0].double() for each in block.asked(h))  # 3 x (T, N, D)
    if block.rule == "sum":
        A = torch.einsum("tnd,snd->nts", Q, K).tril()
        A = A / A.sum(-1, keepdim=True)
    else:
        keep, write = (each[:, 0].double() for each in block.gated(h))
        A = delta_weights(Q, K, keep, write)
    result = block.seen(h)[:, 0].double().transpose(0, 1)  # (N, T, D)
    return Mixed(A, V.transpose(0, 1), result, N_("What each head reads"), layer > 0)


def delta_weights(Q: Tensor, K: Tensor, keep: Tensor, write: Tensor) -> Tensor:
    """A (N, T, T) of the gated delta rule, from (T, N, D) and (T, N).

    What was written with k_s is turned by every later a (I - b k k^T), then read by q.
    """
    T, N, D = Q.shape
    A, keys = Q.new_zeros(N, T, T), Q.new_zeros(N, T, D)
    for t in range(T):
        k, b = K[t], write[t]
        taken = (keys @ k[..., None]) * (b[:, None] * k)[:, None]
        keys = keep[t, :, None, None] * (keys - taken)
        keys[:, t] = b[:, None] * k
        A[:, t] = (keys @ Q[t, :, :, None])[..., 0]
    return A


def captures(settings: LinearAttentionSettings) -> tuple[Capture, ...]:
    return tuple(
        capture for k in range(settings.layers) for capture in _captures(k, settings)
    )


def _captures(k: int, settings: LinearAttentionSettings) -> tuple[Capture, ...]:
    hidden = signed(k, "hidden", "hidden", N_("Residual stream"), 3.0)
    if settings.rule == "sum":
        axes, name = ("head", "query", "key"), f"layer_{k}.attention"
        return (
            Capture(name, "attention", N_("Attention"), axes, 0.0, 1.0),
            hidden,
        )
    return (
        forget_gate(k, N_("Forget gate of each head")),
        gate(
            k,
            "write_gate",
            N_("Write gate of each head"),
            ends=(N_("0 leaves"), N_("1 corrects")),
            reading=N_(
                "The write gate corrects %(mean).0f %% of what stood under a key on "
                "average; %(shut).0f %% of its values are nearly shut (below 0.1)."
            ),
            colour="input",
        ),
        hidden,
    )


def equations(settings: LinearAttentionSettings, sizes: Sizes) -> str:
    return written.equations(_shape(settings), sizes)


def diagram(settings: LinearAttentionSettings, sizes: Sizes) -> str:
    return written.diagram(_shape(settings), sizes)


def _shape(settings: LinearAttentionSettings) -> Shape:
    return Shape(
        settings.hidden_size,
        settings.heads,
        settings.layers,
        settings.rule,
        settings.dropout,
    )


SPEC = ModelSpec(
    name="linear_attention",
    title=N_("Linear attention"),
    summary=N_(
        "Attention without the softmax, taken step by step: keys write into a memory "
        "of fixed size, queries read from it. With the delta rule it can also forget."
    ),
    settings=LinearAttentionSettings,
    make=LinearAttention,
    captures=captures,
    equations=equations,
    diagram=diagram,
    attends=True,
    rate=0.005,
    tasks=("forecast", "next_token", "classify", "tag"),
    one_way=True,
    order=130,
    mixing=mixing,
)
