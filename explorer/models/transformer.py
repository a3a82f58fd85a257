r"""The Transformer: every step looks back at all steps before it, and weighs them.

    Q, K, V = W_Q n, W_K n, W_V n           for each head, of n = LayerNorm(h)
    A = softmax(Q K^T / sqrt(D))            with weight 0 on every later step
    h' = h + W_O [A V of every head]        heads side by side, then projected
    h" = h' + W_2 gelu(W_1 LayerNorm(h'))   one block; the next goes on from h"
    y = V LayerNorm(h")                     after the last block

Nothing is carried from step to step, so all steps are computed at once. Blocks have no
biases, and tokens share one matrix between the way in and the way out, as in GPT-2.

Vaswani et al. (2017), Attention is all you need. https://arxiv.org/abs/1706.03762
Pre-norm: Xiong et al. (2020). https://arxiv.org/abs/2002.04745
Rotary positions: Su et al. (2021), RoFormer. https://arxiv.org/abs/2104.09864
"""

import math

import torch
from torch import Tensor, nn

from explorer.config import Settings
from explorer.errors import N_
from explorer.models import notation
from explorer.models.base import (
    Capture,
    ModelSpec,
    Probe,
    SequenceModel,
    Sizes,
    ignore,
    in_layer,
    signed,
)
from explorer.models.fields import (
    block_dropout_field,
    feed_forward_field,
    heads_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.positions import (
    MAX_HIDDEN_SIZE,
    POSITIONS,
    Positions,
    PositionsName,
    check_heads,
    positions_field,
)


class TransformerSettings(Settings):
    """What can be chosen of a Transformer."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers describe each step. The heads share them out evenly; "
            "more can tell more apart, but learn and run more slowly."
        ),
        most=MAX_HIDDEN_SIZE,
    )
    layers: int = layers_field(
        N_(
            "How many blocks of attention and feed-forward stand on each other. "
            "Copying a pattern seen before takes at least two."
        ),
        default=2,
        most=6,
    )
    heads: int = heads_field(4)
    feed_forward: int = feed_forward_field()
    positions: PositionsName = positions_field("learned")
    dropout: float = block_dropout_field()


class Block(nn.Module):
    """Attention, then a feed-forward net, each added to the residual stream."""

    def __init__(self, settings: TransformerSettings, causal: bool) -> None:
        super().__init__()
        H, R = settings.hidden_size, settings.feed_forward
        self.causal = causal
        self.heads = settings.heads
        self.dropout = settings.dropout
        self.attention_norm = nn.LayerNorm(H, bias=False)
        self.attention_in = nn.Linear(H, 3 * H, bias=False)  # W_Q, W_K, W_V
        self.attention_out = nn.Linear(H, H, bias=False)  # W_O
        self.feed_forward_norm = nn.LayerNorm(H, bias=False)
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

    def look(
        self, h: Tensor, positions: Positions, probe: Probe, filled: Tensor | None
    ) -> Tensor:
        """Attention: each head by itself, then side by side and projected."""
        B, T, H = h.shape
        n = self.attention_in(self.attention_norm(h)).view(B, T, 3, self.heads, -1)
        Q, K, V = n.permute(2, 0, 3, 1, 4)  # 3 x (B, N, T, D)
        seen = self.attend(positions.turn(Q), positions.turn(K), V, probe, filled)
        seen = seen.transpose(1, 2).reshape(B, T, H)
        return h + self.drop(self.attention_out(seen))

    def think(self, h: Tensor) -> Tensor:
        """Feed-forward: each step by itself."""
        m = nn.functional.gelu(self.feed_forward_in(self.feed_forward_norm(h)))
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


class Transformer(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O).

    Raises:
        ExplorerError: if the heads do not divide the hidden size; if rotary positions
            meet an odd head width; if learned ones meet a longer sequence than T.
    """

    def __init__(self, settings: TransformerSettings, sizes: Sizes) -> None:
        super().__init__()
        H, N = settings.hidden_size, settings.heads
        check_heads(H, N)
        self.dropout = settings.dropout
        self.embedding: nn.Embedding | nn.Linear = (
            nn.Embedding(sizes.symbols, H)
            if sizes.symbols
            else nn.Linear(sizes.inputs, H)
        )
        self.positions = POSITIONS[settings.positions](H, N, sizes.steps)
        self.blocks = nn.ModuleList(
            Block(settings, sizes.causal) for _ in range(settings.layers)
        )
        self.norm = nn.LayerNorm(H, bias=False)
        # tokens leave through the matrix by which they entered
        self.tied = sizes.task == "next_token"
        self.pooled = sizes.task == "classify"
        self.padded = sizes.padded
        self.head = nn.Identity() if self.tied else nn.Linear(H, sizes.outputs)
        self.initialise(settings.layers)

    def initialise(self, layers: int) -> None:
        """As in GPT-2: normal 0.02, smaller for what is added to the stream."""
        for name, p in self.named_parameters():
            if name == "head.bias":
                nn.init.zeros_(p)
            elif name.endswith("_out.weight"):
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * layers))
            elif "norm" not in name:
                # a series' entry bias too: of x times one vector, a LayerNorm
                # would let through nothing but the sign
                nn.init.normal_(p, std=0.02)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        entered = self.positions.enter(self.embedding(x))  # (B, T, H)
        h = nn.functional.dropout(entered, self.dropout, self.training)
        filled = (x == 0)[:, None, None] if self.padded else None  # (B, 1, 1, T)
        for k, block in enumerate(self.blocks):
            h = block(h, self.positions, in_layer(probe, k), filled)
        return self.readout(h)  # (B, T, O), or (B, O) for the whole sequence

    def readout(self, h: Tensor) -> Tensor:
        """As in `SequenceModel`, after the last norm; tokens leave as they came in."""
        h = self.norm(h)
        if self.pooled:
            h = h.mean(-2)  # every step has seen the whole sequence
        if self.tied:
            h = nn.functional.linear(h, self.embedding.weight)  # (B, T, V)
        return self.head(h)  # type: ignore[no-any-return]


def captures(settings: TransformerSettings) -> tuple[Capture, ...]:
    axes = ("head", "query", "key")
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
            Capture(
                f"layer_{k}.attention", "attention", N_("Attention"), axes, 0.0, 1.0
            ),
            signed(k, "hidden", "hidden", N_("Residual stream"), 3.0),
        )
    )


def equations(settings: TransformerSettings, sizes: Sizes) -> str:
    H, N, L = settings.hidden_size, settings.heads, settings.layers
    D, T, F, p = H // N, sizes.steps, H * settings.feed_forward, settings.dropout
    real, display = notation.real, notation.display
    drop = rf"\operatorname{{dropout}}_{{{p:g}}}(%s)" if p else "%s"
    Q, K = ("(R Q_i)", "(R K_i)") if settings.positions == "rotary" else ("Q_i", "K_i")
    if sizes.symbols:
        given, given_shape = "E_{w_t}", [rf"E &\in {real(sizes.symbols, H)}"]
    else:
        given = "W_x x_t + b_x"
        given_shape = [rf"W_x &\in {real(H, sizes.inputs)}, \quad b_x \in {real(H)}"]
    if sizes.task == "next_token":
        answer = rf"y &= \operatorname{{LN}}(h) E^\top \in {real(T, sizes.outputs)}"
    else:
        given_shape += [
            rf"V &\in {real(sizes.outputs, H)}, \quad d \in {real(sizes.outputs)}"
        ]
        read, shape = (
            (r"\overline{\operatorname{LN}(h)}", real(sizes.outputs))
            if sizes.task == "classify"
            else (r"\operatorname{LN}(h)", real(T, sizes.outputs))
        )
        answer = rf"y &= {read} V^\top + d \in {shape}"
    heads = r"A_1 V_1" if N == 1 else rf"A_1 V_1, \dots, A_{{{N}}} V_{{{N}}}"
    return "\n\n".join(
        [
            display(*POSITIONS[settings.positions].equations(given, H, N, T)),
            notation.repeated(
                L,
                rf"n &= \operatorname{{LN}}(h), \quad h \in {real(T, H)}",
                rf"Q_i,\, K_i,\, V_i &= n W_{{Q,i}}^\top,\, n W_{{K,i}}^\top,\, "
                rf"n W_{{V,i}}^\top \in {real(T, D)}, \quad i = 1, \dots, {N}",
                rf"A_i &= \operatorname{{softmax}}\!\left(\frac{{{Q} {K}^\top}}"
                rf"{{\sqrt{{{D}}}}} + M\right) \in {real(T, T)}",
                *MASKS[sizes.causal, sizes.padded],
                r"h &\leftarrow h + " + drop % rf"[{heads}]\, W_O^\top",
                r"h &\leftarrow h + "
                + drop
                % r"\operatorname{GELU}(\operatorname{LN}(h) W_1^\top)\, W_2^\top",
            ),
            display(answer),
            display(
                rf"W_{{Q,i}},\, W_{{K,i}},\, W_{{V,i}} &\in {real(D, H)}, "
                rf"\quad W_O \in {real(H, H)}",
                rf"W_1 &\in {real(F, H)}, \quad W_2 \in {real(H, F)}",
                *given_shape,
                r"\operatorname{LN}(h)_t &= \gamma \odot \frac{h_t - \overline{h_t}}"
                r"{\sqrt{\operatorname{var}(h_t) + 10^{-5}}}, \quad "
                rf"\gamma \in {real(H)}",
            ),
        ]
    )


MASKS = {
    (True, False): [r"M_{ts} &= 0 \;\; (s \leq t), \quad -\infty \;\; (s > t)"],
    (False, False): [r"M_{ts} &= 0"],
    (False, True): [r"M_{ts} &= 0 \;\; (w_s \neq 0), \quad -\infty \;\; (w_s = 0)"],
}
"""By whether it is causal and padded: which steps s a step t may look at."""


def diagram(settings: TransformerSettings, sizes: Sizes) -> str:
    H, N = settings.hidden_size, settings.heads
    D, rotary = H // N, settings.positions == "rotary"
    added, Q, K = ("", "R Q", "R K") if rotary else (" + p", "Q", "K")
    if sizes.symbols:
        source = f'token["w: {sizes.symbols}"] --> given["h = E[w]{added}: {H}"]'
    else:
        source = f'value["x: {sizes.inputs}"] --> given["h = W x + b{added}: {H}"]'
    way_out = "E h" if sizes.task == "next_token" else "V h + d"
    mean = 'mean["mean over t"] --> ' if sizes.task == "classify" else ""
    answer = f'{mean}answer["y = {way_out}: {sizes.outputs}"]'
    earlier = ", s ≤ t" if sizes.causal else ""
    lines = [
        source,
        f'subgraph block["× {settings.layers}"]',
        f'  norm_1["LayerNorm: {H}"] --> heads["{Q}, {K}, V: {N} × {D}"]',
        f'  heads --> seen["softmax(Q Kᵀ / √{D}) V{earlier}: {N} × {D}"]',
        f'  seen --> project["W_O: {H}"] --> add_1(("+"))',
        f'  add_1 --> norm_2["LayerNorm: {H}"]',
        f'  norm_2 --> wide["GELU: {H * settings.feed_forward}"]',
        f'  wide --> narrow["W_2: {H}"] --> add_2(("+"))',
        "  add_1 --> add_2",
        "end",
        "given --> norm_1",
        "given --> add_1",
        f'add_2 --> norm_3["LayerNorm: {H}"] --> {answer}',
    ]
    return "\n".join(["flowchart TB", *(f"  {line}" for line in lines)])


SPEC = ModelSpec(
    name="transformer",
    title=N_("Transformer"),
    summary=N_(
        "Every step looks back at all steps before it and takes what it needs. Nothing "
        "is carried along, so a distant step is as near as the last one."
    ),
    settings=TransformerSettings,
    make=Transformer,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag"),
    order=40,
)
